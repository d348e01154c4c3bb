/* Locks, waits, holders. */
#include "model_of.h"

#include <errno.h>

enum { A = 1, B = 2 };

static struct dump_writer *begin(unsigned kind)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_node(w, 1, 0, 0x401010);
	dw_node(w, 2, 1, 0x402010);
	dw_lock_def(w, 7, kind, 0x404040, 0);
	return w;
}

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
}

Test(model_locks, an_uncontended_lock_has_a_hold_and_no_wait)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0x401020);
	on(w, A, 350), dw_lock(w, HP_R_UNLOCK, 7, 0x401030);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_assert_eq(m->locks.v.n, 1);
	cr_expect_eq(l->kind, HP_LOCK_KIND_MUTEX);
	cr_expect_eq(l->address, 0x404040);
	cr_expect_eq(l->place.offset, 0x4040);
	cr_expect_eq(l->all.acquisitions, 1);
	cr_expect_eq(l->all.contended, 0);
	cr_expect_eq(l->all.hold_ns, 250);
	cr_expect_eq(m->recorder.hooks[2].events, 2);
	model_free(m);
}

Test(model_locks, a_waiter_is_told_with_who_held_it_when_the_wait_began)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0x403021);
	on(w, A, 1000), dw_lock(w, HP_R_UNLOCK_WAITED, 7, 2);
	on(w, B, 1100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 1, 400, 0);
	on(w, B, 1500), dw_lock(w, HP_R_UNLOCK, 7, 0);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.acquisitions, 2);
	cr_expect_eq(l->all.contended, 1);
	cr_expect_eq(l->all.wait_ns, 700);
	cr_expect_eq(l->all.max_wait_ns, 700);
	cr_expect_eq(l->all.hold_ns, 900 + 400);
	cr_expect_eq(l->all.max_hold_ns, 900);
	cr_assert_neq(l->first_waiter, LOCK_NONE);
	const struct lock_waiter *wait = &m->locks.waiters.v[l->first_waiter];
	cr_expect_eq(wait->stack, 1);
	cr_expect_eq(wait->wait_ns, 700);
	cr_assert_neq(wait->first_holder, LOCK_NONE);
	const struct lock_holder *h = &m->locks.holders.v[wait->first_holder];
	cr_expect_eq(h->site, 2, "the whole stack of the unlock that saw waiters");
	cr_expect_eq(h->wait_ns, 700);
	cr_expect_eq(m->waits.by_class[WAIT_LOCK].sum, 700);
	cr_expect_eq(m->threads.v.v[1].wait_ns[WAIT_LOCK], 700);
	model_free(m);
}

Test(model_locks, a_holder_that_saw_no_waiter_is_known_by_its_call_site)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0x403021);
	on(w, A, 1000), dw_lock(w, HP_R_UNLOCK, 7, 0x403031);
	on(w, B, 1100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 1, 900, 0);
	struct model *m = model_of(w);
	const struct lock_holder *h = &m->locks.holders.v[0];
	cr_assert_eq(m->locks.holders.n, 1);
	cr_expect_eq(m->stacks.nodes.v[h->site].offset, 0x3021);
	cr_expect_eq(m->stacks.nodes.v[h->site].depth, 1);
	model_free(m);
}

Test(model_locks, recursive_locks_are_held_from_the_outermost)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, A, 200), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, A, 300), dw_lock(w, HP_R_UNLOCK, 7, 0);
	on(w, A, 500), dw_lock(w, HP_R_UNLOCK, 7, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->locks.v.v[0].all.acquisitions, 2);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 400);
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	model_free(m);
}

Test(model_locks, a_condition_wait_splits_the_hold_even_while_several_wait)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, B, 300), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, 3, 500), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, 3, 600), dw_lock(w, HP_R_UNLOCK, 7, 0);
	on(w, A, 700), dw_wait(w, HP_OP_COND_WAIT, 0x405000, 0x404040, 1, 200, 0);
	on(w, A, 800), dw_lock(w, HP_R_UNLOCK, 7, 0);
	on(w, B, 900), dw_wait(w, HP_OP_COND_WAIT, 0x405000, 0x404040, 1, 400, 0);
	on(w, B, 950), dw_lock(w, HP_R_UNLOCK, 7, 0);
	struct model *m = model_of(w);
	const struct lock *mutex = &m->locks.v.v[0], *cond = &m->locks.v.v[1];
	cr_assert_eq(m->locks.v.n, 2);
	cr_expect_eq(mutex->all.acquisitions, 3);
	cr_expect_eq(mutex->reacquired, 2);
	cr_expect_eq(mutex->all.hold_ns, (200 - 100) + (400 - 300) + 100 + 100 + 50);
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	cr_expect_eq(cond->kind, HP_LOCK_KIND_COND);
	cr_expect_eq(cond->all.wait_ns, 1000);
	cr_expect_eq(cond->all.hold_ns, 0);
	cr_expect_eq(m->waits.by_class[WAIT_COND].count, 2);
	model_free(m);
}

Test(model_locks, readers_and_writers_are_told_apart)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_RWLOCK);
	on(w, A, 100), dw_lock(w, HP_R_LOCK_SH, 7, 0);
	on(w, B, 200), dw_lock(w, HP_R_LOCK_SH, 7, 0);
	on(w, A, 300), dw_lock(w, HP_R_UNLOCK, 7, 0);
	on(w, B, 500), dw_lock(w, HP_R_UNLOCK, 7, 0);
	on(w, A, 600), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, A, 700), dw_lock(w, HP_R_UNLOCK, 7, 0);
	on(w, B, 800), dw_lock_wait(w, HP_R_LOCK_WAIT_SH, 7, 1, 650, 0);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->read.acquisitions, 3);
	cr_expect_eq(l->read.hold_ns, 200 + 300);
	cr_expect_eq(l->read.contended, 1);
	cr_expect_eq(l->write.acquisitions, 1);
	cr_expect_eq(l->write.hold_ns, 100);
	cr_expect_eq(l->all.hold_ns, 600);
	model_free(m);
}

Test(model_locks, timeouts_wait_but_do_not_acquire_and_tries_may_fail)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 500), dw_lock_wait(w, HP_R_LOCK_FAIL, 7, 1, 100, ETIMEDOUT & 0xff);
	on(w, A, 700), dw_lock_wait(w, HP_R_LOCK_FAIL, 7, 1, 690, EDEADLK);
	on(w, A, 800), dw_lock(w, HP_R_LOCK_TRYFAIL, 7, 0);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.acquisitions, 0);
	cr_expect_eq(l->all.contended, 1);
	cr_expect_eq(l->all.wait_ns, 400);
	cr_expect_eq(l->all.failed, 2);
	cr_expect_eq(l->all.try_failed, 1);
	model_free(m);
}

Test(model_locks, an_unlock_of_what_was_never_taken_is_counted_only)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_UNLOCK, 7, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->locks.unmatched_unlocks, 1);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 0);
	model_free(m);
}

Test(model_locks, an_index_that_is_not_defined_is_an_unknown_lock)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 9, 0);
	on(w, A, 150), dw_lock(w, HP_R_UNLOCK, 9, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->recorder.unknown_ids, 1);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 50);
	model_free(m);
}

static void sync_op(struct dump_writer *w, unsigned op, uint64_t object, uint32_t stack)
{
	struct hp_r_sync *r = (void *)dw_record(w, HP_R_SYNC, op, 0, sizeof *r / 4);
	hp_put64(r->object, object);
	r->stack = stack;
}

Test(model_locks, an_address_that_is_initialised_elsewhere_is_another_lock)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_node(w, 1, 0, 0x401010), dw_node(w, 2, 0, 0x402010);
	dw_at(w, 150), dw_lock_def(w, 7, HP_LOCK_KIND_MUTEX, 0x9000, 0);
	for (unsigned round = 0; round < 3; round++) {
		uint64_t t = 1000 * round;
		on(w, A, t + 100), sync_op(w, HP_OP_MUTEX_INIT, 0x9000, 1 + round % 2);
		on(w, A, t + 200), dw_lock(w, HP_R_LOCK, 7, 0);
		on(w, A, t + 300), dw_lock(w, HP_R_UNLOCK, 7, 0);
		on(w, A, t + 400), sync_op(w, HP_OP_MUTEX_DESTROY, 0x9000, 1);
	}
	struct model *m = model_of(w);
	cr_assert_eq(m->locks.v.n, 2);
	cr_expect_eq(m->locks.v.v[0].init_stack, 1);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 200);
	cr_expect_eq(m->locks.v.v[1].init_stack, 2);
	cr_expect_eq(m->locks.v.v[1].all.hold_ns, 100);
	model_free(m);
}

Test(model_locks, semaphores_count_their_posts_and_long_waits)
{
	struct dump_writer *w = dw_new();
	on(w, A, 100), sync_op(w, HP_OP_SEM_INIT, 0x9000, 0);
	on(w, A, 500), dw_wait(w, HP_OP_SEM_WAIT, 0x9000, 0, 0, 400, 0);
	on(w, A, 600), sync_op(w, HP_OP_SEM_POST, 0x9000, 0);
	on(w, A, 9000), dw_wait(w, HP_OP_SEM_WAIT, 0x9000, 0, 0, 1000, 0);
	on(w, A, 9500), dw_wait(w, HP_OP_SEM_TRYWAIT, 0x9000, 0, 0, 9490, EAGAIN);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_assert_eq(m->locks.v.n, 1);
	cr_expect_eq(l->all.acquisitions, 2);
	cr_expect_eq(l->all.contended, 1);
	cr_expect_eq(l->all.wait_ns, 8000);
	cr_expect_eq(l->all.try_failed, 1);
	cr_expect_eq(l->wakes, 1);
	model_free(m);
}

static struct model *between(struct dump_writer *w, uint64_t from, uint64_t to)
{
	return model_with(w, &(struct model_options){ .from_ns = from, .to_ns = to });
}

/* A has the lock from 100 to 1000, B waits for it from 400 to 1100 and has it to 1500. */
static struct dump_writer *handed_over(void)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0x403021);
	on(w, A, 1000), dw_lock(w, HP_R_UNLOCK_WAITED, 7, 2);
	on(w, B, 1100), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 1, 400, 0);
	on(w, B, 1500), dw_lock(w, HP_R_UNLOCK, 7, 0);
	return w;
}

Test(model_locks, a_wait_and_a_hold_that_cover_a_window_fill_it)
{
	struct model *m = between(handed_over(), 500, 700);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.hold_ns, 200);
	cr_expect_eq(l->all.wait_ns, 200);
	cr_expect_eq(l->all.acquisitions, 0);
	cr_expect_eq(l->all.contended, 0);
	cr_expect_eq(m->waits.by_class[WAIT_LOCK].sum, 200);
	cr_expect_eq(m->waits.by_class[WAIT_LOCK].count, 0);
	cr_expect_eq(m->threads.v.v[1].wait_ns[WAIT_LOCK], 200);
	cr_expect_eq(m->locks.waiters.v[l->first_waiter].wait_ns, 200);
	cr_expect_eq(m->locks.holders.v[0].wait_ns, 200);
	cr_expect_eq(m->locks.holders.v[0].site, 2);
	model_free(m);
}

Test(model_locks, waits_and_holds_over_an_edge_count_what_is_inside)
{
	struct model *m = between(handed_over(), 900, 1200);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.hold_ns, 100 + 100);
	cr_expect_eq(l->all.max_hold_ns, 100);
	cr_expect_eq(l->all.wait_ns, 200);
	cr_expect_eq(l->all.acquisitions, 1);
	cr_expect_eq(l->all.contended, 1);
	cr_expect_eq(m->waits.by_class[WAIT_LOCK].max, 200);
	model_free(m);
}

Test(model_locks, two_windows_that_meet_add_up_to_the_whole)
{
	uint64_t hold = 0, wait = 0, acquisitions = 0;
	for (uint64_t cut = 40; cut < 1500; cut += 150) {
		struct model *m = between(handed_over(), cut, cut + 150);
		hold += m->locks.v.v[0].all.hold_ns;
		wait += m->locks.v.v[0].all.wait_ns;
		acquisitions += m->locks.v.v[0].all.acquisitions;
		model_free(m);
	}
	cr_expect_eq(hold, 900 + 400);
	cr_expect_eq(wait, 700);
	cr_expect_eq(acquisitions, 2);
}

Test(model_locks, a_condition_wait_over_the_end_gave_the_mutex_up_before_it)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, A, 900), dw_wait(w, HP_OP_COND_WAIT, 0x405000, 0x404040, 1, 300, 0);
	on(w, A, 950), dw_lock(w, HP_R_UNLOCK, 7, 0);
	struct model *m = between(w, 200, 500);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 100);
	cr_expect_eq(m->locks.v.v[1].all.wait_ns, 200);
	cr_expect_eq(m->waits.by_class[WAIT_COND].sum, 200);
	model_free(m);
}

Test(model_locks, what_a_killed_process_still_held_lasted_to_its_end)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	dw_header(w)->control = HP_ALL_KINDS;
	on(w, A, 100), dw_lock(w, HP_R_LOCK, 7, 0);
	on(w, B, 800), dw_wait(w, HP_OP_NANOSLEEP, 0, 0, 1, 700, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_KILLED);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 700);
	model_free(m);
}
