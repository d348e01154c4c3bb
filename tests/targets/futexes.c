/* A lock hand-over by futexes through syscall(), among other system calls that must arrive unchanged. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tally.h"

atomic_int ball;
static atomic_long waits, wakes;

static void pass(int from, int to)
{
	while (atomic_load(&ball) != from) {
		int seen = atomic_load(&ball);
		if (seen == from)
			break;
		waits++;
		syscall(SYS_futex, &ball, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
	}
	atomic_store(&ball, to);
	wakes++;
	syscall(SYS_futex, &ball, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *other(void *rounds)
{
	for (long i = 0; i < (long)rounds; i++)
		pass(1, 0);
	return NULL;
}

int main(int argc, char **argv)
{
	long rounds = number_at(argc, argv, 1, 1000);
	pthread_t thread;
	pthread_create(&thread, NULL, other, (void *)rounds);
	for (long i = 0; i < rounds; i++)
		pass(0, 1);
	pthread_join(thread, NULL);
	tally("waits", waits);
	tally("wakes", wakes);

	tally("pid_is_right", syscall(SYS_getpid) == getpid());
	errno = 0;
	tally("fails", syscall(SYS_close, -1) == -1 && errno == EBADF);
	/* Six arguments, the last of them in use. */
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, 0, 0);
	char *map = (char *)syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	tally("maps", map != MAP_FAILED && !memcmp(map, "\177ELF", 4));
}
