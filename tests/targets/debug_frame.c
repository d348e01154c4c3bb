/* flags: -O2 -fomit-frame-pointer -fno-builtin -fno-asynchronous-unwind-tables -fno-unwind-tables */
/* Allocates below functions whose unwind tables are in .debug_frame alone. */
#include <stdlib.h>

static volatile int sink;

__attribute__((noinline)) static void *innermost(size_t bytes)
{
	volatile char room[40];
	room[bytes & 31] = 1;
	void *p = malloc(bytes);
	sink += room[3];
	return p;
}

__attribute__((noinline)) static void *middle(size_t bytes)
{
	volatile char room[bytes];
	room[0] = 1;
	void *p = innermost(bytes);
	sink += room[0];
	return p;
}

int main(void)
{
	for (int i = 0; i < 10; i++)
		if (!middle(100))
			return 1;
	return 0;
}
