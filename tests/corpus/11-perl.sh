# needs: perl=perl
cat >p.pl <<'X'
$| = 1;
for (1 .. 10) { my $p = fork; if (!$p) { exit $_ } waitpid $p, 0; print $? >> 8, " " } print "\n";
pipe R, W; if (!fork) { close R; print W "x" x 100000; exit } close W; { local $/; print length(<R>), "\n" } wait;
$SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; select undef, undef, undef, 5 }; print $@;
my %h = map { $_ => $_ ** 2 } 1 .. 5000; my $s = 0; $s += $_ for values %h; print "$s\n";
print `echo in backticks`; warn "careful\n"; exec "sh", "-c", "exit 8";
X
perl p.pl
echo "$?"
