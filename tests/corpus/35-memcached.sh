# needs: memcached=memcached socat=socat
# slow
memcached -u nobody -U 0 -s "$PWD/s" -a 777 -t 4 &
for _ in $(seq 100); do if [ -S s ]; then break; fi; sleep .05; done
for i in $(seq 200); do printf 'set k%d 0 0 4\r\nabcd\r\nget k%d\r\n' "$i" "$i"; done | { cat; printf 'quit\r\n'; } | socat -t 5 - "UNIX-CONNECT:s" | sort | uniq -c | md5sum
kill -TERM $!
wait $!
echo "$?"
