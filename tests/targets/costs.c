/* flags: -finstrument-functions */
/* What `diff` should tell: costs LIVE BYTES, CALLS to step(), WRITES to a file whose name is the process's. */
#include <fcntl.h>
#include <unistd.h>

#include "tally.h"

static void *volatile kept;
static volatile long sink;

__attribute__((noinline)) void step(void) { sink++; }
__attribute__((noinline)) void load(long bytes)
{
	kept = malloc((size_t)bytes);
}
__attribute__((noinline)) void save(long writes)
{
	char name[64];
	snprintf(name, sizeof name, "costs.%d.out", (int)getpid());
	int fd = open(name, O_CREAT | O_WRONLY, 0600);
	for (long i = 0; i < writes; i++)
		if (write(fd, "line\n", 5) != 5)
			break;
	close(fd);
	unlink(name);
}

int main(int argc, char **argv)
{
	load(number_at(argc, argv, 1, 1000));
	for (long i = number_at(argc, argv, 2, 100); i > 0; i--)
		step();
	save(number_at(argc, argv, 3, 10));
}
