/* Who did what with a lock where; queues, signals and rounds: dumps with known answers. */
#include "model_of.h"

#include <errno.h>

enum { A = 1, B = 2, C = 3, D = 4, MUTEX = 0x404040, COND = 0x405000, BARRIER = 0x406000 };

static struct dump_writer *begin(unsigned kind)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_node(w, 1, 0, 0x401010);
	dw_node(w, 2, 1, 0x402010);
	dw_node(w, 3, 0, 0x402010);
	dw_lock_def(w, 7, kind, MUTEX, 0);
	return w;
}

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
}

static void take(struct dump_writer *w, unsigned thread, uint64_t ns, unsigned seq, uint32_t where)
{
	on(w, thread, ns);
	dw_record(w, HP_R_LOCK, seq & 0xff, 7, 3)[2] = where;
}

static void give(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	on(w, thread, ns), dw_lock(w, HP_R_UNLOCK, 7, 0);
}

static void sync_event(struct dump_writer *w, unsigned thread, uint64_t ns, unsigned op, uint64_t object, int value)
{
	on(w, thread, ns);
	struct hp_r_sync *r = (void *)dw_record(w, HP_R_SYNC, op, 0, sizeof *r / 4);
	r->object[0] = (uint32_t)object;
	r->value = value;
}

static const struct lock *lock_of(const struct model *m, unsigned kind)
{
	for (size_t i = 0; i < m->locks.v.n; i++)
		if (m->locks.v.v[i].kind == kind)
			return &m->locks.v.v[i];
	cr_assert_fail("no lock of kind %u", kind);
	return NULL;
}

static const struct lock_site *site_at(const struct model *m, const struct lock *l, uint64_t offset)
{
	for (uint32_t i = l->first_site; i != LOCK_NONE; i = m->locks.sites.v[i].next)
		if (m->stacks.nodes.v[m->locks.sites.v[i].stack].offset == offset)
			return &m->locks.sites.v[i];
	cr_assert_fail("no site at %#lx", (unsigned long)offset);
	return NULL;
}

static const struct lock_user *user_of(const struct model *m, const struct lock *l, uint32_t tid)
{
	for (uint32_t i = l->first_user; i != LOCK_NONE; i = m->locks.users.v[i].next)
		if (m->threads.v.v[m->locks.users.v[i].thread].tid == tid)
			return &m->locks.users.v[i];
	cr_assert_fail("no thread %u", tid);
	return NULL;
}

Test(model_lock_figures, percentiles_are_those_of_single_holds)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	for (unsigned i = 1; i <= 100; i++) {
		take(w, A, 10000 * i, i, 0x401010);
		give(w, A, 10000 * i + i);
	}
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(lock_times_count(&l->all.holds), 100);
	cr_expect(lock_times_quantile(&l->all.holds, .5) >= 50 && lock_times_quantile(&l->all.holds, .5) <= 52);
	cr_expect(lock_times_quantile(&l->all.holds, .99) >= 98);
	cr_expect_eq(l->all.hold_ns, 5050);
	cr_expect_eq(lock_times_count(&l->all.waits), 0);
	cr_expect_eq(l->longest_hold.end_ns - l->longest_hold.start_ns, 100);
	model_free(m);
}

Test(model_lock_figures, the_few_durations_of_a_lock_are_exact)
{
	struct lock_times t = { 0 }, more = { 0 };
	for (uint64_t i = 5; i > 0; i--)
		lock_times_add(&t, i * 1000003);
	cr_expect_eq(lock_times_quantile(&t, .5), 3 * 1000003);
	lock_times_replace(&t, 3 * 1000003, 7);
	cr_expect_eq(lock_times_quantile(&t, 0), 7);
	for (uint64_t i = 0; i < 20; i++)
		lock_times_add(&more, 64);
	lock_times_merge(&t, &more);
	cr_expect_eq(lock_times_count(&t), 25);
	lock_times_replace(&t, 64, 9);
	cr_expect_eq(lock_times_count(&t), 25);
	cr_expect_eq(t.many->sum, 7 + (1 + 2 + 4 + 5) * 1000003ull + 19 * 64 + 9);
	lock_times_free(&t);
	lock_times_free(&more);
}

Test(model_lock_figures, a_call_site_is_one_whether_it_waited_or_not)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	take(w, A, 1000, 1, 0x402010), give(w, A, 4000);
	on(w, B, 4500), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 2000, 2), give(w, B, 4600);
	take(w, A, 9000, 3, 0x403010), give(w, A, 9010);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	const struct lock_site *s = site_at(m, l, 0x2010), *other = site_at(m, l, 0x3010);
	cr_expect_eq(m->locks.sites.n, 2);
	cr_expect_eq(s->f.acquisitions, 2);
	cr_expect_eq(s->f.contended, 1);
	cr_expect_eq(s->f.wait_ns, 2500);
	cr_expect_eq(s->f.hold_ns, 3100);
	cr_expect_eq(s->f.caused_ns, 2500);
	cr_expect_eq(other->f.acquisitions, 1);
	cr_expect_eq(other->f.hold_ns, 10);
	cr_expect_eq(other->f.caused_ns, 0);
	model_free(m);
}

Test(model_lock_figures, threads_have_their_waits_and_those_that_they_caused)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	take(w, A, 1000, 1, 0x402010), give(w, A, 4000);
	on(w, B, 4500), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 2000, 2), give(w, B, 4600);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	const struct lock_user *a = user_of(m, l, DW_PID), *b = user_of(m, l, DW_PID + 1);
	cr_expect_eq(a->f.caused_ns, 2500);
	cr_expect_eq(a->f.caused_waits, 1);
	cr_expect_eq(a->f.wait_ns, 0);
	cr_expect_eq(b->f.wait_ns, 2500);
	cr_expect_eq(b->f.caused_ns, 0);
	cr_expect_eq(l->longest.start_ns, 2000);
	cr_expect_eq(l->longest.end_ns, 4500);
	cr_expect_eq(l->longest.thread, b->thread);
	cr_expect_eq(l->longest.owner, a->thread);
	cr_expect_eq(l->longest.stack, 2);
	cr_expect_eq(m->stacks.nodes.v[l->longest.owner_site].offset, 0x2010);
	cr_expect_eq(m->locks.blockers.v[l->first_blocker].wait_ns, 2500);
	model_free(m);
}

Test(model_lock_figures, a_queue_is_as_long_as_waits_lie_over_one_another)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	take(w, A, 100, 1, 0x402010), give(w, A, 10000);
	on(w, B, 10100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 1000, 2), give(w, B, 20000);
	on(w, C, 20100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 2000, 3), give(w, C, 30000);
	on(w, D, 30100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 15000, 4), give(w, D, 40000);
	on(w, B, 50100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 50000, 5);
	struct model *m = model_of(w);
	const struct lock_crowd *c = &m->locks.v.v[0].crowd;
	cr_expect_eq(c->most, 2);
	cr_expect_eq(c->ends, 4);
	cr_expect_eq(c->others, 1 + 1 + 0 + 0);
	model_free(m);
}

Test(model_lock_figures, long_queues_are_counted_whole)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	enum { MANY = 200 };
	for (unsigned i = 0; i < MANY; i++)
		on(w, 1 + i, 10000 + i), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 2, 100 + i, (i + 1) & 0xff), give(w, 1 + i, 10000 + i);
	struct model *m = model_of(w);
	cr_expect_eq(m->locks.v.v[0].crowd.most, MANY);
	cr_expect_eq(m->locks.v.v[0].crowd.others, MANY * (MANY - 1) / 2);
	model_free(m);
}

Test(model_lock_figures, runs_of_locks_are_as_many_as_single_ones)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	enum { ROUNDS = 700 };
	take(w, A, 500, 1, 0x402010);
	on(w, A, 600), dw_unlock_last(w);
	for (unsigned i = 1; i < ROUNDS; i++) {
		on(w, A, 1000 * i), dw_lock_again(w, i % 2 ? 0x402010 : 0x403010);
		on(w, A, 1000 * i + 10), dw_unlock_last(w);
	}
	take(w, B, 1000 * ROUNDS, ROUNDS + 1, 0x402010), give(w, B, 1000 * ROUNDS + 5);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.acquisitions, ROUNDS + 1);
	cr_expect_eq(l->owner_changes, 1);
	cr_expect_eq(l->all.hold_ns, 100 + (ROUNDS - 1) * 10 + 5);
	cr_expect_eq(site_at(m, l, 0x3010)->f.acquisitions, (ROUNDS - 1) / 2);
	cr_expect_eq(m->recorder.hooks[2].events, 2 * (ROUNDS + 1));
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	model_free(m);
}

Test(model_lock_figures, threads_that_take_turns_every_few_ns_keep_the_order_of_the_lock)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	enum { ROUNDS = 1000 };
	uint64_t changes = 0;
	for (unsigned i = 0, last = 0; i < ROUNDS; i++) {
		unsigned thread = i % 7 < 4 ? A : B;
		take(w, thread, 1000 + 40 * i, i + 1, 0x402010), give(w, thread, 1000 + 40 * i + 15);
		changes += last && last != thread;
		last = thread;
	}
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.acquisitions, ROUNDS);
	cr_expect_eq(l->all.hold_ns, 15 * ROUNDS);
	cr_expect_eq(l->owner_changes, changes);
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	model_free(m);
}

Test(model_lock_figures, what_a_holder_does_meanwhile_is_known)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 500), dw_io(w, HP_OP_READ, 3, 10, 0, 100, 1);
	take(w, A, 1000, 1, 0x402010);
	on(w, A, 3000), dw_io(w, HP_OP_WRITE, 3, 10, 0, 2000, 1);
	on(w, A, 8000), dw_wait(w, HP_OP_NANOSLEEP, 0, 0, 1, 4000, 0);
	give(w, A, 10000);
	on(w, A, 12000), dw_io(w, HP_OP_READ, 3, 10, 0, 11000, 1);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.hold_ns, 9000);
	cr_expect_eq(l->held_io_ns, 1000);
	cr_expect_eq(l->held_sleep_ns, 4000);
	cr_expect_eq(l->held_waiting_ns, 5000);
	model_free(m);
}

Test(model_lock_figures, signals_wake_one_waiter_each_and_are_lost_on_nobody)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	sync_event(w, A, 100, HP_OP_COND_SIGNAL, COND, 0);
	sync_event(w, A, 2000, HP_OP_COND_SIGNAL, COND, 0);
	on(w, B, 2500), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 1000, 0);
	sync_event(w, A, 4000, HP_OP_COND_BROADCAST, COND, 0);
	on(w, B, 4300), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 3000, 0);
	on(w, C, 4700), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 3500, 0);
	on(w, C, 9000), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 8000, 0);
	on(w, C, 9900), dw_wait(w, HP_OP_COND_TIMEDWAIT, COND, MUTEX, 1, 9100, ETIMEDOUT);
	struct model *m = model_of(w);
	const struct lock_cond *c = lock_of(m, HP_LOCK_KIND_COND)->cond;
	cr_expect_eq(c->signals, 2);
	cr_expect_eq(c->broadcasts, 1);
	cr_expect_eq(c->lost, 1);
	cr_expect_eq(c->woken, 3);
	cr_expect_eq(c->broadcast_woken, 2);
	cr_expect_eq(c->broadcast_one, 0);
	cr_expect_eq(c->spurious, 1);
	cr_expect_eq(c->timeouts, 1);
	cr_expect_eq(lock_times_quantile(&c->latency, 0), 300);
	cr_expect_eq(lock_times_quantile(&c->latency, 1), 700);
	model_free(m);
}

Test(model_lock_figures, who_waits_again_with_the_mutex_still_held_was_woken_in_vain)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	take(w, B, 100, 1, 0x402010);
	sync_event(w, A, 2000, HP_OP_COND_SIGNAL, COND, 0);
	on(w, B, 2500), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 1000, 2 << 8);
	sync_event(w, A, 4000, HP_OP_COND_SIGNAL, COND, 0);
	on(w, B, 4300), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 2600, 3 << 8);
	give(w, B, 4400);
	take(w, B, 4500, 4, 0x402010);
	sync_event(w, A, 6000, HP_OP_COND_SIGNAL, COND, 0);
	on(w, B, 6300), dw_wait(w, HP_OP_COND_WAIT, COND, MUTEX, 1, 4600, 5 << 8);
	give(w, B, 6400);
	struct model *m = model_of(w);
	cr_expect_eq(lock_of(m, HP_LOCK_KIND_COND)->cond->rewaits, 1);
	cr_expect_eq(lock_of(m, HP_LOCK_KIND_COND)->cond->woken, 3);
	cr_expect_eq(lock_of(m, HP_LOCK_KIND_MUTEX)->all.hold_ns, 900 + 100 + 100 + 100 + 100);
	model_free(m);
}

Test(model_lock_figures, a_barriers_rounds_are_told_apart_and_who_was_last)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	sync_event(w, A, 10, HP_OP_BARRIER_INIT, BARRIER, 3);
	for (unsigned i = 0; i < 10; i++) {
		uint64_t at = 10000 * (i + 1), late = i < 8 ? C : B;
		for (unsigned t = A; t <= C; t++)
			on(w, t, at + 5000 + 10 * t), dw_wait(w, HP_OP_BARRIER_WAIT, BARRIER, 0, 1, t == late ? at + 4000 : at + 100 * t, 0);
	}
	struct model *m = model_of(w);
	const struct lock *l = lock_of(m, HP_LOCK_KIND_BARRIER);
	cr_expect_eq(l->barrier->rounds, 10);
	cr_expect_eq(l->barrier->count, 3);
	cr_expect_eq(l->barrier->spread_ns, 10 * 3900);
	cr_expect_eq(l->barrier->max_spread_ns, 3900);
	cr_expect_eq(user_of(m, l, DW_PID + C - 1)->last_arrivals, 8);
	cr_expect_eq(user_of(m, l, DW_PID + B - 1)->last_arrivals, 2);
	model_free(m);
}

Test(model_lock_figures, a_release_by_another_thread_ends_the_hold)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	take(w, A, 100, 1, 0x402010), give(w, B, 400);
	take(w, A, 1000, 2, 0x402010), give(w, A, 1100);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->foreign_unlocks, 1);
	cr_expect_eq(l->all.hold_ns, 300 + 100);
	cr_expect_eq(user_of(m, l, DW_PID)->f.hold_ns, 400);
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	model_free(m);
}

Test(model_lock_figures, a_lock_made_anew_while_it_is_held_is_free)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	sync_event(w, A, 50, HP_OP_MUTEX_INIT, MUTEX, 0);
	take(w, A, 100, 1, 0x402010);
	sync_event(w, A, 500, HP_OP_MUTEX_INIT, MUTEX, 0);
	take(w, A, 600, 2, 0x402010), give(w, A, 700);
	struct model *m = model_of(w);
	const struct lock *l = lock_of(m, HP_LOCK_KIND_MUTEX);
	cr_expect_eq(l->abandoned, 1);
	cr_expect_eq(l->all.acquisitions, 2);
	cr_expect_eq(l->all.hold_ns, 400 + 100);
	model_free(m);
}
