# Programs under limits: a dump is never more than what its program may use.
(ulimit -f 8; sh -c 'echo small >f; cat f'; echo "$?")
(ulimit -v 400000; sort -S50M /etc/passwd | md5sum)
(ulimit -n 8; bash -c 'echo few descriptors')
(ulimit -s 128; perl -e 'print 1 + 1, "\n"')
(ulimit -l 64; /usr/bin/python3 -c 'import ctypes; print(ctypes.CDLL(None).mlockall(2))')
