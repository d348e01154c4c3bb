/* flags: -fno-builtin */
/* A block whose next owner has it before its last owner's free has returned: with one_block preloaded. */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>

#include "tally.h"

enum { ROUNDS = 200 };
static int *awaited, *taken, *available, given_back;

__attribute__((noinline)) static void *get_block(void) { return malloc(999); }

static void until(int *flag)
{
	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void *second_owner(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		until(awaited);
		until(available);
		void *p = get_block();
		__atomic_store_n(taken, 1, __ATOMIC_RELEASE);
		until(&given_back);
		*awaited = 0;
		free(p);
		__atomic_store_n(&given_back, 0, __ATOMIC_RELEASE);
	}
	return unused;
}

int main(void)
{
	pthread_t thread;
	awaited = dlsym(RTLD_DEFAULT, "awaited"), taken = dlsym(RTLD_DEFAULT, "taken"), available = dlsym(RTLD_DEFAULT, "available");
	if (!awaited || !taken || !available)
		return 1;
	pthread_create(&thread, NULL, second_owner, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		void *p = get_block();
		*taken = 0;
		__atomic_store_n(awaited, 1, __ATOMIC_RELEASE);
		free(p);
		__atomic_store_n(&given_back, 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&given_back, __ATOMIC_ACQUIRE))
			sched_yield();
	}
	pthread_join(thread, NULL);
	tally("owners", 2 * ROUNDS);
}
