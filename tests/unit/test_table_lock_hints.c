/* Each hint on a lock made by hand that just deserves it, and on one that just does not. */
#include <criterion/criterion.h>

#include "dump/ops.h"
#include "table/locks_hints.h"

#define MS 1000000ull

static struct model model;
static struct arena arena;
static struct view_input in = { .model = &model, .arena = &arena };
static struct lock lock;
static struct lock_cond cond;
static struct lock_barrier barrier;

static void setup(void)
{
	vec_push(&model.stacks.nodes, (struct stack_node){ .module = MODULE_NONE });
	vec_push(&model.stacks.nodes, (struct stack_node){ .module = MODULE_NONE, .offset = 0x10, .depth = 1 });
	vec_push(&model.processes.v, (struct process){ .pid = 10, .parent = PROCESS_NONE, .exe = "/bin/app" });
	vec_push(&model.threads.v, (struct thread){ .tid = 10 });
	vec_push(&model.threads.v, (struct thread){ .tid = 11 });
	model.duration_ns = 1000 * MS;
	in.naming = naming_new(&model, NULL);
	lock = (struct lock){ .id = 1, .kind = HP_LOCK_KIND_MUTEX, .has_hold = 1, .first_waiter = LOCK_NONE, .first_site = LOCK_NONE,
		.first_user = LOCK_NONE, .first_blocker = LOCK_NONE, .last_ns = 1000 * MS, .place.module = MODULE_NONE };
	cond = (struct lock_cond){ .mutex = LOCK_NONE };
}

static void as_condition(void)
{
	lock.kind = HP_LOCK_KIND_COND;
	lock.has_hold = 0;
	lock.cond = &cond;
}

/* A lock's waits: so many of the same length, and one place that all were for. */
static void waited(uint64_t times, uint64_t each)
{
	for (uint64_t i = 0; i < times; i++)
		lock_times_add(&lock.all.waits, each);
	lock.all.contended += times;
	lock.all.wait_ns += times * each;
	lock.first_blocker = (uint32_t)model.locks.blockers.n;
	vec_push(&model.locks.blockers, (struct lock_blocker){ 1, LOCK_NONE, times, lock.all.wait_ns });
}

static void held(uint64_t times, uint64_t each)
{
	for (uint64_t i = 0; i < times; i++)
		lock_times_add(&lock.all.holds, each);
	lock.all.acquisitions += times;
	lock.all.hold_ns += times * each;
	lock.all.max_hold_ns = each > lock.all.max_hold_ns ? each : lock.all.max_hold_ns;
}

static bool has(const char *hint)
{
	const struct table *t = locks_hints(&in, &lock);

	for (size_t i = 0; i < t->row_count; i++)
		if (!strcmp(t->rows[i].cells[table_column(t, "hint")].name, hint))
			return true;
	return false;
}

static size_t count(void)
{
	return locks_hints(&in, &lock)->row_count;
}

Test(lock_hints, a_lock_that_nobody_waits_for_deserves_none, .init = setup)
{
	held(1000, 5 * MS);
	cr_expect_eq(count(), 0);
}

Test(lock_hints, long_holds_that_others_wait_for, .init = setup)
{
	held(4, 20 * MS);
	waited(3, 15 * MS);
	cr_expect(has("long hold"));
	cr_expect_not(has("hot section"));
	model.duration_ns = 100 * lock.all.wait_ns + 100000;
	cr_expect_not(has("long hold"), "not worth a change");
}

Test(lock_hints, one_long_wait_is_an_accident, .init = setup)
{
	held(1000, 20);
	held(1, 20 * MS);
	waited(1, 15 * MS);
	cr_expect_not(has("long hold"));
}

Test(lock_hints, long_waits_for_somebody_unknown_are_no_long_holds, .init = setup)
{
	held(4, 20 * MS);
	waited(3, 15 * MS);
	model.locks.blockers.v[0].site = 0;
	cr_expect_eq(count(), 0);
}

Test(lock_hints, holders_that_do_nothing, .init = setup)
{
	held(4, 20 * MS);
	waited(3, 15 * MS);
	cr_expect_not(has("blocked holder"));
	lock.held_waiting_ns = lock.held_io_ns = 40 * MS;
	cr_expect(has("blocked holder"));
}

Test(lock_hints, a_hot_section_is_busy_and_contention_of_a_free_lock_is_needless, .init = setup)
{
	held(10000, 60000);
	waited(2000, 100000);
	cr_expect(has("hot section"));
	cr_expect_not(has("needless contention"));
	lock.last_ns = 10000 * MS;
	cr_expect_not(has("hot section"));
	cr_expect_not(has("needless contention"), "what is done under it is more than the waits");
	lock.all.hold_ns /= 10;
	cr_expect(has("needless contention"));
	cr_expect_not(has("long hold"));
}

Test(lock_hints, a_convoy_has_others_queued_at_each_hand_over, .init = setup)
{
	held(1000, 10000);
	waited(500, 100000);
	lock.crowd = (struct lock_crowd){ .most = 4, .ends = 500, .others = 499 };
	cr_expect_not(has("convoy"));
	lock.crowd.others = 500;
	cr_expect(has("convoy"));
}

Test(lock_hints, rwlocks_that_are_taken_one_way_only, .init = setup)
{
	lock.kind = HP_LOCK_KIND_RWLOCK;
	lock.write.acquisitions = 99;
	cr_expect_not(has("never read"));
	lock.write.acquisitions = 100;
	cr_expect(has("never read"));
	lock.read.acquisitions = 100;
	cr_expect_eq(count(), 0);
	lock.write.acquisitions = 0;
	cr_expect(has("never written"));
}

Test(lock_hints, writers_that_readers_starve, .init = setup)
{
	lock.kind = HP_LOCK_KIND_RWLOCK;
	waited(10, 20 * MS);
	lock.read = (struct lock_side){ .acquisitions = 400, .hold_ns = 400 * MS };
	lock.write = (struct lock_side){ .acquisitions = 100, .contended = 10, .wait_ns = 200 * MS };
	cr_expect(has("starved writers"));
	lock.read.hold_ns = 8000 * MS;
	cr_expect_not(has("starved writers"), "they wait for one reader each");
}

Test(lock_hints, a_lock_of_one_thread, .init = setup)
{
	vec_push(&model.locks.users, (struct lock_user){ .thread = 0, .next = LOCK_NONE });
	lock.first_user = 0;
	held(20, 10);
	lock.all.acquisitions = 99999;
	cr_expect_not(has("one thread"));
	lock.all.acquisitions = 100000;
	cr_expect(has("one thread"));
	vec_push(&model.locks.users, (struct lock_user){ .thread = 1, .next = 0 });
	lock.first_user = 1;
	cr_expect_not(has("one thread"));
}

Test(lock_hints, conditions, .init = setup)
{
	as_condition();
	cond = (struct lock_cond){ .mutex = LOCK_NONE, .signals = 1000, .woken = 1000 };
	cr_expect_eq(count(), 0);
	cond.under_mutex = 500;
	cr_expect(has("signal under lock"));
	cond.rewaits = 250;
	cr_expect(has("woken in vain"));
	cond.timeouts = 10;
	lock.all.contended = 1010;
	cr_expect_not(has("polled"));
	lock.all.contended = 20;
	cr_expect(has("polled"));
	cond.lost = 500;
	cr_expect(has("lost signals"));
	cond.unsure = 1;
	cr_expect_not(has("lost signals"));
}

Test(lock_hints, broadcasts_that_are_for_one, .init = setup)
{
	as_condition();
	cond = (struct lock_cond){ .mutex = LOCK_NONE, .broadcasts = 200, .woken = 250, .broadcast_woken = 250, .broadcast_one = 148 };
	cr_expect_not(has("broadcast to one"));
	cond.broadcast_one = 150;
	cr_expect(has("broadcast to one"));
}

Test(lock_hints, a_barrier_to_which_one_comes_late, .init = setup)
{
	lock.kind = HP_LOCK_KIND_BARRIER;
	lock.has_hold = 0;
	lock.barrier = &barrier;
	barrier = (struct lock_barrier){ .rounds = 10, .spread_ns = 100 * MS };
	waited(40, 3 * MS);
	vec_push(&model.locks.users, (struct lock_user){ .thread = 1, .next = LOCK_NONE, .last_arrivals = 9 });
	lock.first_user = 0;
	cr_expect(has("uneven arrival"));
	cr_expect(strstr(locks_hints(&in, &lock)->rows[0].cells[table_column(locks_hints(&in, &lock), "text")].name, "thread 11 is last"));
	barrier.spread_ns = 10 * 19000;
	cr_expect_not(has("uneven arrival"));
}

Test(lock_hints, odd_ends_of_holds_are_told, .init = setup)
{
	lock.abandoned = lock.foreign_unlocks = 1;
	cr_expect(has("abandoned"));
	cr_expect(has("foreign unlocks"));
}
