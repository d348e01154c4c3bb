# needs: xz=xz-utils zstd=zstd bzip2=bzip2 lz4=lz4 gzip=gzip zip=zip
for i in $(seq 300); do seq "$i" >"f$i"; done
tar --sort=name --mtime=@0 --owner=0 --group=0 --mode=644 -cf a.tar f*
sha256sum a.tar
xz -T2 --block-size=100KiB -1 -k a.tar && sha256sum a.tar.xz
xz -dc a.tar.xz | sha256sum
zstd -q -T2 a.tar && zstd -dc a.tar.zst | sha256sum
bzip2 -k a.tar && bzip2 -dc a.tar.bz2 | sha256sum
lz4 -q a.tar && lz4 -dc a.tar.lz4 | sha256sum
gzip -nk a.tar && sha256sum a.tar.gz
zip -qX z.zip f1 f2 && zip -T z.zip
echo x | xz -d
echo "$?"
tar xf a.tar -C /none
echo "$?"
