# needs: gdb=gdb gcc=gcc
# slow
printf 'int f(int n) { return n * 2; }\nint main(void) { return f(21); }\n' >x.c
gcc -g x.c -o x
gdb -nx -batch -ex 'break f' -ex run -ex 'print n' -ex finish -ex continue ./x </dev/null 2>&1 | grep -v 'libthread_db\|debuginfod\|^$' | sed 's/process [0-9]*/process N/; s/0x[0-9a-f]*/X/g'
