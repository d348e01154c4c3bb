/* flags: -fno-builtin -Wl,-z,now */
/* Its resolver uses the heap and a descriptor while the program is being relocated. */
#include <stdlib.h>
#include <unistd.h>

#include "tally.h"

static int seven(void) { return 7; }
static int eight(void) { return 8; }

static int (*resolve(void))(void)
{
	void *volatile block = malloc(10);
	int good = block != NULL;
	free(block);
	close(-1);
	return good ? seven : eight;
}

int chosen(void) __attribute__((ifunc("resolve")));

int main(void)
{
	tally("chosen", chosen());
}
