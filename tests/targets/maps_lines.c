/* flags: -fno-builtin */
/* How many mappings the process has more after 3,000 threads than after 30: the kernel allows 65,530 in all. */
#include <pthread.h>

#include "tally.h"

static void *work(void *unused)
{
	for (int i = 0; i < 20; i++)
		free(malloc(100));
	return unused;
}

static void run_threads(int count)
{
	pthread_t thread;
	for (int i = 0; i < count; i++) {
		pthread_create(&thread, NULL, work, NULL);
		pthread_join(thread, NULL);
	}
}

static int mappings(void)
{
	int lines = 0, c;
	FILE *f = fopen("/proc/self/maps", "r");
	while (f && (c = getc(f)) != EOF)
		lines += c == '\n';
	if (f)
		fclose(f);
	return lines;
}

int main(void)
{
	run_threads(30);
	int before = mappings();
	run_threads(3000);
	tally("before", before);
	tally("more", mappings() - before);
}
