/*
 * fork.c - a forked child finds hp_live wiped at its first event. It starts with a piece of its parent's mapping, and
 * opens a dump of its own when that is full: fork-and-exec children leave a row and no file.
 */
#include "call.h"
#include "filter.h"
#include "locks.h"
#include "measure.h"
#include "meta.h"
#include "state.h"
#include "sys.h"
#include <asm/mman.h>
#include <sys/prctl.h>

#ifndef MADV_KEEPONFORK
#define MADV_KEEPONFORK 19
#endif

enum { SANDBOX_THREADS = 32 };

/* Does the parent's configuration follow us? With HP_FOLLOW=none a child records nothing. */
static int followed(void)
{
	return hp_config.follow_fork;
}

/*
 * LD_PRELOAD is inherited, and the environment is never edited. What else an exec hands on, a fork and posix_spawn too, is the
 * timer slack: a few ns more than everybody's 50 us mark a program that is recorded. With another slack there is no mark.
 */
int hp_left_out(void)
{
	enum { SLACK_USUAL = 50000, SLACK_MARK = 50013 };
	if (hp_config.follow_exec)
		return 0;
	long slack = hp_sys1(SYS_prctl, PR_GET_TIMERSLACK);
	if (slack == SLACK_USUAL)
		hp_sys2(SYS_prctl, PR_SET_TIMERSLACK, SLACK_MARK);
	return slack == SLACK_MARK;
}

/*
 * What an interrupted hook reads of the state that is wiped in the child stands up to zeros, but for two things: the remembered frames
 * while a capture is under way, which are kept (from then on: a handler that forks there once may do so again); and the slot.
 */
struct hp_thread *hp_fork_begins(void)
{
	struct hp_thread *t = hp_tls.t;
	if (t && HP_RELAXED(&t->stack.busy) && !hp_sandboxed) {
		hp_sys3(SYS_madvise, &t->stack, sizeof t->stack, MADV_KEEPONFORK);
		if (t->stack.more)
			hp_sys3(SYS_madvise, t->stack.more, 2 * hp_stack_depth() * sizeof *t->stack.more, MADV_KEEPONFORK);
	}
	return t;
}

long hp_fork_over(struct hp_thread *t, long pid)
{
	if (t && !pid && !t->live)
		t->slot = &t->private_slot;
	return pid;
}

int hp_forked(void)
{
	/* The hook that was interrupted goes on in this child's own children, too, for which hp_fork_over has another state. */
	if (hp_tls.t && !hp_sandboxed)
		hp_sys3(SYS_madvise, hp_tls.t, offsetof(struct hp_thread, stack), MADV_KEEPONFORK);
	hp_tls.t = NULL;
	hp_tls.ended = 0;
	if (!hp_live_init()) {
		hp_live->forked = 1;
		hp_state.start = hp_clocks_now();  /* of its own dump too, should it come to one */
		hp_stack_forked();
		if (followed()) {
			struct hp_thread *t = hp_thread_new();
			if (t && hp_live->alive) {
				hp_meta_process(t);
				return 0;
			}
		}
	}
	hp_off();
	return -1;
}

int hp_fork_own_dump(void)
{
	uint32_t idle = 0;
	if (hp_sandboxed || !__atomic_compare_exchange_n(&hp_live->opening, &idle, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return -1;
	static struct hp_header parent;
	memcpy(&parent, hp_state.header, sizeof parent);
	if (hp_file_create())
		return -1;  /* `opening` stays set: it is not tried again */
	hp_header_write(&parent);
	hp_state.header->control = parent.control;
	hp_live->forked = 0;
	hp_live->meta = hp_live->late = (struct hp_shared_chunk){ 0 };
	for (unsigned i = 0; i < HP_IDLE_MAX; i++)
		if (hp_live->idle[i]) {  /* the rests of chunks that are no longer ours */
			hp_live->idle[i]->cursor = hp_live->idle[i]->limit = NULL;
			hp_live->idle[i]->filtered = hp_live->idle[i]->filtered_end = NULL;
		}
	__atomic_store_n(&hp_control, &hp_state.header->control, __ATOMIC_RELEASE);
	struct hp_thread *t = hp_tls.t;
	hp_thread_renew(t);
	hp_meta_process(t);
	hp_modules_start(t);
	hp_stack_moved(t);
	hp_locks_moved(t);
	hp_measure_write(t);
	return 0;
}

int hp_fork_leave(struct hp_thread *t)
{
	if (hp_fork_own_dump())
		return -1;
	hp_chunk_turn(t);
	return 0;
}

/* Called by the assembler hook of vfork, before the jump. */
HP_HIDDEN void hp_note_vfork(void);
void hp_note_vfork(void)
{
	hp_tls.vforked = 1;
}

int hp_vfork_child(const struct hp_thread *t)
{
	if (!hp_sandboxed && t->pid != (uint32_t)hp_sys0(SYS_getpid))
		return 1;
	hp_tls.vforked = 0;  /* the parent goes on */
	return 0;
}

/* In seccomp's strict mode even reading the time stamp counter is a SIGSEGV: this thread's events can only be counted. */
static void forbid_thread(void)
{
	struct hp_thread *t = hp_known();
	if (hp_state.header)
		hp_state.header->flags |= HP_FLAG_SANDBOXED;
	hp_tls.ended = HP_ENDED_FORBIDDEN;
	if (t)
		t->live = 0;
}

/* Not even what takes pages of the dump into use may be called from here on: a whole chunk is taken before. */
static void close_sandbox(void)
{
	struct hp_thread *t = hp_known();
	if (t && hp_state.header)
		hp_chunk_turn(t);
	hp_sandbox_closed = 1;
	if (hp_clock_kind == HP_CLOCK_MONOTONIC)
		hp_off();  /* the clock may be a system call */
}

void hp_note_sandbox(int strict, const void *filter)
{
	if (strict) {
		forbid_thread();
		return;
	}
	if (!hp_sandboxed && hp_state.header) {
		hp_file_reserve();
		hp_threads_reserve(SANDBOX_THREADS);
		hp_state.header->flags |= HP_FLAG_SANDBOXED;
	}
	int closed = filter && !hp_sandbox_closed && !hp_filter_spares_us(filter);
	hp_sandboxed = 1;
	if (closed)
		close_sandbox();
}
