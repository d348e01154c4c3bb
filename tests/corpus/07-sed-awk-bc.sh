# needs: gawk=gawk bc=bc jq=jq
seq 2000 | gawk '{ s += $1; a[$1 % 17] = a[$1 % 17] $1 } END { print s, length(a[3]) }'
gawk 'BEGIN { while (("echo one two" | getline l) > 0) print l; print "sorted" | "sort"; close("sort"); exit 4 }'
echo "$?"
echo '2^2000 % 10^30; scale=60; 4*a(1)' | bc -l
seq 5 | sed -n '3,$p; 4s/4/four/w out'
cat out
seq 2000 | jq -s 'map(. * 2) | add'
echo '{' | jq .
echo "$?"
