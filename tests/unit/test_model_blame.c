/* Who held up whom: acts made by hand, with known answers. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "model/blame.h"
#include "model/private.h"

enum { A, B, C, D, THREADS, QUEUE = 0, OTHER_LOCK, LOCKS, WAITING_STACK = 50 };

static struct model_private private = { .to_ns = UINT64_MAX };
static struct model model = { .private = &private };
static struct blame *blame;

static void setup(void)
{
	for (uint32_t i = 0; i < THREADS; i++)
		vec_push(&model.threads.v, (struct thread){ .tid = 10 + i, .end_ns = 10000, .created_by = THREAD_NONE });
	for (uint32_t i = 0; i < LOCKS; i++)
		vec_push(&model.locks.v, (struct lock){ .id = i + 1, .has_hold = 1 });
}

/* Acts are given by their ends. Returns its number. */
static uint32_t act(uint32_t thread, enum act_kind kind, uint64_t start, uint64_t end, uint32_t object, uint32_t gate)
{
	struct act a = { .start = start, .end = end, .thread = thread, .object = object, .other = ACT_NONE, .gate = gate,
		.kind = (uint8_t)kind, .stack = kind == ACT_RELEASE ? 1 : WAITING_STACK };
	vec_push(&model.acts.v, a);
	return (uint32_t)model.acts.v.n - 1;
}

static uint32_t release(uint32_t thread, uint64_t ns, uint32_t lock)
{
	return act(thread, ACT_RELEASE, ns, ns, lock, ACT_NONE);
}

/* What `waiter` is charged with for `owner` doing `what`, over all reasons; `link` ACT_KIND_COUNT: any. */
static uint64_t charged(uint32_t waiter, uint32_t owner, enum blame_what what)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < blame->cells.n; i++) {
		const struct blame_cell *c = &blame->cells.v[i];
		const struct blame_key *k = &blame->keys.v[c->key];
		sum += c->waiter == waiter && k->owner == owner && k->what == what ? c->ns : 0;
	}
	return sum;
}

static const struct blame_key *key_of(uint32_t waiter, uint32_t owner, enum blame_what what)
{
	for (size_t i = 0; i < blame->cells.n; i++) {
		const struct blame_cell *c = &blame->cells.v[i];
		const struct blame_key *k = &blame->keys.v[c->key];
		if (c->waiter == waiter && k->owner == owner && k->what == what)
			return k;
	}
	cr_assert_fail("no such cell");
	return NULL;
}

static void run(uint64_t waited)
{
	uint64_t sum = 0;
	blame = blame_new(&model);
	for (size_t i = 0; i < blame->cells.n; i++)
		sum += blame->cells.v[i].ns;
	cr_expect_eq(sum, blame->total_ns);
	cr_expect_eq(blame->total_ns, waited, "charged %llu of %llu", (unsigned long long)blame->total_ns, (unsigned long long)waited);
}

static void is(uint32_t waiter, uint32_t owner, enum blame_what what, uint64_t ns)
{
	cr_expect_eq(charged(waiter, owner, what), ns, "%u for %d: %s %llu, not %llu", waiter, (int)owner, blame_what_name(what),
	             (unsigned long long)charged(waiter, owner, what), (unsigned long long)ns);
}

Test(blame, a_thread_that_ran_while_it_held_the_lock_is_charged_up_to_its_release, .init = setup)
{
	uint32_t r = release(B, 900, QUEUE);
	act(A, ACT_ACQUIRE, 100, 1000, QUEUE, r);
	run(900);
	is(A, B, BLAME_RAN, 800);
	is(A, THREAD_NONE, BLAME_WOKEN, 100);
	const struct blame_key *k = key_of(A, B, BLAME_RAN);
	cr_expect_eq(k->link, ACT_ACQUIRE);
	cr_expect_eq(k->object, QUEUE);
	cr_expect_eq(k->stack, 1, "where it gave the lock up");
	blame_free(blame);
}

Test(blame, what_the_holder_itself_waited_for_is_charged_to_the_end_of_the_chain, .init = setup)
{
	uint32_t c = release(C, 700, OTHER_LOCK);
	act(B, ACT_ACQUIRE, 300, 700, OTHER_LOCK, c);
	uint32_t b = release(B, 900, QUEUE);
	act(A, ACT_ACQUIRE, 100, 900, QUEUE, b);
	run(400 + 800);
	is(B, C, BLAME_RAN, 400);
	is(A, C, BLAME_RAN, 400);
	is(A, B, BLAME_RAN, 400);
	cr_expect_eq(key_of(A, C, BLAME_RAN)->object, OTHER_LOCK, "the lock that C held");
	blame_free(blame);
}

Test(blame, a_holder_that_sleeps_or_writes_a_file_is_charged_with_that, .init = setup)
{
	act(B, ACT_SLEEP, 200, 400, ACT_NONE, ACT_NONE);
	act(B, ACT_WRITE, 500, 600, 3, ACT_NONE);
	uint32_t b = release(B, 700, QUEUE);
	act(A, ACT_ACQUIRE, 100, 700, QUEUE, b);
	run(600 + 200 + 100);
	is(A, B, BLAME_SLEPT, 200);
	is(A, B, BLAME_IO, 100);
	is(A, B, BLAME_RAN, 300);
	is(B, THREAD_NONE, BLAME_SLEPT, 200);
	const struct blame_key *k = key_of(A, B, BLAME_IO);
	cr_expect_eq(k->object, QUEUE);
	cr_expect_eq(k->did, ACT_WRITE);
	cr_expect_eq(k->did_object, 3);
	cr_expect_eq(k->stack, WAITING_STACK, "of the write");
	blame_free(blame);
}

Test(blame, only_what_overlaps_is_passed_on, .init = setup)
{
	uint32_t c = release(C, 650, OTHER_LOCK);
	act(B, ACT_ACQUIRE, 50, 650, OTHER_LOCK, c);
	uint32_t b = release(B, 800, QUEUE);
	act(A, ACT_ACQUIRE, 500, 800, QUEUE, b);
	run(600 + 300);
	is(A, C, BLAME_RAN, 150);
	is(A, B, BLAME_RAN, 150);
	is(B, C, BLAME_RAN, 600);
	blame_free(blame);
}

Test(blame, in_a_queue_at_a_lock_each_holder_is_charged_with_its_own_time, .init = setup)
{
	uint32_t b = release(B, 300, QUEUE);
	act(C, ACT_ACQUIRE, 100, 300, QUEUE, b);
	uint32_t c = release(C, 700, QUEUE);
	act(A, ACT_ACQUIRE, 100, 700, QUEUE, c);
	run(200 + 600);
	is(A, B, BLAME_RAN, 200);
	is(A, C, BLAME_RAN, 400);
	is(C, B, BLAME_RAN, 200);
	blame_free(blame);
}

Test(blame, who_waits_for_a_thread_that_is_not_there_yet_waits_for_its_creator, .init = setup)
{
	uint32_t create = act(C, ACT_CREATE, 400, 400, ACT_NONE, ACT_NONE);
	act(B, ACT_BEGIN, 400, 450, ACT_NONE, create);
	uint32_t post = act(B, ACT_SEM_POST, 600, 600, OTHER_LOCK, ACT_NONE);
	act(A, ACT_SEM_WAIT, 100, 600, OTHER_LOCK, post);
	run(500);
	is(A, C, BLAME_RAN, 300);
	is(A, B, BLAME_RAN, 200);
	blame_free(blame);
}

Test(blame, all_that_wait_at_a_barrier_are_charged_to_what_kept_the_last_one, .init = setup)
{
	uint32_t r = release(D, 500, QUEUE);
	act(C, ACT_ACQUIRE, 300, 500, QUEUE, r);
	uint32_t last = (uint32_t)model.acts.v.n;
	act(C, ACT_BARRIER, 900, 900, OTHER_LOCK, ACT_NONE);
	act(A, ACT_BARRIER, 100, 910, OTHER_LOCK, last);
	act(B, ACT_BARRIER, 200, 920, OTHER_LOCK, last);
	run(200 + 810 + 720);
	is(A, C, BLAME_RAN, 600);
	is(A, D, BLAME_RAN, 200);
	is(B, C, BLAME_RAN, 500);
	is(B, D, BLAME_RAN, 200);
	is(A, THREAD_NONE, BLAME_WOKEN, 10);
	is(B, THREAD_NONE, BLAME_WOKEN, 20);
	blame_free(blame);
}

Test(blame, what_nobody_of_the_recording_ended_is_named_after_what_it_was, .init = setup)
{
	act(A, ACT_COND_WAIT, 100, 200, OTHER_LOCK, ACT_NONE);
	act(A, ACT_POLL, 300, 500, ACT_NONE, ACT_NONE);
	act(A, ACT_COND_WAIT, 600, 640, OTHER_LOCK, ACT_NONE);
	model.acts.v.v[2].flags = ACT_FAILED;
	act(A, ACT_READ, 700, 705, 2, ACT_NONE);
	model.acts.v.v[3].flags = ACT_CHANNEL;
	run(100 + 200 + 40 + 5);
	is(A, THREAD_NONE, BLAME_NOBODY, 100);
	is(A, THREAD_NONE, BLAME_EXTERNAL, 205);
	is(A, THREAD_NONE, BLAME_TIMEOUT, 40);
	blame_free(blame);
}

Test(blame, threads_that_wait_for_one_another_are_a_circle_and_nothing_hangs, .init = setup)
{
	act(A, ACT_ACQUIRE, 100, 1000, QUEUE, ACT_NONE);
	act(B, ACT_ACQUIRE, 200, 1000, OTHER_LOCK, ACT_NONE);
	act(C, ACT_ACQUIRE, 300, 1000, QUEUE, ACT_NONE);
	act(D, ACT_ACQUIRE, 300, 1000, OTHER_LOCK, ACT_NONE);
	model.acts.v.v[0].other = B, model.acts.v.v[1].other = A, model.acts.v.v[2].other = B, model.acts.v.v[3].other = D;
	run(900 + 800 + 700 + 700);
	is(A, B, BLAME_RAN, 100);
	is(A, B, BLAME_CIRCLE, 800);
	is(B, THREAD_NONE, BLAME_CIRCLE, 800);
	is(C, B, BLAME_CIRCLE, 700);
	is(D, THREAD_NONE, BLAME_CIRCLE, 700);
	blame_free(blame);
}

Test(blame, gates_that_make_no_sense_lose_no_time_and_make_none, .init = setup)
{
	act(A, ACT_SEM_WAIT, 100, 200, OTHER_LOCK, 0);              /* itself */
	act(B, ACT_SEM_WAIT, 150, 300, OTHER_LOCK, 77);             /* none */
	act(C, ACT_ACQUIRE, 900, 950, 1000, 0);                     /* long ago, of no lock */
	act(D, ACT_JOIN, 100, 960, 4000, ACT_NONE);
	act(D, ACT_SEM_WAIT, 50, 970, OTHER_LOCK, 5);               /* the future; around what came before */
	act(B, ACT_SEM_POST, 2000, 2000, OTHER_LOCK, ACT_NONE);
	run(100 + 150 + 50 + 860 + 10);
	blame_free(blame);
}

Test(blame, a_window_cuts_what_is_charged, .init = setup)
{
	uint32_t r = release(B, 900, QUEUE);
	act(A, ACT_ACQUIRE, 100, 1000, QUEUE, r);
	private.from_ns = 800, private.to_ns = 950;
	run(150);
	is(A, B, BLAME_RAN, 100);
	is(A, THREAD_NONE, BLAME_WOKEN, 50);
	blame_free(blame);
}

Test(blame, of_one_thread_only_its_waits_are_charged_though_others_count_for_the_chain, .init = setup)
{
	uint32_t c = release(C, 700, OTHER_LOCK);
	act(B, ACT_ACQUIRE, 100, 700, OTHER_LOCK, c);
	uint32_t b = release(B, 700, QUEUE);
	act(A, ACT_ACQUIRE, 100, 700, QUEUE, b);
	model.options.tid = 10;
	run(600);
	is(A, C, BLAME_RAN, 600);
	blame_free(blame);
}

/* Each thread at random waits for others at random: whatever that means, times add up. */
Test(blame, any_acts_at_all_are_charged_in_full, .init = setup)
{
	static const enum act_kind kinds[] = { ACT_ACQUIRE, ACT_SEM_WAIT, ACT_SLEEP, ACT_RELEASE, ACT_JOIN, ACT_POLL, ACT_BEGIN, ACT_END };
	for (unsigned seed = 1; seed < 200; seed++) {
		uint64_t at[THREADS] = { 0 }, now = 0, waited = 0;
		srand(seed);
		model.acts.v.n = 0;
		for (int i = 0; i < 300; i++) {
			uint32_t thread = (uint32_t)rand() % THREADS;
			enum act_kind kind = kinds[rand() % 8];
			now += (uint64_t)rand() % 20;
			uint64_t start = now - (uint64_t)rand() % (now + 1), from = start > at[thread] ? start : at[thread];
			uint32_t a = act(thread, kind, start, now, (uint32_t)rand() % 3, rand() % 3 ? (uint32_t)rand() % 300 : ACT_NONE);
			model.acts.v.v[a].other = (uint32_t)rand() % (THREADS + 1);
			waited += kind != ACT_RELEASE && kind != ACT_BEGIN && kind != ACT_END && now > from ? now - from : 0;
			at[thread] = now;
		}
		run(waited);
		blame_free(blame);
	}
}
