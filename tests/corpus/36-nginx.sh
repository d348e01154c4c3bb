# needs: nginx=nginx-light|nginx curl=curl
seq 20000 >page
ln -s page other
chmod 755 .
cat >conf <<X
worker_processes 2; pid $PWD/pid; error_log $PWD/log; daemon on;
events { worker_connections 64; }
http { access_log off; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p; fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/g;
  server { listen unix:$PWD/back; root $PWD; sendfile on; gzip on; gzip_min_length 1; gzip_types *; }
  server { listen unix:$PWD/front; location / { proxy_pass http://unix:$PWD/back; } } }
X
nginx -c "$PWD/conf" -p "$PWD" -e "$PWD/log"
for _ in $(seq 100); do if [ -S front ]; then break; fi; sleep .05; done
for s in front back; do
	curl -s --unix-socket $s http://x/page | sha256sum
	curl -s --compressed --unix-socket $s http://x/page | sha256sum
	curl -s -o /dev/null -w '%{http_code}\n' --unix-socket $s http://x/none
done
curl -sZ --unix-socket front http://x/page http://x/other http://x/page http://x/other 2>/dev/null | wc -c
server=$(cat pid)
nginx -c "$PWD/conf" -p "$PWD" -e "$PWD/log" -s reload
curl -s --unix-socket front http://x/page | sha256sum
nginx -c "$PWD/conf" -p "$PWD" -e "$PWD/log" -s quit
while kill -0 "$server" 2>/dev/null; do sleep .05; done
grep -c 'exited on signal' log
