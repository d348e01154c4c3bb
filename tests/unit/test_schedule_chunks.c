/*
 * Threads fill chunks, end, and hand the rest on, while signal handlers record too; then everything is killed, or comes to
 * its end, and the analyzer reads the dump. Everything under test is preload/'s own code: see schedule.h.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "dump/cursor.h"
#include "recorder.h"
#include "schedule.h"

enum { EVENTS_MAX = 20000, LIVES = 3, BURST = 40, HANDLER_BURST = 3 };

enum state { NOT_YET, BEGUN, WRITTEN, LOST };
static struct { uint64_t from, until; uint8_t state, found; } events[EVENTS_MAX];  /* by number; from..until: of calls */
static uint32_t begun;
static unsigned words_most;

void hook_done(uint32_t number, int lost)
{
	events[number].state = lost ? LOST : WRITTEN;
}

static void record(void)
{
	uint32_t number = __atomic_add_fetch(&begun, 1, __ATOMIC_RELAXED);
	if (number >= EVENTS_MAX)
		return;
	if (schedule_random(3)) {
		events[number].state = BEGUN;
		hook_mark(number, HOOK_WORDS_LEAST + schedule_random(schedule_random(3) ? 16 : words_most));
		return;
	}
	events[number].from = recorder_now();
	hook_call(number);
	events[number].until = recorder_now();
}

static void burst(void)
{
	for (uint32_t n = schedule_random(BURST); n-- > 0;) {
		recorder_between_hooks();
		record();
	}
}

static void thread(unsigned me)
{
	for (uint32_t lives = 1 + schedule_random(LIVES); lives-- > 0;) {
		recorder_new_thread();
		burst();
		if (schedule_random(5))
			recorder_end_thread();
		if (schedule_random(2))
			burst();
	}
}

static void handler(unsigned me)
{
	for (uint32_t n = 1 + schedule_random(HANDLER_BURST); n-- > 0;)
		record();
}

/* ---- what the dump must have ---- */

static void check_mark(const struct dump_event *e)
{
	const uint32_t *r = e->r.w;
	uint32_t number = r[2];
	if (number == 0 || number > begun || e->r.words < HOOK_WORDS_LEAST)
		schedule_fail("a record that nobody wrote, at %llu", (unsigned long long)e->offset);
	for (unsigned i = 7; i < e->r.words; i++)
		if (r[i] != number * i)
			schedule_fail("record %u is damaged at word %u, at %llu", number, i, (unsigned long long)e->offset);
	if (events[number].found++)
		schedule_fail("record %u is there twice", number);
	if (!e->late && e->ticks != hp_u64(r + 3))
		schedule_fail("record %u has time %llu instead of %llu", number, (unsigned long long)e->ticks, (unsigned long long)hp_u64(r + 3));
	if (e->thread->described && e->thread->pthread != hp_u64(r + 5))
		schedule_fail("record %u is another thread's", number);
}

static void check_call(const struct dump_event *e)
{
	uint32_t number = (uint32_t)((const struct hp_r_io *)(const void *)e->r.w)->fd;
	if (number == 0 || number > begun || events[number].state != NOT_YET)
		schedule_fail("a call that nobody made, at %llu", (unsigned long long)e->offset);
	if (events[number].until && !e->late && (e->ticks < events[number].from || e->ticks > events[number].until))
		schedule_fail("call %u has time %llu instead of %llu to %llu", number, (unsigned long long)e->ticks,
			(unsigned long long)events[number].from, (unsigned long long)events[number].until);
}

static void check_thread(struct dump *d, struct dump_thread *t)
{
	struct cursor c;
	cursor_init(&c, d, t);
	while (cursor_next(&c))
		if (c.event.r.kind == HP_R_MARK)
			check_mark(&c.event);
		else if (c.event.r.kind == HP_R_IO)
			check_call(&c.event);
	cursor_free(&c);
	for (size_t i = 1; t && i < t->segments.n; i++)
		if (t->segments.v[i].seq == t->segments.v[i - 1].seq)
			schedule_fail("thread %u has two segments %u", t->uid, t->segments.v[i].seq);
}

/* A thread's pthread_t is its own here. A handler may come while it is being made known. */
static void check_known_once(const struct dump *d)
{
	for (size_t i = 0; i < d->threads.n; i++)
		for (size_t k = 0; k < i; k++)
			if (d->threads.v[i]->described && d->threads.v[k]->described && d->threads.v[i]->pthread == d->threads.v[k]->pthread)
				schedule_fail("threads %u and %u are the same one", d->threads.v[i]->uid, d->threads.v[k]->uid);
}

/*
 * Where a handler has made a call in the middle of the filling of a slot, it is filled again; for these instructions it may
 * show halves of two calls.
 */
enum { SLOT_FILL_POINTS = 30 };

static void check_slots(const struct dump *d)
{
	for (size_t i = 0; i < d->slots.n; i++) {
		const struct hp_slot *s = &d->slots.v[i];
		if (s->op && (s->object2 != ~s->object || s->op != HP_OP_READ + s->object % 2))
			schedule_fail("a slot shows halves of two calls");
	}
}

static void check_dump(int complete, int unseen)
{
	struct dump *d;
	struct dump_error error;
	if (dump_open(&d, recorder_dump(), &error))
		schedule_fail("%s", error.text);
	if (d->damage.records || d->damage.chunks)
		schedule_fail("%s at %llu", d->damage.first[0].text, (unsigned long long)d->damage.first[0].offset);
	for (size_t i = 0; i < d->threads.n; i++)
		check_thread(d, d->threads.v[i]);
	check_thread(d, NULL);
	check_known_once(d);
	if (!unseen && !schedule_handler_ended(SLOT_FILL_POINTS))
		check_slots(d);
	uint64_t lost = 0;
	for (uint32_t i = 1; i <= begun && i < EVENTS_MAX; i++) {
		if (events[i].state == WRITTEN && !events[i].found && !unseen)
			schedule_fail("record %u is gone", i);
		if (events[i].state == LOST && events[i].found)
			schedule_fail("record %u was lost, and is there", i);
		lost += events[i].state == LOST;
	}
	if (complete && lost > dump_dropped(d))
		schedule_fail("%llu events were lost, but %llu counted", (unsigned long long)lost, (unsigned long long)dump_dropped(d));
	dump_close(d);
}

/* ---- the runs ---- */

static void run_with(struct recorder_how what, struct schedule how)
{
	schedule_begin(how);
	recorder_start(what);
	for (uint32_t n = 2 + schedule_random(3); n-- > 0;)
		schedule_thread(thread, handler);
	check_dump(schedule_run(), how.unseen);
}

static struct schedule by_seed(uint64_t seed, enum schedule_fault fault)
{
	static const unsigned switches[] = { 2, 5, 20, 100 }, handlers[] = { 0, 20, 100, 400 };
	static const unsigned words[] = { 24, 200, 1000 };
	words_most = words[seed / 16 % 3];
	return (struct schedule){ .seed = seed, .memory = seed % SCHEDULE_MEMORIES, .fault = fault,
		.switch_in = switches[seed / 3 % 4], .handler_in = handlers[seed / 5 % 4] };
}

/* Often in windows of two chunks: what crosses their end is in no chunk. */
static void to_the_end(uint64_t seed, enum schedule_fault fault)
{
	run_with((struct recorder_how){ .chunks = 1024, .window_chunks = seed % 2 ? 2 : 1024 }, by_seed(seed, fault));
}

static struct schedule killed(uint64_t seed, enum schedule_fault fault)
{
	struct schedule how = by_seed(seed, fault);
	how.kill_at = 1 + (seed * 0x9e3779b97f4a7c15ull >> 50) % (1ull << (seed * 0x2545f4914f6cdd1dull >> 60) % 16 << 4);
	return how;
}

static void to_a_kill(uint64_t seed, enum schedule_fault fault)
{
	run_with((struct recorder_how){ .chunks = 1024, .window_chunks = 4 }, killed(seed, fault));
}

/* What aarch64 shows to others is not said to be in order: a kill shows all that was stored. */
static void as_others_see_it(uint64_t seed, enum schedule_fault fault)
{
	struct schedule how = killed(seed, fault);
	how.memory = SCHEDULE_TSO;
	how.unseen = 1;
	run_with((struct recorder_how){ .chunks = 1024, .window_chunks = 4 }, how);
}

static void to_the_limit(uint64_t seed, enum schedule_fault fault)
{
	run_with((struct recorder_how){ .chunks = 4 + (uint32_t)(seed % 16), .window_chunks = 4 }, by_seed(seed, fault));
}

static void in_a_sandbox(uint64_t seed, enum schedule_fault fault)
{
	run_with((struct recorder_how){ .chunks = 1024, .window_chunks = 1024, .sandboxed = 1 }, by_seed(seed, fault));
}

static void in_pieces(uint64_t seed, enum schedule_fault fault)
{
	words_most = 24;
	run_with((struct recorder_how){ .chunks = 1024, .window_chunks = 4, .forked = 1 }, killed(seed, fault));
}

#define expect_sound(run, seeds) cr_expect_eq(schedule_seeds(run, SCHEDULE_SOUND, seeds), 0)

Test(schedule_chunks, find_every_record_once) { expect_sound(to_the_end, 100); }
Test(schedule_chunks, find_every_record_that_was_finished_before_a_kill) { expect_sound(to_a_kill, 1500); }
Test(schedule_chunks, are_never_seen_by_others_with_half_a_record) { expect_sound(as_others_see_it, 1500); }
Test(schedule_chunks, count_what_is_lost_when_there_are_no_more) { expect_sound(to_the_limit, 100); }
Test(schedule_chunks, find_every_record_of_a_sandbox) { expect_sound(in_a_sandbox, 100); }
Test(schedule_chunks, find_every_record_of_forked_children) { expect_sound(in_pieces, 1500); }

/* What the code relies on is taken away: some seed must show it. */
#define expect_failures(run, fault) cr_expect_gt(schedule_seeds(run, fault, 1000), 0)

Test(schedule_chunks, need_additions_in_one_go) { expect_failures(to_the_end, SCHEDULE_SPLIT_ADD); }
Test(schedule_chunks, need_exchanges_in_one_go) { expect_failures(to_the_end, SCHEDULE_SPLIT_SWAP); }
