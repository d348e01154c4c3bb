# needs: vim=vim ed=ed
# slow
seq 500 >f
vim -u NONE -i NONE -es -c '%s/1/ONE/g' -c 'sort!' -c 'r !echo shell' -c wq f
echo "$?"
sha256sum f
printf '%s\n' 1,400d '$a' appended . w q | ed -s f
sha256sum f
