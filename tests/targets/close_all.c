/* flags: -fno-builtin */
/* Closes every descriptor but its output, as daemons do, and goes on with new ones. */
#include <fcntl.h>
#include <unistd.h>

#include "tally.h"

static void *volatile kept;

int main(void)
{
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	close_range(3, ~0u, 0);
	closefrom(3);
	tally("first_free", open("/dev/null", O_RDONLY));
	int data = open("close_all.data", O_RDWR | O_CREAT, 0600);
	long good = 0;
	for (int i = 0; i < 20000; i++) {
		kept = malloc(10);
		good += write(data, "0123456789", 10) == 10;
	}
	tally("writes", good);
	tally("size", lseek(data, 0, SEEK_END));
	unlink("close_all.data");
}
