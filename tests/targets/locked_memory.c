/* Locks all of its memory, also what is yet to come, and looks at its size. */
#include <fcntl.h>
#include <sys/mman.h>

#include "tally.h"

int main(void)
{
	tally("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
	char text[4096];
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);
	text[n > 0 ? n : 0] = 0;
	const char *rss = strstr(text, "VmRSS:");
	tally("small", rss && atol(rss + 6) < 64 << 10);
	void *block = malloc(1 << 20);
	tally("more", block != NULL);
	free(block);
	tally("munlockall", munlockall());
}
