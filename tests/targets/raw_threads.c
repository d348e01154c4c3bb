/* flags: -fno-builtin */
/* Threads that libc does not see end, or not even begin: by a bare exit call, and by clone. */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#include "tally.h"

static int gone = 1;

__attribute__((noinline)) static void in_vanishing(void)
{
	for (int i = 0; i < 10; i++)
		free(malloc(40));
}

static void *vanishes(void *unused)
{
	in_vanishing();
	syscall(SYS_exit, 0);
	return unused;
}

/* Without thread-local storage of its own it may call nothing of libc's that fails or allocates. */
static int bare(void *lock)
{
	for (int i = 0; i < 10; i++) {
		pthread_spin_lock(lock);
		pthread_spin_unlock(lock);
	}
	return 0;
}

static void wait_for_end(void)
{
	while (__atomic_load_n(&gone, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &gone, FUTEX_WAIT, 1, NULL, NULL, 0);
}

int main(void)
{
	static pthread_spinlock_t lock;
	static char stack[64 << 10];
	pthread_t t[3];
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, vanishes, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);  /* the kernel clears the id that it waits for */
	pthread_spin_init(&lock, 0);
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
	if (clone(bare, stack + sizeof stack, flags, (void *)&lock, NULL, NULL, &gone) < 0)
		return 1;
	wait_for_end();
	in_vanishing();
	tally("in_vanishing", 40);
}
