# needs: zsh=zsh busybox=busybox
# slow
zsh -fc 'typeset -A a; for i in {1..500}; do a[$i]=$((i * i)); done; print $#a $a[77]; print -l *(N) | wc -l; (( 1 / 0 ))'
echo "$?"
busybox sh -c 'for i in $(busybox seq 50); do echo $i; done | busybox sort -r | busybox head -3; busybox tar c /etc/hostname 2>/dev/null | busybox wc -c'
