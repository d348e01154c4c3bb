/* flags: -fno-builtin */
/* A forked child whose events outgrow its parent's dump while it holds a mutex. */
#include <pthread.h>
#include <sys/wait.h>

#include "tally.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
	if (!fork()) {
		pthread_mutex_lock(&mutex);
		for (int i = 0; i < 300; i++)
			free(malloc(10));
		pthread_mutex_unlock(&mutex);
		_exit(0);
	}
	wait(NULL);
}
