/* flags: -fno-builtin */
/* Enters strict seccomp, in which any system call but read, write and exit is death, and goes on working: sandbox BLOCKS. */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tally.h"

static void *volatile kept;
static char arena_filler[64];

int main(int argc, char **argv)
{
	long blocks = number_at(argc, argv, 1, 1000);
	int null_fd = open("/dev/null", O_WRONLY), good = 0;
	kept = malloc(1 << 16);  /* the heap has room for what follows */
	free(kept);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		return 1;
	for (long i = 0; i < blocks; i++) {
		kept = malloc(64);
		good += write(null_fd, arena_filler, 8) == 8;
		free(kept);
	}
	tally("writes", good);
	syscall(SYS_exit, 0);
}
