/*
 * Threads and signal handlers look up the same nodes, whose entries lie in the same sets of the table; then everything is
 * killed, or comes to its end. The ids are those of the dump. See schedule.h.
 */
#include <criterion/criterion.h>
#include "dump/dump.h"
#include "intern.h"
#include "recorder.h"
#include "schedule.h"

enum { KEYS = 40, NODES_MAX = 4096, LOOKUPS = 60 };

static uintptr_t pcs[KEYS];
static uint64_t meant[NODES_MAX];  /* by id, as it was got: parent << 48 | pc */

void hook_done(uint32_t number, int lost) {}

/* Outermost frames that compete for the same sets in the first two tables, and share some in the others. */
static void find_rivals(void)
{
	uint32_t want = 0;
	unsigned n = 0;
	for (uintptr_t pc = 0x401000; n < KEYS; pc += 3) {
		/* as hp_node does it */
		uint32_t hash = (uint32_t)(hp_fold(hp_frame_key(pc, 0) ^ 0x13198a2e03707344ull, 0xa4093822299f31d1ull) >> 32);
		if (n == 0 || hash >> 18 == want) {
			want = hash >> 18;
			pcs[n++] = pc;
		}
	}
}

static uint32_t look_up(uint32_t parent, uintptr_t pc)
{
	uint32_t id = hook_node(parent, pc);
	if (!id || id >= NODES_MAX)
		schedule_fail("node %lx below %u has no id: %u", (unsigned long)pc, parent, id);
	uint64_t node = (uint64_t)parent << 48 | pc, was = HP_RELAXED(&meant[id]);
	if (was && was != node)
		schedule_fail("id %u means two nodes", id);
	for (uint32_t i = 1; i < NODES_MAX; i++)
		if (i != id && HP_RELAXED(&meant[i]) == node)
			schedule_fail("node %lx below %u has two ids, %u and %u", (unsigned long)pc, parent, i, id);
	__atomic_store_n(&meant[id], node, __ATOMIC_RELAXED);
	return id;
}

static void chain(void)
{
	uint32_t id = look_up(0, pcs[schedule_random(KEYS)]);
	for (uint32_t depth = schedule_random(4); depth-- > 0;)
		id = look_up(id, pcs[schedule_random(3)]);
}

static void thread(unsigned me)
{
	recorder_new_thread();
	for (unsigned i = 0; i < LOOKUPS; i++)
		chain();
}

static void handler(unsigned me)
{
	chain();
}

static void check_dump(void)
{
	static uint8_t defined[NODES_MAX];
	struct dump *d;
	struct dump_error error;
	if (dump_open(&d, recorder_dump(), &error))
		schedule_fail("%s", error.text);
	if (d->damage.records || d->damage.chunks)
		schedule_fail("%s at %llu", d->damage.first[0].text, (unsigned long long)d->damage.first[0].offset);
	const struct dump_scope *s = d->scopes.v[0];
	for (size_t i = 0; i < s->nodes.n; i++) {
		const struct dump_node *n = &s->nodes.v[i];
		if (n->id >= NODES_MAX || defined[n->id]++)
			schedule_fail("node %u is defined twice", n->id);
		if (meant[n->id] && meant[n->id] != ((uint64_t)n->parent << 48 | n->pc))
			schedule_fail("node %u is another one in the dump", n->id);
	}
	for (uint32_t i = 1; i < NODES_MAX; i++)
		if (meant[i] && !defined[i])
			schedule_fail("id %u was used before its node was in the dump", i);
	dump_close(d);
}

static void run_with(struct schedule how)
{
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
	find_rivals();
	run_with(by_seed(seed, fault));
}

static void to_a_kill(uint64_t seed, enum schedule_fault fault)
{
	struct schedule how = by_seed(seed, fault);
	find_rivals();
	how.kill_at = 2000 + (seed * 0x9e3779b97f4a7c15ull >> 50);
	run_with(how);
}

Test(schedule_intern, gives_each_node_one_id) { cr_expect_eq(schedule_seeds(to_the_end, SCHEDULE_SOUND, 150), 0); }
Test(schedule_intern, defines_a_node_before_its_first_use) { cr_expect_eq(schedule_seeds(to_a_kill, SCHEDULE_SOUND, 500), 0); }

/* What the code relies on is taken away: some seed must show it. */
#define expect_failures(fault) cr_expect_gt(schedule_seeds(to_the_end, fault, 1000), 0)

Test(schedule_intern, needs_ids_counted_in_one_go) { expect_failures(SCHEDULE_SPLIT_ADD); }
Test(schedule_intern, needs_entries_put_in_in_one_go) { expect_failures(SCHEDULE_SPLIT_SWAP); }
