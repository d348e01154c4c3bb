# What a program sees of its own descriptors, also of closed standard ones.
ls /proc/self/fd
sh -c 'exec 3>&1; ls /proc/self/fd'
sh -c 'exec /bin/echo lost' >&-
echo "$?"
/usr/bin/python3 -c 'import os; print(os.open("/dev/null", 0))' <&-
sh -c 'exec 7<&0; readlink /proc/self/fd/7'
