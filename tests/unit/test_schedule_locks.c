/*
 * Threads take mutexes whose addresses compete for the same places in the lock table; signal handlers try to. Then everything
 * is killed, or comes to its end. The dump has one index a mutex, and its holders in their order. See schedule.h.
 */
#include <criterion/criterion.h>
#include "dump/cursor.h"
#include "locks.h"
#include "real.h"
#include "recorder.h"
#include "schedule.h"

/* More holders than a sequence number has values would be ambiguous: no mutex is taken that often. */
enum { MUTEXES = 24, ROUNDS = 40, HOLDERS_MAX = 250 };

static struct {
	uintptr_t address;
	unsigned held, count;
	unsigned index;                       /* in the dump, of its last definition */
	struct holder { uint64_t pthread; int complete; uint8_t taken, released; } holder[HOLDERS_MAX + 1];  /* by sequence number */
} mutexes[MUTEXES];

int test_lock(unsigned mutex)
{
	schedule_point();
	if (__atomic_exchange_n(&mutexes[mutex].held, 1, __ATOMIC_ACQUIRE))
		return 0;
	if (mutexes[mutex].count == HOLDERS_MAX)
		schedule_fail("mutex %u has too many holders", mutex);
	mutexes[mutex].holder[++mutexes[mutex].count].pthread = (uint64_t)hp_libc.pthread_self();
	return 1;
}

void test_unlock(unsigned mutex)
{
	schedule_point();
	schedule_swap(&mutexes[mutex].held, sizeof mutexes[mutex].held, 1);
	mutexes[mutex].holder[mutexes[mutex].count].complete = 1;
	HP_STORE(&mutexes[mutex].held, 0);
}

const void *test_mutex(unsigned mutex)
{
	return (const void *)mutexes[mutex].address;
}

void hook_done(uint32_t number, int lost) {}

/* Addresses with their home in the same place, and more of them than are looked at from there. */
static void find_rivals(void)
{
	uintptr_t address = 0x10000;
	for (unsigned i = 0; i < MUTEXES; address += 8)
		if (hp_lock_home((void *)address) == hp_lock_home((void *)0x10000))
			mutexes[i++].address = address;
}

static void thread(unsigned me)
{
	recorder_new_thread();
	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned outer = schedule_random(MUTEXES - 1), inner = outer + 1;  /* in order of number: no deadlock */
		recorder_between_hooks();
		hook_lock(outer);
		if (schedule_random(2)) {
			hook_lock(inner);
			hook_unlock(inner);
		}
		hook_unlock(outer);
	}
}

static void handler(unsigned me)
{
	unsigned mutex = schedule_random(MUTEXES);
	if (hook_trylock(mutex))
		hook_unlock(mutex);
}

/* ---- what the dump must have ---- */

static void check_definitions(const struct dump *d)
{
	const struct dump_scope *s = d->scopes.v[0];
	for (unsigned m = 0; m < MUTEXES; m++)
		mutexes[m].index = HP_LOCK_NONE;
	for (size_t i = 0; i < s->lock_defs.n; i++) {
		const struct dump_lock_def *l = &s->lock_defs.v[i];
		for (unsigned m = 0; m < MUTEXES; m++) {
			int same = mutexes[m].address == l->address;
			if (mutexes[m].index != HP_LOCK_NONE && same != (mutexes[m].index == l->index))
				schedule_fail("index %u of %llx is that of another one, or a second one", l->index, (unsigned long long)l->address);
			if (same)
				mutexes[m].index = l->index;
		}
	}
}

static struct holder *holder_of(const struct dump_event *e)
{
	unsigned index = hp_word_arg(*e->r.w), seq = hp_word_sub(*e->r.w);
	for (unsigned m = 0; m < MUTEXES; m++) {
		if (mutexes[m].index != index)
			continue;
		if (seq == 0 || seq > mutexes[m].count || (e->thread->described && mutexes[m].holder[seq].pthread != e->thread->pthread))
			schedule_fail("mutex %u has a holder %u that it never had, at %llu", m, seq, (unsigned long long)e->offset);
		return &mutexes[m].holder[seq];
	}
	schedule_fail("lock %u has no definition", index);
}

static void check_thread(struct dump *d, struct dump_thread *t)
{
	struct cursor c;
	cursor_init(&c, d, t);
	while (cursor_next(&c)) {
		unsigned kind = c.event.r.kind;
		if (kind == HP_R_LOCK || kind == HP_R_LOCK_WAIT)
			holder_of(&c.event)->taken++;
		else if (kind == HP_R_UNLOCK)
			holder_of(&c.event)->released++;
	}
	cursor_free(&c);
}

static void check_dump(void)
{
	struct dump *d;
	struct dump_error error;
	if (dump_open(&d, recorder_dump(), &error))
		schedule_fail("%s", error.text);
	if (d->damage.records || d->damage.chunks)
		schedule_fail("%s at %llu", d->damage.first[0].text, (unsigned long long)d->damage.first[0].offset);
	check_definitions(d);
	for (size_t i = 0; i < d->threads.n; i++)
		check_thread(d, d->threads.v[i]);
	for (unsigned m = 0; m < MUTEXES; m++)
		for (unsigned n = 1; n <= mutexes[m].count; n++) {
			const struct holder *h = &mutexes[m].holder[n];
			int complete = h->complete && mutexes[m].index != HP_LOCK_NONE;  /* else it is outside of the table */
			if (h->taken > 1 || h->released > 1 || (complete && (!h->taken || !h->released)))
				schedule_fail("mutex %u: holder %u took it %u times, and released it %u times", m, n, h->taken, h->released);
		}
	dump_close(d);
}

static void run_with(struct schedule how)
{
	find_rivals();
	schedule_begin(how);
	recorder_start((struct recorder_how){ .chunks = 1024, .window_chunks = 1024 });
	for (uint32_t n = 2 + schedule_random(3); n-- > 0;)
		schedule_thread(thread, handler);
	schedule_run();
	check_dump();
}

static struct schedule by_seed(uint64_t seed, enum schedule_fault fault)
{
	static const unsigned switches[] = { 2, 5, 20, 100 }, handlers[] = { 0, 50, 200 };
	return (struct schedule){ .seed = seed, .memory = seed % SCHEDULE_MEMORIES, .fault = fault,
		.switch_in = switches[seed / 3 % 4], .handler_in = handlers[seed / 5 % 3] };
}

static void to_the_end(uint64_t seed, enum schedule_fault fault)
{
	run_with(by_seed(seed, fault));
}

static void to_a_kill(uint64_t seed, enum schedule_fault fault)
{
	struct schedule how = by_seed(seed, fault);
	how.kill_at = 2000 + (seed * 0x9e3779b97f4a7c15ull >> 50);
	run_with(how);
}

Test(schedule_locks, have_one_index_and_their_holders_in_order) { cr_expect_eq(schedule_seeds(to_the_end, SCHEDULE_SOUND, 300), 0); }
Test(schedule_locks, are_defined_before_their_first_holder) { cr_expect_eq(schedule_seeds(to_a_kill, SCHEDULE_SOUND, 500), 0); }

/* What the code relies on is taken away: some seed must show it. */
Test(schedule_locks, need_entries_claimed_in_one_go) { cr_expect_gt(schedule_seeds(to_the_end, SCHEDULE_SPLIT_SWAP, 1000), 0); }
