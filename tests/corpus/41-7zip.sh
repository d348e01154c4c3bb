# needs: 7zz=7zip|p7zip-full
# slow
for i in $(seq 100); do seq "$i" >"f$i"; done
7zz a -mmt2 -bso0 -bsp0 a.7z f*
7zz x -so a.7z | sha256sum
7zz t a.7z | grep -c Everything
7zz t none.7z -bso0
echo "$?"
