/* flags: -fno-builtin */
/* Forks while another thread allocates without end; each child allocates more than its parent's dump has room for. */
#include <pthread.h>
#include <sys/wait.h>

#include "tally.h"

enum { CHILDREN = 60, BLOCKS = 1500 };
static volatile int done;

static void *allocate(void *unused)
{
	while (!done)
		free(malloc(100));
	return unused;
}

int main(void)
{
	long ended = 0;
	pthread_t thread;
	pthread_create(&thread, NULL, allocate, NULL);
	for (int i = 0; i < CHILDREN; i++) {
		int status;
		pid_t pid = fork();
		if (!pid) {
			for (int k = 0; k < BLOCKS; k++)
				free(malloc(50));
			_exit(0);
		}
		ended += waitpid(pid, &status, 0) == pid && !status;
	}
	done = 1;
	pthread_join(thread, NULL);
	tally("ended", ended);
}
