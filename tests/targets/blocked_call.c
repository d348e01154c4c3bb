/* flags: -finstrument-functions */
/* A function that is in a read which does not return, until the program is killed. */
#include <stdlib.h>
#include <unistd.h>

static int ends[2];

__attribute__((noinline)) void blocks(void)
{
	char c;
	if (read(ends[0], &c, 1) != 1)
		abort();
}

int main(void)
{
	if (pipe(ends))
		return 1;
	blocks();
	return 0;
}
