/* flags: -fno-builtin */
/* Threads that are cancelled inside calls: the destructors of their callers have to run. */
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static int destroyed, pipes[2];
static sem_t semaphore;

struct Guard {
	~Guard() { destroyed++; }
};

static void *block_in(void *what)
{
	Guard outer;
	char byte;
	void *block = malloc(10);
	free(block);
	Guard inner;
	switch (reinterpret_cast<long>(what)) {
	case 0: return read(pipes[0], &byte, 1) < 0 ? what : nullptr;
	case 1: sem_wait(&semaphore); break;
	case 2: sleep(1000); break;
	}
	return nullptr;
}

int main()
{
	if (pipe(pipes))
		return 1;
	sem_init(&semaphore, 0, 0);
	for (long what = 0; what < 3; what++) {
		pthread_t thread;
		pthread_create(&thread, nullptr, block_in, reinterpret_cast<void *>(what));
		usleep(2000);
		pthread_cancel(thread);
		pthread_join(thread, nullptr);
	}
	printf("destroyed %d\n", destroyed);
}
