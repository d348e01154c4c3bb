/* What threads did, and who ended their waits: dumps with known answers. */
#include "model_of.h"

enum { A = 1, B = 2, C = 3, LOCK = 7, RW = 8 };
enum { MUTEX = 0x404040, RWLOCK = 0x404080, COND = 0x5000, SEM = 0x6000, BARRIER = 0x7000 };

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_node(w, 1, 0, 0x401010);
	dw_lock_def(w, LOCK, HP_LOCK_KIND_MUTEX, MUTEX, 0);
	dw_lock_def(w, RW, HP_LOCK_KIND_RWLOCK, RWLOCK, 0);
	return w;
}

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
}

static void lock(struct dump_writer *w, unsigned kind, unsigned index, unsigned seq)
{
	dw_record(w, kind, seq & 0xff, index, 3)[2] = 0;
}

static void waited(struct dump_writer *w, unsigned index, unsigned seq, uint64_t start)
{
	dw_lock_wait(w, HP_R_LOCK_WAIT, index, 1, start, seq & 0xff);
}

static void synced(struct dump_writer *w, unsigned op, uint64_t object, int value)
{
	uint32_t *r = dw_record(w, HP_R_SYNC, op, 0, 6);
	hp_put64(r + 2, object);
	r[5] = (uint32_t)value;
}

static struct model *acts_of(struct dump_writer *w, unsigned parts)
{
	return model_with(w, &(struct model_options){ .parts = parts });
}

static struct model *all_acts(struct dump_writer *w)
{
	return acts_of(w, MODEL_ACTS | MODEL_GRAPH);
}

/* The thread's n-th act of a kind. */
static const struct act *act(const struct model *m, unsigned thread, enum act_kind kind, unsigned n)
{
	for (size_t i = 0; i < m->acts.v.n; i++)
		if (m->threads.v.v[m->acts.v.v[i].thread].tid == DW_PID + thread - 1 && m->acts.v.v[i].kind == kind && !n--)
			return &m->acts.v.v[i];
	cr_assert(0, "no act %s of thread %u", act_kind_name(kind), thread);
	return NULL;
}

#define expect_gate(m, act, of) cr_expect_eq(acts_gate(&(m)->acts, (act)), (of), "%s", #act)
#define expect_no_gate(m, act) cr_expect_eq((act)->gate, ACT_NONE, "%s", #act)

/* ---- locks ---- */

static struct dump_writer *three_owners(void)
{
	struct dump_writer *w = begin();
	on(w, A, 100), lock(w, HP_R_LOCK, LOCK, 1);
	on(w, A, 500), lock(w, HP_R_UNLOCK, LOCK, 1);
	on(w, B, 620), waited(w, LOCK, 2, 200);
	on(w, B, 800), lock(w, HP_R_UNLOCK, LOCK, 2);
	on(w, C, 2000), lock(w, HP_R_LOCK, LOCK, 3);
	on(w, C, 3000), lock(w, HP_R_UNLOCK, LOCK, 3);
	return w;
}

Test(model_acts, an_acquisition_is_let_by_the_release_before_it)
{
	struct model *m = all_acts(three_owners());
	expect_no_gate(m, act(m, A, ACT_ACQUIRE, 0));
	expect_gate(m, act(m, B, ACT_ACQUIRE, 0), act(m, A, ACT_RELEASE, 0));
	expect_gate(m, act(m, C, ACT_ACQUIRE, 0), act(m, B, ACT_RELEASE, 0));
	cr_expect_eq(act(m, B, ACT_ACQUIRE, 0)->flags, ACT_CONTENDED);
	cr_expect_eq(act(m, B, ACT_ACQUIRE, 0)->number, 2);
	cr_expect_eq(act(m, B, ACT_ACQUIRE, 0)->start, 200);
	cr_expect_eq(act(m, B, ACT_RELEASE, 0)->number, 2);
	model_free(m);
}

Test(model_acts, without_the_graph_only_what_waited_and_what_it_waited_for_are_acts)
{
	struct model *m = acts_of(three_owners(), MODEL_ACTS);
	cr_expect_eq(m->acts.v.n, 2 + 2 * 3, "%zu", m->acts.v.n);
	expect_gate(m, act(m, B, ACT_ACQUIRE, 0), act(m, A, ACT_RELEASE, 0));
	cr_expect_eq(act(m, A, ACT_RELEASE, 0)->end, 500);
	cr_expect_lt(act(m, A, ACT_RELEASE, 0), act(m, B, ACT_ACQUIRE, 0));
	model_free(m);
}

Test(model_acts, stamps_that_are_swapped_do_not_swap_owners)
{
	struct dump_writer *w = begin();
	on(w, A, 100), lock(w, HP_R_LOCK, LOCK, 1);
	on(w, B, 990), waited(w, LOCK, 2, 400);
	on(w, A, 1000), lock(w, HP_R_UNLOCK, LOCK, 1);
	on(w, C, 1470), waited(w, LOCK, 3, 500);
	on(w, B, 1500), lock(w, HP_R_UNLOCK, LOCK, 2);
	struct model *m = all_acts(w);
	expect_gate(m, act(m, B, ACT_ACQUIRE, 0), act(m, A, ACT_RELEASE, 0));
	expect_gate(m, act(m, C, ACT_ACQUIRE, 0), act(m, B, ACT_RELEASE, 0));
	model_free(m);
}

Test(model_acts, a_gap_in_the_sequence_means_that_the_owner_before_is_not_known)
{
	struct dump_writer *w = begin();
	on(w, A, 100), lock(w, HP_R_LOCK, LOCK, 1);
	on(w, A, 200), lock(w, HP_R_UNLOCK, LOCK, 1);
	on(w, B, 9000), waited(w, LOCK, 3, 400);
	struct model *m = all_acts(w);
	expect_no_gate(m, act(m, B, ACT_ACQUIRE, 0));
	model_free(m);
}

Test(model_acts, readers_wait_for_the_writer_and_the_writer_for_the_last_reader)
{
	struct dump_writer *w = begin();
	on(w, A, 100), lock(w, HP_R_LOCK, RW, 1);
	on(w, A, 300), lock(w, HP_R_UNLOCK, RW, 1);
	on(w, B, 400), dw_lock_wait(w, HP_R_LOCK_WAIT_SH, RW, 1, 150, 0);
	on(w, C, 420), dw_lock_wait(w, HP_R_LOCK_WAIT_SH, RW, 1, 160, 0);
	on(w, C, 500), lock(w, HP_R_UNLOCK, RW, 1);
	on(w, B, 700), lock(w, HP_R_UNLOCK, RW, 1);
	on(w, A, 800), waited(w, RW, 2, 450);
	struct model *m = all_acts(w);
	expect_gate(m, act(m, B, ACT_ACQUIRE_SH, 0), act(m, A, ACT_RELEASE, 0));
	expect_gate(m, act(m, C, ACT_ACQUIRE_SH, 0), act(m, A, ACT_RELEASE, 0));
	expect_gate(m, act(m, A, ACT_ACQUIRE, 1), act(m, B, ACT_RELEASE_SH, 0));
	model_free(m);
}

Test(model_acts, a_condition_wait_lets_the_next_owner_of_its_mutex)
{
	struct dump_writer *w = begin();
	on(w, A, 100), lock(w, HP_R_LOCK, LOCK, 1);
	on(w, B, 20000), waited(w, LOCK, 2, 400);
	on(w, B, 20500), synced(w, HP_OP_COND_SIGNAL, COND, 0);
	on(w, B, 21000), lock(w, HP_R_UNLOCK, LOCK, 2);
	on(w, A, 22000), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 19000, 3 << 8);
	struct model *m = all_acts(w);
	const struct act *wait = act(m, A, ACT_COND_WAIT, 0);
	expect_gate(m, act(m, B, ACT_ACQUIRE, 0), wait);
	expect_gate(m, wait, act(m, B, ACT_SIGNAL, 0));
	cr_expect_eq(wait->number, 3);
	cr_expect_eq(m->locks.v.v[wait->object].address, COND);
	cr_expect_eq(m->locks.v.v[wait->other].address, MUTEX);
	model_free(m);
}

/* ---- conditions ---- */

static void cond_wait(struct dump_writer *w, unsigned thread, uint64_t from, uint64_t to, int error)
{
	on(w, thread, to), dw_wait(w, HP_OP_COND_WAIT, COND, 0, 1, from, error);
}

Test(model_acts, a_signal_wakes_one_waiter_and_a_broadcast_all)
{
	struct dump_writer *w = begin();
	on(w, C, 1000), synced(w, HP_OP_COND_SIGNAL, COND, 0);
	cond_wait(w, B, 200, 5000, 0);
	on(w, C, 6000), synced(w, HP_OP_COND_SIGNAL, COND, 0);
	cond_wait(w, A, 100, 9000, 0);
	cond_wait(w, A, 10000, 20000, 0);
	cond_wait(w, B, 11000, 21000, 0);
	on(w, C, 15000), synced(w, HP_OP_COND_BROADCAST, COND, 0);
	struct model *m = all_acts(w);
	expect_gate(m, act(m, B, ACT_COND_WAIT, 0), act(m, C, ACT_SIGNAL, 0));
	expect_gate(m, act(m, A, ACT_COND_WAIT, 0), act(m, C, ACT_SIGNAL, 1));
	expect_gate(m, act(m, A, ACT_COND_WAIT, 1), act(m, C, ACT_BROADCAST, 0));
	expect_gate(m, act(m, B, ACT_COND_WAIT, 1), act(m, C, ACT_BROADCAST, 0));
	model_free(m);
}

Test(model_acts, nobody_ended_a_wait_that_timed_out_or_returned_by_itself)
{
	struct dump_writer *w = begin();
	cond_wait(w, A, 100, 2000, 110);
	on(w, C, 1000), synced(w, HP_OP_COND_SIGNAL, COND, 0);
	cond_wait(w, B, 3000, 4000, 0);
	on(w, C, 9000), synced(w, HP_OP_COND_SIGNAL, COND, 0);
	struct model *m = all_acts(w);
	expect_no_gate(m, act(m, A, ACT_COND_WAIT, 0));
	cr_expect_eq(act(m, A, ACT_COND_WAIT, 0)->flags, ACT_FAILED);
	expect_no_gate(m, act(m, B, ACT_COND_WAIT, 0));
	model_free(m);
}

/* ---- semaphores, barriers ---- */

static void sem_wait_at(struct dump_writer *w, unsigned thread, uint64_t from, uint64_t to)
{
	on(w, thread, to), dw_wait(w, HP_OP_SEM_WAIT, SEM, 0, 1, from, 0);
}

Test(model_acts, tokens_of_a_semaphore_are_taken_in_their_order)
{
	struct dump_writer *w = begin();
	on(w, A, 10), synced(w, HP_OP_SEM_INIT, SEM, 1);
	sem_wait_at(w, B, 100, 110);
	on(w, A, 200), synced(w, HP_OP_SEM_POST, SEM, 1);
	on(w, C, 300), synced(w, HP_OP_SEM_POST, SEM, 1);
	sem_wait_at(w, B, 400, 410);
	sem_wait_at(w, B, 420, 430);
	sem_wait_at(w, B, 440, 9000);
	on(w, A, 8000), synced(w, HP_OP_SEM_POST, SEM, 1);
	struct model *m = all_acts(w);
	expect_no_gate(m, act(m, B, ACT_SEM_WAIT, 0));
	expect_gate(m, act(m, B, ACT_SEM_WAIT, 1), act(m, A, ACT_SEM_POST, 0));
	expect_gate(m, act(m, B, ACT_SEM_WAIT, 2), act(m, C, ACT_SEM_POST, 0));
	expect_gate(m, act(m, B, ACT_SEM_WAIT, 3), act(m, A, ACT_SEM_POST, 1));
	model_free(m);
}

static void barrier(struct dump_writer *w, unsigned thread, uint64_t from, uint64_t to)
{
	on(w, thread, to), dw_wait(w, HP_OP_BARRIER_WAIT, BARRIER, 0, 1, from, 0);
}

static void two_rounds(struct dump_writer *w)
{
	barrier(w, A, 100, 5100);
	barrier(w, B, 5000, 5120);
	barrier(w, C, 300, 5110);
	barrier(w, B, 6000, 9010);
	barrier(w, C, 9000, 9020);
	barrier(w, A, 7000, 9030);
}

static void check_rounds(struct dump_writer *w)
{
	struct model *m = all_acts(w);
	expect_gate(m, act(m, A, ACT_BARRIER, 0), act(m, B, ACT_BARRIER, 0));
	expect_gate(m, act(m, C, ACT_BARRIER, 0), act(m, B, ACT_BARRIER, 0));
	expect_no_gate(m, act(m, B, ACT_BARRIER, 0));
	expect_gate(m, act(m, A, ACT_BARRIER, 1), act(m, C, ACT_BARRIER, 1));
	expect_gate(m, act(m, B, ACT_BARRIER, 1), act(m, C, ACT_BARRIER, 1));
	expect_no_gate(m, act(m, C, ACT_BARRIER, 1));
	cr_expect_eq(act(m, A, ACT_BARRIER, 0)->number, 1);
	cr_expect_eq(act(m, A, ACT_BARRIER, 1)->number, 2);
	model_free(m);
}

Test(model_acts, the_last_to_arrive_lets_all_others_leave_a_barrier)
{
	struct dump_writer *w = begin();
	on(w, A, 10), synced(w, HP_OP_BARRIER_INIT, BARRIER, 3);
	two_rounds(w);
	check_rounds(w);
}

Test(model_acts, rounds_of_a_barrier_are_told_apart_without_its_initialisation)
{
	struct dump_writer *w = begin();
	two_rounds(w);
	check_rounds(w);
}

Test(model_acts, a_round_in_which_somebody_unseen_arrived_has_no_last_one)
{
	struct dump_writer *w = begin();
	on(w, A, 10), synced(w, HP_OP_BARRIER_INIT, BARRIER, 4);
	two_rounds(w);
	struct model *m = all_acts(w);
	for (size_t i = 0; i < m->acts.v.n; i++)
		cr_expect_eq(m->acts.v.v[i].gate, ACT_NONE);
	model_free(m);
}

/* ---- threads ---- */

Test(model_acts, a_thread_begins_by_its_creation_and_its_end_lets_who_joins_it)
{
	struct dump_writer *w = begin();
	dw_thread_info(w, A, DW_PID, 0x100, "main");
	dw_at(w, 5000), dw_thread_info(w, B, DW_PID + 1, 0x200, "worker");
	on(w, A, 1000), dw_create(w, 0x200, 0);
	on(w, B, 6000), synced(w, HP_OP_SEM_POST, SEM, 1);
	on(w, B, 7000), dw_thread_end(w, 0);
	on(w, A, 8000), dw_wait(w, HP_OP_JOIN, 0x200, 0, 1, 1500, 0);
	struct model *m = all_acts(w);
	expect_gate(m, act(m, B, ACT_BEGIN, 0), act(m, A, ACT_CREATE, 0));
	cr_expect_eq(act(m, B, ACT_BEGIN, 0)->start, 1000);
	cr_expect_eq(act(m, B, ACT_BEGIN, 0)->end, 5000);
	expect_gate(m, act(m, A, ACT_JOIN, 0), act(m, B, ACT_END, 0));
	cr_expect_eq(act(m, A, ACT_JOIN, 0)->object, act(m, B, ACT_END, 0)->thread);
	cr_expect_eq(act(m, A, ACT_CREATE, 0)->object, act(m, B, ACT_END, 0)->thread);
	cr_expect_eq(act(m, B, ACT_END, 0)->end, 7000);
	model_free(m);
}

Test(model_acts, acts_of_a_thread_are_in_its_own_order_between_its_begin_and_end)
{
	struct model *m = all_acts(three_owners());
	for (uint32_t t = 0; t < m->threads.v.n; t++) {
		uint64_t last = 0;
		unsigned n = 0, ended = 0;
		for (size_t i = 0; i < m->acts.v.n; i++) {
			const struct act *a = &m->acts.v.v[i];
			if (a->thread != t)
				continue;
			cr_expect_eq(a->kind == ACT_BEGIN, n == 0);
			cr_expect_not(ended);
			cr_expect_geq(a->end, last);
			last = a->end;
			ended = a->kind == ACT_END;
			n++;
		}
		cr_expect(ended);
	}
	model_free(m);
}
