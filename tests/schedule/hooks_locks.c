/* hooks_locks.c - hooks of mutexes that are the test's (test_lock), as those of preload/hooks/mutex.c. */
#include "locks.h"
#include "recorder.h"

__attribute__((noinline)) void hook_lock(unsigned mutex)
{
	if (test_lock(mutex)) {
		struct hp_thread *t = hp_enter(HP_LOCK);
		if (t)
			hp_lock_taken_usual(t, HP_LOCK_KIND_MUTEX, test_mutex(mutex), HP_CALLER().pc);
		return;
	}
	struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_MUTEX, HP_OP_MUTEX_LOCK, test_mutex(mutex), HP_CALLER());
	while (!test_lock(mutex))
		;
	hp_lock_wait_end(&c, HP_LOCK_KIND_MUTEX, test_mutex(mutex), 0, 0);
}

__attribute__((noinline)) int hook_trylock(unsigned mutex)
{
	int taken = test_lock(mutex);
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && taken)
		hp_lock_taken(t, HP_LOCK_KIND_MUTEX, test_mutex(mutex), 0, HP_CALLER().pc);
	else if (t)
		hp_lock_refused(t, HP_LOCK_KIND_MUTEX, test_mutex(mutex), HP_CALLER().pc);
	return taken;
}

__attribute__((noinline)) void hook_unlock(unsigned mutex)
{
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_lock_released_usual(t, HP_LOCK_KIND_MUTEX, test_mutex(mutex), 0, HP_CALLER());
	test_unlock(mutex);
}
