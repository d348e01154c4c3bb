/*
 * thread.c - threads come and go. A thread's state is made at its first event and handed to the next new thread at its
 * end, together with the rest of its chunk: 100,000 short threads need the memory of as many as live at once.
 */
#include "state.h"
#include "meta.h"
#include "real.h"
#include "sys.h"
#include "call.h"
#include "hooks/function.h"
#include <pthread.h>

HP_TLS struct hp_tls hp_tls;
struct hp_thread hp_late = { .live = 1, .slot = (struct hp_slot *)hp_late.scratch };

static void put_idle(struct hp_thread *t)
{
	for (unsigned i = 0; i < HP_IDLE_MAX; i++) {
		struct hp_thread *none = NULL;
		if (!HP_RELAXED(&hp_live->idle[i]) &&
		    __atomic_compare_exchange_n(&hp_live->idle[i], &none, t, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return;
	}
	t->next_idle = HP_RELAXED(&hp_live->more_idle);
	while (!__atomic_compare_exchange_n(&hp_live->more_idle, &t->next_idle, t, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		;
}

static struct hp_thread *take_idle(void)
{
	for (unsigned i = 0; i < HP_IDLE_MAX; i++) {
		if (!HP_RELAXED(&hp_live->idle[i]))
			continue;
		struct hp_thread *t = __atomic_exchange_n(&hp_live->idle[i], NULL, __ATOMIC_ACQ_REL);
		if (t)
			return t;
	}
	if (!HP_RELAXED(&hp_live->more_idle))
		return NULL;
	/* The whole list at once: of a list that others take from, the second one could not be known. */
	struct hp_thread *t = __atomic_exchange_n(&hp_live->more_idle, NULL, __ATOMIC_ACQ_REL), *next = t ? t->next_idle : NULL;
	while (next) {
		struct hp_thread *rest = next->next_idle;
		put_idle(next);
		next = rest;
	}
	return t;
}

/* A line of the dump in which the thread shows what it is doing. With all lines taken: private memory, unseen. */
static struct hp_slot *new_slot(struct hp_thread *t)
{
	uint32_t n = __atomic_fetch_add(&hp_state.header->next_slot, 1, __ATOMIC_RELAXED);
	struct hp_slot *slot = (struct hp_slot *)((char *)hp_state.header + HP_SLOTS_OFFSET) + n;
	if (n >= hp_state.header->thread_slots || hp_file_commit((char *)slot, sizeof *slot))
		return &t->private_slot;
	return slot;
}

/* For the child that a sandboxed process forks: what its parent had in stock is wiped, and there is no more. */
static struct hp_thread spare;

static struct hp_thread *take_spare(void)
{
	if (!hp_live->forked || __atomic_exchange_n(&hp_live->spare_taken, 1, __ATOMIC_RELAXED))
		return NULL;
	memset(&spare, 0, sizeof spare);
	return &spare;
}

static struct hp_thread *new_state(void)
{
	struct hp_thread *t = hp_sandboxed ? take_spare() : hp_sys_anonymous(sizeof *t, 1);
	if (t)
		t->slot = new_slot(t);
	return t;
}

/*
 * The outer bound is known: glibc puts the thread's control block at its stack's far end. The inner bound is where we
 * are; stack.c moves it down page by page as it sees deeper frames.
 */
static void find_stack(struct hp_thread *t)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t hi = t->tid == hp_live->pid && hp_state.main_stack_hi ? hp_state.main_stack_hi : (uintptr_t)t->pthread;
	t->stack_lo = t->stack_hi = 0;
	if (hi > here && hi - here < (1u << 30)) {
		t->stack_lo = here & ~(uintptr_t)(hp_state.page - 1);
		t->stack_hi = hi;
	}
}

/* In a sandbox from libc's own note of it, whose place find_tid_offset has found. */
uint32_t hp_own_tid(void)
{
	if (!hp_sandboxed)
		return (uint32_t)hp_sys0(SYS_gettid);
	return hp_state.tid_offset ? *(uint32_t *)((uintptr_t)hp_libc.pthread_self() + hp_state.tid_offset) : 0;
}

static void show_in_slot(struct hp_thread *t)
{
	const uint32_t uid = t->uid, tid = t->tid, pid = t->pid;
	struct hp_slot *s = t->slot;
	if (!s)
		s = t->slot = &t->private_slot;  /* wiped: see publish */
	s->op = 0;
	s->uid = uid, s->tid = tid, s->pid = pid;
	s->state = HP_SLOT_LIVE;
}

/* Is this still the process that it was? Not so in the child of a fork by a handler that came meanwhile. */
static int same_process(uint32_t pid)
{
	return hp_live->alive && hp_live->pid == pid;
}

/*
 * From here on a signal handler's hook finds the thread. 0, or -1: one was here before us, and has made it known; or it has forked, and this
 * child's copy of the state was wiped at some time: the thread begins at its next event.
 */
static int publish(struct hp_thread *t, uint32_t pid)
{
	struct hp_thread *none = NULL;
	HP_STORE(&t->live, 1);
	if (!same_process(pid)) {
		HP_STORE(&t->live, 0);
		return -1;
	}
	if (__atomic_compare_exchange_n(&hp_tls.t, &none, t, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		hp_tls.uid = t->uid;
		return 0;
	}
	t->live = 0;
	t->slot->state = HP_SLOT_ENDED;
	return -1;
}

static void begin(struct hp_thread *t)
{
	const uint32_t pid = hp_live->pid;
	uint64_t now = hp_ticks();
	char *rest = t->cursor, *limit = t->limit;
	hp_store_pair(&t->cursor, NULL, NULL);
	t->pid = pid;
	t->uid = __atomic_add_fetch(&hp_state.header->next_uid, 1, __ATOMIC_RELAXED);
	t->pthread = (uint64_t)hp_libc.pthread_self();
	t->tid = hp_own_tid();
	t->seq = 0;
	t->key_rounds = 0;
	t->slot_sp = 0;
	t->stack.count = t->stack.busy = 0;
	t->stack.generation = 0;
	hp_function_reset(t);
	t->last_lock = NULL;
	t->last_taken = 0;
	find_stack(t);
	show_in_slot(t);
	if (publish(t, pid)) {
		if (same_process(pid)) {
			hp_store_pair(&t->cursor, rest, limit);
			put_idle(t);
		}
		return;
	}
	/* A handler may have taken a chunk already. */
	if (!t->limit)
		hp_chunk_inherit(t, rest, limit);
	if (!t->limit)
		hp_chunk_turn(t);
	hp_meta_thread(t, now);
	if (hp_state.key_valid)
		hp_libc.pthread_setspecific(hp_state.key, t);
}

struct hp_thread *hp_thread_new(void)
{
	struct hp_thread *t = take_idle();
	if (!t)
		t = new_state();
	if (!t) {
		__atomic_fetch_add(&hp_state.header->dropped[hp_sandboxed ? HP_STOP_SANDBOX : HP_STOP_NO_MEMORY], 1, __ATOMIC_RELAXED);
		return NULL;
	}
	begin(t);
	return hp_tls.t;
}

void hp_threads_reserve(unsigned n)
{
	struct hp_thread *t;
	while (n-- && (t = new_state()))
		put_idle(t);
}

void hp_thread_renew(struct hp_thread *t)
{
	t->uid = hp_tls.uid = __atomic_add_fetch(&hp_state.header->next_uid, 1, __ATOMIC_RELAXED);
	t->seq = t->chunks = 0;
	t->slot = new_slot(t);
	hp_store_pair(&t->filtered, NULL, NULL);
	show_in_slot(t);
	hp_meta_thread(t, hp_ticks());
}

struct hp_thread *hp_attach(unsigned kinds)
{
	if (!hp_live->alive && hp_forked())
		return NULL;
	if (!(HP_RELAXED(hp_control) & kinds))
		return NULL;
	if (hp_tls.t && hp_tls.t->live)
		return hp_tls.t;
	if (hp_tls.ended == HP_ENDED_FORBIDDEN) {
		__atomic_fetch_add(&hp_state.header->dropped[HP_STOP_SANDBOX], 1, __ATOMIC_RELAXED);
		return NULL;
	}
	if (hp_tls.ended)
		return &hp_late;
	return hp_thread_new();
}

/* One that was cancelled amid registering a module has left its turn behind. */
static void give_up_turn(void)
{
	uint32_t mine = hp_tls.uid;
	__atomic_compare_exchange_n(&hp_live->module_scan, &mine, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void write_end(struct hp_thread *t)
{
	uint64_t now = hp_ticks();
	uint32_t *r = hp_open(t, now, HP_R_THREAD_END, 5);
	r[1] = (uint32_t)now;
	hp_put64(r + 2, hp_sandboxed ? 0 : hp_clock_thread_cpu());
	r[4] = 0;
	hp_commit(r, hp_word(HP_R_THREAD_END, 0, 0));
}

void hp_thread_end(struct hp_thread *t)
{
	hp_call_thread_ends(t);
	give_up_turn();
	hp_stdio_flush(t);
	write_end(t);
	HP_STORE(&hp_tls.ended, HP_ENDED);  /* first: a handler's hook that found neither would begin a new thread */
	HP_STORE(&t->live, 0);
	HP_STORE(&hp_tls.t, NULL);
	t->slot->op = 0;
	t->slot->state = HP_SLOT_ENDED;
	put_idle(t);
}

/*
 * Runs in each round of destructors and lets some pass, so that other keys' destructors are still recorded. Not all four:
 * a thread whose first event is one of a destructor's in the first round has its key from then on.
 */
void hp_thread_key_destructor(void *state)
{
	struct hp_thread *t = state;
	if (!hp_live->alive || t != hp_tls.t || !t->live)
		return;
	if (++t->key_rounds < 3) {  /* of PTHREAD_DESTRUCTOR_ITERATIONS = 4 */
		hp_libc.pthread_setspecific(hp_state.key, t);
		return;
	}
	hp_thread_end(t);
}
