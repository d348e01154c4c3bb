/* Owners of a lock whose stamps are skewed, as two cores' clocks may be: the sequence tells the truth. */
#include "model_of.h"

#include <errno.h>

enum { A = 1, B = 2, C = 3, LOCK = 7 };

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_node(w, 1, 0, 0x401010);
	dw_node(w, 2, 1, 0x402010);
	dw_lock_def(w, LOCK, HP_LOCK_KIND_MUTEX, 0x404040, 0);
	return w;
}

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
}

static void short_event(struct dump_writer *w, unsigned kind, unsigned seq, uint32_t where)
{
	dw_record(w, kind, seq & 0xff, LOCK, 3)[2] = where;
}

static void waited(struct dump_writer *w, unsigned seq, uint64_t start)
{
	dw_lock_wait(w, HP_R_LOCK_WAIT, LOCK, 1, start, seq & 0xff);
}

static const struct lock_holder *only_holder(const struct model *m)
{
	cr_assert_eq(m->locks.holders.n, 1, "%zu holders", m->locks.holders.n);
	return &m->locks.holders.v[0];
}

static uint64_t offset_of(const struct model *m, const struct lock_holder *h)
{
	return m->stacks.nodes.v[h->site].offset;
}

Test(model_lock_order, a_release_that_seems_late_is_known_with_its_whole_stack)
{
	struct dump_writer *w = begin();
	on(w, A, 100), short_event(w, HP_R_LOCK, 1, 0x403021);
	on(w, B, 990), waited(w, 2, 400);
	on(w, A, 1000), short_event(w, HP_R_UNLOCK_WAITED, 1, 2);
	on(w, B, 1500), short_event(w, HP_R_UNLOCK, 2, 0);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(only_holder(m)->site, 2);
	cr_expect_eq(only_holder(m)->wait_ns, 590);
	cr_expect_eq(l->all.hold_ns, 900 + 510);
	cr_expect_eq(l->all.contended, 1);
	cr_expect_eq(l->owner_changes, 1);
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	model_free(m);
}

Test(model_lock_order, holds_shorter_than_the_skew_are_told_in_their_order)
{
	struct dump_writer *w = begin();
	on(w, A, 10), waited(w, 1, 5);  /* a first contention: from now on holds are remembered */
	on(w, A, 20), short_event(w, HP_R_UNLOCK, 1, 0);
	on(w, B, 95), short_event(w, HP_R_LOCK, 3, 0x405021);
	on(w, A, 100), short_event(w, HP_R_LOCK, 2, 0x403021);
	on(w, A, 110), short_event(w, HP_R_UNLOCK, 2, 0);
	on(w, B, 125), short_event(w, HP_R_UNLOCK, 3, 0);
	on(w, C, 200), waited(w, 4, 105);
	struct model *m = model_of(w);
	cr_expect_eq(offset_of(m, &m->locks.holders.v[1]), 0x3021, "A had it when C came");
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 10 + 10 + 30);
	cr_expect_eq(m->locks.v.v[0].owner_changes, 2);
	model_free(m);
}

Test(model_lock_order, who_came_between_two_skewed_holds_waited_for_the_second)
{
	struct dump_writer *w = begin();
	on(w, A, 100), short_event(w, HP_R_LOCK, 1, 0x403021);
	on(w, A, 110), short_event(w, HP_R_UNLOCK, 1, 0);
	on(w, B, 150), short_event(w, HP_R_LOCK, 2, 0x405021);
	on(w, B, 180), short_event(w, HP_R_UNLOCK, 2, 0);
	on(w, C, 200), waited(w, 3, 130);
	struct model *m = model_of(w);
	cr_expect_eq(offset_of(m, only_holder(m)), 0x5021);
	model_free(m);
}

Test(model_lock_order, a_wait_over_many_holds_was_for_the_first_of_them)
{
	struct dump_writer *w = begin();
	enum { HOLDS = 40 };
	on(w, A, 100), short_event(w, HP_R_LOCK, 1, 0x403021);
	on(w, A, 120), short_event(w, HP_R_UNLOCK, 1, 0);
	on(w, B, 130), waited(w, 2, 110);  /* a first contention: from now on holds are remembered */
	on(w, B, 140), short_event(w, HP_R_UNLOCK, 2, 0);
	for (unsigned i = 0; i < HOLDS; i++) {
		on(w, A, 1000 + 100 * i), short_event(w, HP_R_LOCK, 3 + i, 0x403021 + 16 * i);
		on(w, A, 1080 + 100 * i), short_event(w, HP_R_UNLOCK, 3 + i, 0);
	}
	on(w, C, 9000), waited(w, 3 + HOLDS, 1250);
	struct model *m = model_of(w);
	uint64_t longest = 0, site = 0;
	for (size_t i = 0; i < m->locks.holders.n; i++)
		if (m->locks.holders.v[i].wait_ns > longest) {
			longest = m->locks.holders.v[i].wait_ns;
			site = offset_of(m, &m->locks.holders.v[i]);
		}
	cr_expect_eq(longest, 9000 - 1250);
	cr_expect_eq(site, 0x3021 + 16 * 2);
	model_free(m);
}

Test(model_lock_order, the_sequence_goes_round_and_each_hand_over_is_skewed)
{
	struct dump_writer *w = begin();
	enum { OWNERS = 1000 };
	for (unsigned i = 0; i < OWNERS; i++) {
		on(w, 1 + i % 3, 1000 + 100 * i - (i % 2 ? 30 : 0)), short_event(w, HP_R_LOCK, i + 1, 0);
		on(w, 1 + i % 3, 1090 + 100 * i - (i % 2 ? 30 : 0)), short_event(w, HP_R_UNLOCK, i + 1, 0);
	}
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.acquisitions, OWNERS);
	cr_expect_eq(l->owner_changes, OWNERS - 1);
	cr_expect_eq(l->all.hold_ns, 90 * OWNERS);
	cr_expect_eq(l->all.max_hold_ns, 90);
	cr_expect_eq(m->locks.unmatched_unlocks, 0);
	model_free(m);
}

Test(model_lock_order, an_owner_that_was_not_recorded_holds_nobody_up)
{
	struct dump_writer *w = begin();
	on(w, A, 100), short_event(w, HP_R_LOCK, 1, 0);
	on(w, A, 200), short_event(w, HP_R_UNLOCK, 1, 0);
	on(w, B, 300), short_event(w, HP_R_LOCK, 3, 0);
	on(w, B, 400), short_event(w, HP_R_UNLOCK, 3, 0);
	on(w, C, 20000), short_event(w, HP_R_LOCK, 4, 0);
	on(w, C, 20100), short_event(w, HP_R_UNLOCK, 4, 0);
	on(w, C, 20200), short_event(w, HP_R_LOCK, 90, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 300);
	cr_expect_eq(m->locks.v.v[0].all.acquisitions, 4);
	cr_expect_eq(m->locks.v.v[0].owner_changes, 2);
	model_free(m);
}

Test(model_lock_order, condition_waits_take_their_turn)
{
	struct dump_writer *w = begin();
	on(w, A, 100), short_event(w, HP_R_LOCK, 1, 0);
	on(w, B, 300), short_event(w, HP_R_LOCK, 2, 0x405021);
	on(w, A, 490), dw_wait(w, HP_OP_COND_WAIT, 0x405000, 0x404040, 1, 200, 3 << 8);
	on(w, B, 500), short_event(w, HP_R_UNLOCK, 2, 0);
	on(w, A, 600), short_event(w, HP_R_UNLOCK, 3, 0);
	struct model *m = model_of(w);
	const struct lock *l = &m->locks.v.v[0];
	cr_expect_eq(l->all.acquisitions, 2);
	cr_expect_eq(l->reacquired, 1);
	cr_expect_eq(l->all.hold_ns, (200 - 100) + (500 - 300) + (600 - 490));
	cr_expect_eq(l->owner_changes, 2);
	cr_expect_eq(m->locks.v.v[1].all.failed, 0, "the sequence is no errno");
	model_free(m);
}

Test(model_lock_order, a_condition_wait_that_was_refused_kept_the_mutex)
{
	struct dump_writer *w = begin();
	on(w, A, 100), short_event(w, HP_R_LOCK, 1, 0);
	on(w, A, 300), dw_wait(w, HP_OP_COND_TIMEDWAIT, 0x405000, 0x404040, 1, 200, EINVAL);
	on(w, A, 400), short_event(w, HP_R_UNLOCK, 1, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 300);
	cr_expect_eq(m->locks.v.v[0].all.max_hold_ns, 300);
	cr_expect_eq(m->locks.v.v[0].reacquired, 0);
	cr_expect_eq(m->locks.v.v[1].all.failed, 1);
	model_free(m);
}

Test(model_lock_order, locks_outside_the_table_go_by_time)
{
	struct dump_writer *w = begin();
	static const struct { unsigned thread, kind; uint64_t ns; } events[] = {
		{ A, HP_R_LOCK, 100 }, { A, HP_R_UNLOCK, 200 }, { B, HP_R_LOCK, 300 }, { B, HP_R_UNLOCK, 450 },
	};
	for (unsigned i = 0; i < 4; i++) {
		on(w, events[i].thread, events[i].ns);
		hp_put64(dw_record(w, HP_R_LOCK_X, events[i].kind, HP_LOCK_KIND_MUTEX, 8) + 2, 0x9000);
	}
	struct model *m = model_of(w);
	cr_expect_eq(m->locks.v.v[0].all.hold_ns, 250);
	cr_expect_eq(m->locks.v.v[0].owner_changes, 1);
	model_free(m);
}

static int owner_at(void *data, const struct model_event *e)
{
	int64_t *orders = data;
	if (e->has_order)
		orders[++orders[0]] = e->order;
	return 0;
}

Test(model_lock_order, the_list_of_events_tells_which_owner_it_was)
{
	struct dump_writer *w = begin();
	int64_t orders[400] = { 0 };
	enum { OWNERS = 300 };
	for (unsigned i = 0; i < OWNERS; i++) {
		on(w, 1 + i % 2, 1000 + 10 * i), short_event(w, HP_R_LOCK, i + 1, 0);
		on(w, 1 + i % 2, 1005 + 10 * i), short_event(w, HP_R_UNLOCK, i + 1, 0);
	}
	on(w, C, 9000), waited(w, OWNERS + 1, 8000);
	const char *path = dump_path();
	struct model *m;
	struct dump_error e;
	dw_write(w, path);
	dw_free_writer(w);
	cr_assert_eq(model_open(&m, &path, 1, NULL, &e), 0);
	model_events(m, owner_at, orders);
	unlink(path);
	cr_expect_eq(orders[0], OWNERS + 1);
	for (int64_t i = 1; i <= OWNERS + 1; i++)
		cr_expect_eq(orders[i], i);
	model_free(m);
}
