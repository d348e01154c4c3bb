# needs: gawk=gawk xz=xz-utils perl=perl gzip=gzip
# reads: numbers
# allocations: gawk perl xz
# What strace and valgrind count as well: programs that call read themselves, and that do not fork.
seq 20000 >numbers
dd if=numbers of=copy bs=777 status=none
xz -1 -k numbers
gzip -1 -k numbers
xz -dc numbers.xz | cmp - numbers
seq 2000 | gawk '{ s += $1; a[$1 % 17] = a[$1 % 17] $1 } END { print s, length(a[3]) }'
perl -e 'my %h = map { $_ => "v$_" x ($_ % 7) } 1 .. 2000; print scalar(keys %h), " ", length(join "", sort values %h), "\n"'
