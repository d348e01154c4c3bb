/* flags: -O2 -fomit-frame-pointer -fno-builtin -Wl,--no-eh-frame-hdr */
/* Allocates in a program that was linked without PT_GNU_EH_FRAME: its tables are loaded, but only section headers lead to them. */
#include <stdlib.h>

static volatile int sink;

__attribute__((noinline)) static void *innermost(size_t bytes)
{
	void *p = malloc(bytes);
	sink++;
	return p;
}

int main(void)
{
	for (int i = 0; i < 10; i++)
		if (!innermost(100))
			return 1;
	return 0;
}
