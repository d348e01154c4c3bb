/* flags: -fno-builtin */
/* Calls that succeed leave errno as it is, however much the recorder has to do meanwhile; calls that fail set it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/mman.h>
#include <threads.h>

#include "tally.h"

static long changed;
static void *volatile kept;
#define KEEPS(call) do { errno = 77; call; changed += errno != 77; } while (0)

static void *at_once(void *unused) { return unused; }

int main(void)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	pthread_spinlock_t spin;
	mtx_t mtx;
	sem_t sem;
	int null = open("/dev/null", O_RDWR);
	mtx_init(&mtx, mtx_plain), sem_init(&sem, 0, 1), pthread_spin_init(&spin, 0);
	for (int i = 0; i < 30000; i++) {
		KEEPS(kept = malloc(100));
		KEEPS(kept = realloc(kept, 300));
		KEEPS(free(kept));
		KEEPS(kept = calloc(3, 5));
		KEEPS(free(kept));
		KEEPS(pthread_mutex_lock(&lock));
		KEEPS(pthread_mutex_unlock(&lock));
		KEEPS(pthread_rwlock_rdlock(&rw));
		KEEPS(pthread_rwlock_unlock(&rw));
		KEEPS(pthread_cond_signal(&cond));
		KEEPS(pthread_spin_lock(&spin));
		KEEPS(pthread_spin_unlock(&spin));
		KEEPS(mtx_lock(&mtx));
		KEEPS(mtx_unlock(&mtx));
		KEEPS(sem_wait(&sem));
		KEEPS(sem_post(&sem));
		KEEPS(if (write(null, "x", 1) != 1) changed++);
	}
	for (int i = 0; i < 50; i++) {
		pthread_t thread;
		KEEPS(pthread_create(&thread, NULL, at_once, NULL));
		KEEPS(pthread_join(thread, NULL));
	}
	tally("changed", changed);
	errno = 0;
	tally("no_memory", !(kept = malloc(PTRDIFF_MAX)) && errno == ENOMEM);
	errno = 0;
	tally("bad_descriptor", read(-1, &null, 1) == -1 && errno == EBADF);
	errno = 0;
	tally("bad_mapping", mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0) == MAP_FAILED && errno == EBADF);
	errno = 0;
	tally("would_block", sem_trywait(&sem) == 0 && sem_trywait(&sem) == -1 && errno == EAGAIN);
}
