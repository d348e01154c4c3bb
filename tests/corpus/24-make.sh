# needs: make=make gcc=gcc
for i in $(seq 10); do echo "int f$i(void) { return $i; }" >"f$i.c"; done
printf 'all: $(patsubst %%.c,%%.o,$(wildcard f*.c))\n%%.o: %%.c\n\t@gcc -g0 -c $< -o $@\n' >Makefile
make -s -j4
cat f*.o | sha256sum
make -s -j4
echo "$?"
make -s nope
echo "$?"
