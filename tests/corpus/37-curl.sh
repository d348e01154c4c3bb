# needs: curl=curl /usr/bin/python3=python3
# slow
seq 50000 >f
/usr/bin/python3 -c 'import http.server as h, socketserver
s = socketserver.ThreadingTCPServer(("127.0.0.1", 0), h.SimpleHTTPRequestHandler); open("port.new", "w").write(str(s.server_address[1])); import os; os.rename("port.new", "port"); s.serve_forever()' 2>log &
while [ ! -e port ]; do sleep .05; done
u=http://127.0.0.1:$(cat port)
curl -s "$u/f" | sha256sum
curl -sZ "$u/f" "$u/f" 2>/dev/null | wc -c
curl -s "$u/none" -o /dev/null -w '%{http_code}\n'
curl -sS http://127.0.0.1:1/
echo "$?"
curl -s "file://$PWD/f" | md5sum
kill -TERM $!
wait $!
echo "$?"
