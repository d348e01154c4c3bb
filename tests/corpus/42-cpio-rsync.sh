# needs: cpio=cpio rsync=rsync
# slow
mkdir a
for i in $(seq 100); do seq "$i" >"a/f$i"; done
find a | sort | cpio -o --quiet -H newc --reproducible >a.cpio
cpio -t --quiet <a.cpio | sort | md5sum
rsync -a a/ b/
echo more >>a/f7
rsync -ac --itemize-changes a/ b/ | sed -n 's/fcst/fcs./; /f7/p' # whether its time differs, too, is chance
diff -r a b && echo same
rsync -a none y
echo "$?"
