find /usr/include/linux -name '*.h' | sort | xargs -P4 -n40 md5sum | sort | md5sum
find /etc -maxdepth 1 -type l -printf '%f %l\n' 2>/dev/null | sort | md5sum
find . -exec false '{}' +
echo "$?"
