/* flags: -fno-builtin */
/* Threads for which libc keeps texts and buffers, which it frees after the last round of destructors: last_words THREADS. */
#include <dlfcn.h>
#include <pthread.h>

#include "tally.h"

__attribute__((noinline)) static void *get_texts(void *unused)
{
	free(malloc(10));
	if (!strerror(99999) || dlsym(RTLD_DEFAULT, "nowhere") || dlsym(RTLD_DEFAULT, "nowhere either"))
		return NULL;
	return unused;
}

int main(int argc, char **argv)
{
	long threads = number_at(argc, argv, 1, 100), good = 0;
	for (long i = 0; i < threads; i++) {
		pthread_t t;
		void *result;
		pthread_create(&t, NULL, get_texts, &good);
		pthread_join(t, &result);
		good += result == &good;
	}
	tally("good", good);
}
