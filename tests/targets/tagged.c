/* flags: -fno-builtin */
/* Blocks whose addresses have a tag, with tagged_malloc preloaded; they are not looked into. */
#include <stdint.h>

#include "tally.h"

__attribute__((noinline)) static void *tagged(void) { return malloc(777); }

int main(void)
{
	void *block[100];
	int tags = 0;
	for (int i = 0; i < 100; i++)
		block[i] = tagged();
	for (int i = 0; i < 90; i++) {
		tags += (uintptr_t)block[i] >> 56 == 0x5a;
		free(block[i]);
	}
	tally("tags", tags);
	tally("leaked", 10);
}
