# needs: redis-check-rdb=redis-tools redis-cli=redis-tools
# The server of Debian is redis-check-rdb under another name.
ln -s "$(command -v redis-check-rdb)" redis-server
./redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --daemonize yes --save '' --appendonly yes --io-threads 2 --enable-debug-command local --logfile "$PWD/log" --pidfile "$PWD/pid"
for _ in $(seq 100); do if [ -S s ]; then break; fi; sleep .05; done
for i in $(seq 500); do printf 'SET k%d %d\nLPUSH l %d\nZADD z %d m%d\n' "$i" "$i" "$i" "$i" "$i"; done | redis-cli -s s | sort | uniq -c | wc -l
redis-cli -s s SAVE
redis-cli -s s BGREWRITEAOF
until redis-cli -s s INFO persistence | grep -q 'aof_rewrite_in_progress:0'; do sleep .05; done
redis-cli -s s DEBUG DIGEST
redis-cli -s s --no-raw DBSIZE
redis-cli -s s EVAL 'return redis.call("LLEN", "l")' 0
redis-cli -s s NOSUCH
server=$(cat pid)
redis-cli -s s SHUTDOWN NOSAVE
while kill -0 "$server" 2>/dev/null; do sleep .05; done
redis-check-rdb dump.rdb | tail -1 | sed 's/^.*] //'
