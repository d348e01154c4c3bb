# needs: file=file man=man-db
# slow
cp /bin/true t
printf '\211PNG\r\n\032\n' >p
file t p /etc/passwd | sed 's/BuildID.*//'
printf '.TH X 1\n.SH NAME\nx - y\n' >x.1
man -l -P cat ./x.1 | head -4
ldd /bin/bash | sed 's/(0x.*//; /libhp/d'
locale -a | head -2
iconv -f utf-8 -t ascii <<<'ä'
echo "$?"
