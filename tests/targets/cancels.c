/* Cancels a thread in each of the calls that can be cancelled, and sees that its cleanup runs. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static int pipes[2], cleaned, clean_twice;
static pthread_key_t key;
static pthread_t sleeper;

static void at_thread_end(void *unused) { (void)unused; clean_twice++; }
static void cleanup(void *unused) { (void)unused; cleaned++; fsync(-1); }
static void give_back(void *unused) { (void)unused; pthread_mutex_unlock(&lock); }

static void *block_in(void *what)
{
	char byte;
	pthread_setspecific(key, what);
	pthread_cleanup_push(cleanup, NULL);
	switch ((long)what) {
	case 1: (void)!read(pipes[0], &byte, 1); break;
	case 2: poll(&(struct pollfd){.fd = pipes[0], .events = POLLIN}, 1, -1); break;
	case 3: sem_wait(&sem); break;
	case 4: nanosleep(&(struct timespec){.tv_sec = 1000}, NULL); break;
	case 5: pause(); break;
	case 6: pthread_join(sleeper, NULL); break;
	case 7:
		pthread_mutex_lock(&lock);
		pthread_cleanup_push(give_back, NULL);
		for (;;)
			pthread_cond_wait(&cond, &lock);
		pthread_cleanup_pop(0);
		break;
	}
	pthread_cleanup_pop(0);
	return NULL;
}

int main(void)
{
	int cancelled = 0;
	void *result;
	pthread_t thread;
	sem_init(&sem, 0, 0);
	pthread_key_create(&key, at_thread_end);
	if (pipe(pipes))
		return 1;
	pthread_create(&sleeper, NULL, block_in, (void *)4);
	for (long what = 1; what <= 7; what++) {
		pthread_create(&thread, NULL, block_in, (void *)what);
		usleep(2000);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		cancelled += result == PTHREAD_CANCELED;
	}
	pthread_mutex_lock(&lock);  /* was given back */
	for (int i = 0; i < 100; i++)
		fsync(-1);
	tally("cancelled", cancelled);
	tally("cleaned", cleaned);
	tally("ended", clean_twice);
	tally("fsyncs", cleaned + 100);
}
