/* Who waited for whom at the end, on dumps made by hand: what the programs of tests/e2e/test_deadlocks.c cannot show at will. */
#include "model_of.h"

enum { A = 1, B = 2, C = 3, LOCK_A = 0x404040, LOCK_B = 0x404080, COND = 0x4040c0, BARRIER = 0x404100 };

static struct dump_writer *begin(unsigned kind)
{
	struct dump_writer *w = dw_new();
	dw_header(w)->control = HP_ALL_KINDS;
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_node(w, 1, 0, 0x401010);
	dw_lock_def(w, 7, kind, LOCK_A, 0);
	dw_lock_def(w, 8, kind, LOCK_B, 0);
	dw_thread_info(w, A, DW_PID, 0xa000, "a");
	dw_thread_info(w, B, DW_PID + 1, 0xb000, "b");
	dw_thread_info(w, C, DW_PID + 2, 0xc000, "c");
	return w;
}

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
}

/* The thread is in a call since then. */
static struct hp_slot *in_call(struct dump_writer *w, unsigned thread, uint64_t ns, unsigned op, uint64_t object)
{
	struct hp_slot *s = (struct hp_slot *)(void *)((char *)dw_header(w) + HP_SLOTS_OFFSET) + thread;
	*s = (struct hp_slot){ .uid = thread, .tid = DW_PID + thread - 1, .pid = DW_PID, .op = op, .object = object, .start = DW_START + ns,
		.stack = 1, .state = HP_SLOT_LIVE };
	return s;
}

static struct dump_writer *crossed(void)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0x401021);
	on(w, B, 110), dw_lock(w, HP_R_LOCK, 8, 0x402021);
	in_call(w, A, 200, HP_OP_MUTEX_LOCK, LOCK_B);
	in_call(w, B, 210, HP_OP_MUTEX_LOCK, LOCK_A);
	return w;
}

static const struct deadlock *only_one(const struct model *m, unsigned kind)
{
	cr_assert_eq(m->deadlocks.v.n, 1, "%zu", m->deadlocks.v.n);
	cr_expect_eq(m->deadlocks.v.v[0].kind, kind);
	return &m->deadlocks.v.v[0];
}

Test(model_deadlock, two_owners_that_want_each_others_locks)
{
	struct model *m = model_of(crossed());
	const struct deadlock *d = only_one(m, DEADLOCK_CYCLE);
	cr_assert_eq(d->members, 2);
	cr_expect_eq(d->doubts, 0);
	const struct deadlock_member *x = &m->deadlocks.members.v[d->first_member];
	for (int i = 0; i < 2; i++, x++) {
		const struct deadlock_hold *h = &m->deadlocks.holds.v[x->first_hold];
		cr_assert_eq(x->holds, 1);
		cr_expect_neq(h->lock, x->lock);
		cr_expect_neq(m->pending.v[x->pending].thread, x->of_thread);
		cr_expect_eq(m->stacks.nodes.v[h->site].offset, m->locks.v.v[h->lock].address == LOCK_A ? 0x1021 : 0x2021);
	}
	model_free(m);
}

Test(model_deadlock, a_lock_that_was_released_keeps_nobody_waiting)
{
	struct dump_writer *w = crossed();
	on(w, B, 205), dw_lock(w, HP_R_UNLOCK, 8, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->deadlocks.looked, 1);
	cr_expect_eq(m->deadlocks.v.n, 0);
	model_free(m);
}

Test(model_deadlock, lost_events_and_switched_off_locks_make_it_uncertain)
{
	struct dump_writer *w = crossed();
	dw_header(w)->dropped[HP_STOP_DISK_FULL] = 3;
	struct model *m = model_of(w);
	cr_expect_eq(only_one(m, DEADLOCK_CYCLE)->doubts, DOUBT_DROPPED);
	model_free(m);
	w = crossed();
	on(w, A, 50), dw_record(w, HP_R_CONTROL, HP_CONTROL_OFF, 0, 3);
	m = model_of(w);
	cr_expect_eq(only_one(m, DEADLOCK_CYCLE)->doubts, DOUBT_SWITCHED);
	model_free(m);
	w = crossed();
	dw_header(w)->control_off = HP_LOCK;
	m = model_of(w);
	cr_expect_eq(only_one(m, DEADLOCK_CYCLE)->doubts, DOUBT_SWITCHED);
	model_free(m);
}

Test(model_deadlock, a_process_that_ended_by_itself_has_none)
{
	struct dump_writer *w = crossed();
	on(w, C, 400), dw_end(w, HP_END_RAW_EXIT, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->deadlocks.v.n, 0);
	model_free(m);
}

Test(model_deadlock, a_writer_waits_for_all_readers_one_of_whom_waits_for_it)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_RWLOCK);
	on(w, A, 100), dw_lock(w, HP_R_LOCK_SH, 7, 0);
	on(w, B, 110), dw_lock(w, HP_R_LOCK_SH, 7, 0);
	on(w, C, 120), dw_lock(w, HP_R_LOCK, 8, 0);
	in_call(w, C, 200, HP_OP_RWLOCK_WRLOCK, LOCK_A);
	in_call(w, B, 210, HP_OP_RWLOCK_RDLOCK, LOCK_B);
	struct model *m = model_of(w);
	const struct deadlock *d = only_one(m, DEADLOCK_CYCLE);
	cr_expect_eq(d->members, 2, "A, which reads as well and runs, is no member");
	model_free(m);
}

Test(model_deadlock, a_reader_behind_a_waiting_writer_that_waits_for_it)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_RWLOCK);
	on(w, A, 100), dw_lock(w, HP_R_LOCK_SH, 7, 0);
	on(w, B, 110), dw_alloc(w, 0x7000, 8, 0);
	in_call(w, B, 200, HP_OP_RWLOCK_WRLOCK, LOCK_A);
	in_call(w, A, 300, HP_OP_RWLOCK_RDLOCK, LOCK_A);
	struct model *m = model_of(w);
	const struct deadlock *d = only_one(m, DEADLOCK_CYCLE);
	cr_expect_eq(d->members, 2);
	model_free(m);
}

Test(model_deadlock, a_condition_wait_has_given_its_mutex_up)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, B, 300), dw_alloc(w, 0x7000, 8, 0);
	in_call(w, A, 200, HP_OP_COND_WAIT, COND)->object2 = LOCK_A;
	in_call(w, B, 310, HP_OP_MUTEX_LOCK, LOCK_A);
	struct model *m = model_of(w);
	cr_expect_eq(m->deadlocks.v.n, 0, "B will have it: it was free");
	model_free(m);
}

Test(model_deadlock, a_join_of_what_holds_the_lock_that_is_waited_for)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, B, 110), dw_alloc(w, 0x7000, 8, 0);
	in_call(w, A, 200, HP_OP_JOIN, 0xb000);
	in_call(w, B, 210, HP_OP_MUTEX_LOCK, LOCK_A);
	struct model *m = model_of(w);
	cr_expect_eq(only_one(m, DEADLOCK_CYCLE)->members, 2);
	model_free(m);
}

static struct dump_writer *three_at_a_barrier(unsigned parties)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100);
	uint32_t *r = dw_record(w, HP_R_SYNC, HP_OP_BARRIER_INIT, 0, sizeof(struct hp_r_sync) / 4);
	hp_put64(r + 2, BARRIER);
	r[5] = parties;
	on(w, B, 110), dw_alloc(w, 0x7000, 8, 0);
	on(w, C, 110), dw_alloc(w, 0x8000, 8, 0);
	for (unsigned i = A; i <= C; i++)
		in_call(w, i, 2000000 + i, HP_OP_BARRIER_WAIT, BARRIER);
	return w;
}

Test(model_deadlock, a_barrier_that_one_more_would_have_to_come_to)
{
	struct model *m = model_of(three_at_a_barrier(4));
	const struct deadlock *d = only_one(m, DEADLOCK_NOBODY);
	cr_expect_eq(d->members, 3);
	cr_expect_eq(d->doubts, DOUBT_SIGNALS);
	model_free(m);
	m = model_of(three_at_a_barrier(3));
	cr_expect_eq(m->deadlocks.v.n, 0, "all have come: they are on their way out");
	model_free(m);
}

Test(model_deadlock, a_wake_may_be_on_its_way)
{
	for (int signalled = 0; signalled < 2; signalled++) {
		struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
		on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
		on(w, B, 500);
		if (signalled)
			hp_put64(dw_record(w, HP_R_SYNC, HP_OP_COND_SIGNAL, 0, sizeof(struct hp_r_sync) / 4) + 2, COND);
		else
			dw_alloc(w, 0x7000, 8, 0);
		in_call(w, A, 200, HP_OP_COND_WAIT, COND)->object2 = LOCK_A;
		in_call(w, B, 600, HP_OP_SEM_WAIT, 0x5000);
		in_call(w, C, 600, HP_OP_SEM_WAIT, 0x5000);
		struct model *m = model_of(w);
		cr_expect_eq(m->deadlocks.v.n, signalled ? 0 : 1, "signalled %d: %zu", signalled, m->deadlocks.v.n);
		model_free(m);
	}
}

Test(model_deadlock, a_thread_that_runs_may_wake_the_others)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_alloc(w, 0x7000, 8, 0);
	on(w, B, 110), dw_alloc(w, 0x8000, 8, 0);
	in_call(w, A, 200, HP_OP_SEM_WAIT, 0x5000);
	struct model *m = model_of(w);
	cr_expect_eq(m->deadlocks.v.n, 0);
	model_free(m);
}

/* Slots may say anything: long rounds, too. */
Test(model_deadlock, a_long_round_is_found_without_ado)
{
	enum { THREADS = 900 };  /* slots of the first chunk */
	struct dump_writer *w = dw_new();
	dw_header(w)->thread_slots = THREADS;
	dw_meta(w);
	for (unsigned i = 0; i < THREADS; i++)
		dw_lock_def(w, i, HP_LOCK_KIND_MUTEX, LOCK_A + i * 64, 0);
	for (unsigned i = 1; i < THREADS; i++)
		on(w, i, 100 + i), dw_lock(w, HP_R_LOCK, i, 0);
	for (unsigned i = 1; i < THREADS; i++)
		in_call(w, i, 5000 + i, HP_OP_MUTEX_LOCK, LOCK_A + (i % (THREADS - 1) + 1) * 64);
	struct model *m = model_of(w);
	cr_expect_eq(only_one(m, DEADLOCK_CYCLE)->members, THREADS - 1);
	model_free(m);
}
