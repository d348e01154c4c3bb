/* flags: -fno-builtin */
/*
 * Eight threads that do as much as they can until they are killed: storm PROGRESS. After each finished call a thread
 * raises its own number in the file PROGRESS, so that who killed them knows what had happened by then.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tally.h"

enum { THREADS = 8 };
struct progress { _Alignas(64) atomic_long allocs, frees, writes, locks; };
static struct progress *progress;
pthread_mutex_t storm_lock = PTHREAD_MUTEX_INITIALIZER;
static int null_fd;

#define DONE(what) atomic_fetch_add_explicit(&mine->what, 1, memory_order_release)

__attribute__((noinline)) static void *rage(void *index)
{
	struct progress *mine = progress + (long)index;
	char name[16];
	snprintf(name, sizeof name, "storm-%ld", (long)index);
	pthread_setname_np(pthread_self(), name);
	for (unsigned i = 0;; i++) {
		void *block = malloc(16 + i % 512);
		DONE(allocs);
		if (write(null_fd, name, i % 8) < 0)
			_exit(1);
		DONE(writes);
		pthread_mutex_lock(&storm_lock);
		DONE(locks);
		pthread_mutex_unlock(&storm_lock);
		free(block);
		DONE(frees);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int fd = open(word_at(argc, argv, 1, "progress"), O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *progress * THREADS))
		return 1;
	progress = mmap(NULL, sizeof *progress * THREADS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	null_fd = open("/dev/null", O_WRONLY);
	pthread_t thread;
	for (long i = 1; i < THREADS; i++)
		pthread_create(&thread, NULL, rage, (void *)i);
	rage((void *)0);
}
