seq 60000 >numbers
sort -R --random-source=/dev/zero numbers | sha256sum
shuf --random-source=/dev/zero numbers | sha256sum
sort --parallel=4 -S1M -T. numbers | sha256sum
split -n 7 numbers
cat x?? | sha256sum
dd if=numbers of=copy bs=777 conv=fsync status=none
cmp numbers copy
timeout 0.2 sleep 9
echo "$?"
nice true
env -i /bin/echo cleared
stdbuf -oL echo by line
cp numbers /no/such/directory
factor 1234567890123456789
join <(seq 100 | sort) <(seq 50 150 | sort) | wc -l
tac numbers | tail -1
