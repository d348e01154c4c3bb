/* flags: -O1 -D_FORTIFY_SOURCE=2 -Wno-stringop-overflow -Wno-stringop-overread */
/* Reads more than there is room for, which a fortified program does not survive. */
#include <fcntl.h>
#include <sys/resource.h>

#include "tally.h"

int main(void)
{
	char small[8];
	volatile size_t much = 100;
	setrlimit(RLIMIT_CORE, &(struct rlimit){0});
	int fd = open("/dev/zero", O_RDONLY);
	tally("read", read(fd, small, much));
}
