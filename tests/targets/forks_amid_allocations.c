/* flags: -fno-builtin */
/*
 * Forks while three threads get and give up blocks and interrupt the fork by signals: forks_amid_allocations FORKS. Each child
 * frees all blocks that it finds. The process is large, so that a fork takes its time.
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tally.h"

enum { THREADS = 3, PLACES = 256, LARGE = 32 << 20 };
static _Atomic(char *) place[PLACES];
static _Atomic int over, ready;
static pthread_t forker;
static sem_t sem;

static void handle(int number)
{
	(void)number;
	sem_post(&sem);
}

static void *swap_blocks(void *seed)
{
	unsigned n = (unsigned)(long)seed;
	for (long i = 0; !over; i++) {
		n = n * 1103515245 + 12345;
		free(atomic_exchange(&place[(n >> 16) % PLACES], malloc(16 + (n >> 8) % 300)));
		if (i == 1000)
			atomic_fetch_add(&ready, 1);
		if (i % 1024 == 0)
			pthread_kill(forker, SIGUSR1);
	}
	return NULL;
}

static void free_all(void)
{
	for (int i = 0; i < PLACES; i++)
		free(place[i]);
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	long forks = number_at(argc, argv, 1, 20);
	char *large = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(large, 1, LARGE);
	sem_init(&sem, 0, 0);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = handle, .sa_flags = SA_RESTART }, NULL);
	forker = pthread_self();
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, swap_blocks, (void *)(i + 1));
	while (ready < THREADS)
		sem_wait(&sem);
	long children = 0;
	for (long i = 0; i < forks; i++) {
		pid_t pid = fork();
		if (pid == 0)
			free_all(), _exit(0);
		children += pid > 0 && waitpid(pid, NULL, 0) == pid;
	}
	over = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	tally("children", children);
}
