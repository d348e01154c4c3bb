/*
 * futex.c - futex calls made through syscall(2), the way of runtimes with locks of their own; and forks. The assembler hook of
 * syscall() hands over here for these alone; every other number is a tail jump.
 */
#include "locks.h"
#include "real.h"
#include "state.h"
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

HP_HIDDEN long hp_syscall_futex(long number, long word, long op, long value, long timeout, long word2, long value3);

static int waits(long op)
{
	int command = (int)op & FUTEX_CMD_MASK;
	return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2 || command == FUTEX_WAIT_REQUEUE_PI;
}

long hp_syscall_futex(long number, long word, long op, long value, long timeout, long word2, long value3)
{
	struct hp_caller caller = HP_CALLER();
	if (!waits(op)) {
		long r = hp_tail_syscall(number, word, op, value, timeout, word2, value3);
		struct hp_thread *t = r >= 0 ? hp_enter(HP_LOCK) : NULL;
		if (t)
			hp_sync_event(t, HP_OP_FUTEX_WAKE, (void *)word, (int)r, 0, caller);
		return r;
	}
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_FUTEX_WAIT, (uint64_t)word, 0, caller);
	long r = hp_tail_syscall(number, word, op, value, timeout, word2, value3);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

/* syscall() of fork, or of a clone that is one; other numbers do not come here. */
HP_HIDDEN long hp_syscall_fork(long number, long flags, long stack, long c, long d, long e);
long hp_syscall_fork(long number, long flags, long stack, long c, long d, long e)
{
	struct hp_thread *t = hp_fork_begins();
	return hp_fork_over(t, hp_tail_syscall(number, flags, stack, c, d, e));
}

/* Called by the assembler hooks before they jump on. The return address tells whom the tail-called function returns to. */
HP_HIDDEN void hp_note_dlopen(void);
void hp_note_dlopen(void)
{
	__atomic_fetch_or(&hp_fn_flags, HP_FN_CHECK, __ATOMIC_RELAXED);
}

HP_HIDDEN void hp_note_sandbox_call(long number, long operation, long flags, const void *filter);
/* seccomp(2): libseccomp also calls it with arguments that only ask what the kernel has. */
void hp_note_sandbox_call(long number, long operation, long flags, const void *filter)
{
	int strict = operation == SECCOMP_SET_MODE_STRICT && !flags && !filter;
	if (strict || (operation == SECCOMP_SET_MODE_FILTER && filter))
		hp_note_sandbox(strict, filter);
}
