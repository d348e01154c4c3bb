# needs: openssl=openssl
openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -subj /CN=x -days 1 2>/dev/null
seq 1000 | openssl dgst -sha256
seq 1000 | openssl enc -aes-256-cbc -K 00 -iv 00 2>/dev/null | sha256sum
openssl verify -CAfile c c
openssl rsa -in k -noout -check
seq 100 | openssl dgst -sha256 -sign k -out sig
seq 100 | openssl dgst -sha256 -prverify k -signature sig
openssl x509 -in none -noout 2>/dev/null # the message has a thread's id
echo "$?"
