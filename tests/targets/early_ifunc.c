/* flags: -shared -fPIC -fno-builtin -Wl,-z,now -finstrument-functions */
/*
 * A library whose IFUNC resolver uses heap, locks and descriptors while it is being relocated, before libhp.so is if it stands
 * behind it. What it got it gives back when everything has started. early_ifunc=1 prints what came of it.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>

#include "tally.h"

static void *volatile freed, *volatile moved, *volatile measured;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int good;

static int seven(void) { return 7; }

static int (*resolve(void))(void)
{
	freed = malloc(10);
	moved = malloc(20);
	measured = calloc(3, 100);
	free(malloc(30));
	memcpy(moved, "kept until the start", 20);
	good = freed && moved && measured && !pthread_mutex_lock(&lock) && !pthread_mutex_unlock(&lock);
	good += open("/none", O_RDONLY) == -1 && read(-1, NULL, 0) == -1 && close(-1) == -1;
	return seven;
}

static int chosen(void) __attribute__((ifunc("resolve")));

__attribute__((constructor)) static void give_back(void)
{
	free(freed);
	char *now = realloc(moved, 50000);
	if (!getenv("early_ifunc"))
		return;
	tally("chosen", chosen());
	tally("good", good);
	tally("kept", !memcmp(now, "kept until the start", 20));
	tally("measured", malloc_usable_size(measured) >= 300);
	free(now);
}
