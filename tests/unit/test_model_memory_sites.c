/* What is known of each site, against a naive count of the same events, and for dumps whose answers are known. */
#include "model_of.h"

enum { STACKS = 4, BLOCKS = 40, STEPS = 6000 };

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	for (uint32_t i = 1; i <= STACKS; i++)
		dw_node(w, i, i == 2 ? 1 : 0, 0x401000 + i * 0x10);
	dw_thread(w, 1, DW_PID);
	return w;
}

static const struct memory_site *site(const struct model *m, uint32_t stack)
{
	static const struct memory_site none;
	for (size_t i = 0; i < m->memory.sites.n; i++)
		if (m->stacks.nodes.v[m->memory.sites.v[i].stack].offset == 0x1000 + stack * 0x10)
			return &m->memory.sites.v[i];
	return &none;
}

static const struct site_blocks *blocks(const struct model *m, uint32_t stack)
{
	return &m->memory.blocks.v[site(m, stack)->blocks];
}

/* ---- the naive count ---- */

struct naive_block { uint64_t size, ns; uint32_t stack, thread, chain; };
struct naive_site {
	uint64_t live, own_peak, own_peak_ns, at_peak, freed, life, least, most, short_calls, late, late_blocks;
	uint64_t reallocs, moved, copied, chain;
	double byte_ns;
};
struct naive {
	struct naive_block block[BLOCKS];
	struct naive_site site[STACKS + 1];
	uint64_t live, peak, peak_ns, end, passed_on;
};

static void got(struct naive *n, unsigned i, uint64_t ns, uint64_t size, uint32_t stack, uint32_t thread, uint32_t chain)
{
	struct naive_site *s = &n->site[stack];
	n->block[i] = (struct naive_block){ size, ns, stack, thread, chain };
	n->live += size;
	s->live += size;
	if (s->live > s->own_peak)
		s->own_peak = s->live, s->own_peak_ns = ns;
	if (n->live <= n->peak)
		return;
	n->peak = n->live, n->peak_ns = ns;
	for (unsigned k = 1; k <= STACKS; k++)
		n->site[k].at_peak = n->site[k].live;
}

static void gone(struct naive *n, unsigned i, uint64_t ns, uint32_t thread)
{
	struct naive_block *b = &n->block[i];
	struct naive_site *s = &n->site[b->stack];
	uint64_t life = ns - b->ns, late = n->end - n->end / 100 * 2;
	n->live -= b->size;
	s->live -= b->size;
	s->least = !s->freed || life < s->least ? life : s->least;
	s->most = life > s->most ? life : s->most;
	s->freed++;
	s->life += life;
	s->byte_ns += (double)life * (double)b->size;
	s->short_calls += life <= 5000;
	if (b->ns < late && ns >= late)
		s->late += b->size, s->late_blocks++;
	n->passed_on += b->thread != thread ? b->size : 0;
	b->size = 0;
}

static uint64_t state = 42;

static uint32_t chance(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static uint64_t address(unsigned i, unsigned place)
{
	return 0x10000 + i * 0x1000 + place * 0x800;
}

/* A step of the program: blocks come, go on and go, by two threads. Blocks become larger in the middle: that is the peak. */
static void step(struct dump_writer *w, struct naive *n, unsigned at, uint8_t *place)
{
	uint64_t ns = (uint64_t)(at + 1) * 1000;
	unsigned i = chance(BLOCKS);
	uint32_t thread = 1 + chance(2), stack = 1 + chance(STACKS), size = 1 + chance(at > STEPS / 2 && at < STEPS * 2 / 3 ? 9000 : 1000);
	struct naive_block was = n->block[i];
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
	if (!was.size) {
		dw_alloc(w, address(i, place[i]), size, stack);
		got(n, i, ns, size, stack, thread, 0);
	} else if (chance(3)) {
		dw_release(w, address(i, place[i]));
		gone(n, i, ns, thread);
	} else {
		unsigned to = chance(2);
		dw_realloc(w, address(i, place[i]), address(i, to), size, stack);
		ns += 10;  /* as dw_realloc has it */
		gone(n, i, ns, thread);
		got(n, i, ns, size, stack, thread, was.chain + 1);
		struct naive_site *s = &n->site[stack];
		s->reallocs++;
		s->moved += to != place[i];
		s->copied += to == place[i] ? 0 : was.size < size ? was.size : size;
		s->chain = was.chain + 1 > s->chain ? was.chain + 1 : s->chain;
		place[i] = (uint8_t)to;
	}
}

static void expect_site(const struct model *m, const struct naive *n, uint32_t stack)
{
	const struct naive_site *s = &n->site[stack];
	const struct memory_site *x = site(m, stack);
	const struct site_blocks *b = blocks(m, stack);
	cr_expect_eq(x->live_bytes, s->live);
	cr_expect_eq(x->peak_bytes, s->at_peak, "stack %u: %llu at the peak, not %llu", stack, (unsigned long long)x->peak_bytes, (unsigned long long)s->at_peak);
	cr_expect_eq(x->own_peak_bytes, s->own_peak);
	cr_expect_eq(x->own_peak_ns, s->own_peak_ns);
	cr_expect_eq(x->late_bytes, s->late);
	cr_expect_eq(x->late_blocks, s->late_blocks);
	cr_expect_eq(b->freed, s->freed);
	cr_expect_eq(b->life_ns, s->life);
	cr_expect_eq(b->life_min_ns, s->least);
	cr_expect_eq(b->life_max_ns, s->most);
	cr_expect_eq(b->short_calls, s->short_calls);
	cr_expect_eq(b->reallocs, s->reallocs);
	cr_expect_eq(b->moved, s->moved);
	cr_expect_eq(b->copied_bytes, s->copied);
	cr_expect_eq(b->longest_chain, s->chain);
	cr_expect_float_eq(b->byte_ns, s->byte_ns, s->byte_ns / 1e9);
}

Test(memory_sites, every_figure_of_a_site_is_that_of_a_naive_count)
{
	struct dump_writer *w = begin();
	struct naive n = { .end = STEPS * 1000 + 500 };
	uint8_t place[BLOCKS] = { 0 };
	for (unsigned at = 0; at < STEPS; at++)
		step(w, &n, at, place);
	for (unsigned i = 0; i < BLOCKS; i++)  /* what is live at the end has lived up to there */
		if (n.block[i].size)
			n.site[n.block[i].stack].byte_ns += (double)n.block[i].size * (double)(n.end - n.block[i].ns);
	dw_thread(w, 1, DW_PID);
	dw_at(w, n.end), dw_end(w, 0, 0);
	struct model *m = model_with(w, &(struct model_options){ .short_ns = 5000 });
	cr_assert_eq(m->duration_ns, n.end);
	cr_expect_eq(m->memory.peak_bytes, n.peak);
	cr_expect_eq(m->memory.peak_ns, n.peak_ns);
	uint64_t below = 0, foreign = 0;
	for (uint32_t i = 1; i <= STACKS; i++) {
		expect_site(m, &n, i);
		below += site(m, i)->peak_bytes;
	}
	cr_expect_eq(below, n.peak, "the shares of any set of sites add up to its share");
	for (size_t i = 1; i < m->memory.owners.n; i++)
		if (m->memory.owners.v[i].freed_by != THREAD_NONE && m->memory.owners.v[i].got_by != m->memory.owners.v[i].freed_by)
			foreign += m->memory.owners.v[i].bytes;
	cr_expect_eq(foreign, n.passed_on);
	model_free(m);
}

/* ---- over time ---- */

/* Events become rarer, so that intervals have many, one or none. */
Test(memory_sites, the_timeline_has_every_intervals_greatest_and_last_value)
{
	struct dump_writer *w = begin();
	enum { EVENTS = 400, END = EVENTS * EVENTS };
	uint64_t most[TIMELINE_POINTS] = { 0 }, last[TIMELINE_POINTS] = { 0 }, live = 0, width = END / TIMELINE_POINTS + 1;
	unsigned now = 0;
	for (unsigned i = 0; i < EVENTS; i++) {
		uint64_t ns = i * i;
		for (; now < ns / width; now++)
			most[now + 1] = last[now + 1] = live;
		dw_at(w, ns);
		if (i % 3 == 2)
			dw_release(w, 0x10000 + (i - 1) * 0x100);
		else
			dw_alloc(w, 0x10000 + i * 0x100, 10 + i, 1);
		live += i % 3 == 2 ? -(uint64_t)(10 + i - 1) : 10 + i;
		last[now] = live;
		most[now] = live > most[now] ? live : most[now];
	}
	for (; now < TIMELINE_POINTS - 1; now++)
		most[now + 1] = last[now + 1] = live;
	dw_at(w, END), dw_end(w, 0, 0);
	struct model *m = model_of(w);
	const struct timeline *t = &m->memory.timeline;
	cr_assert_eq(t->width_ns, width);
	for (unsigned i = 0; i < t->points; i++) {
		cr_expect_eq(t->series[TIMELINE_LIVE_BYTES][i].last, last[i], "interval %u", i);
		cr_expect_eq(t->series[TIMELINE_LIVE_BYTES][i].most, most[i], "interval %u", i);
	}
	cr_expect_eq(t->series[TIMELINE_LIVE_BLOCKS][t->points - 1].last, m->memory.live_blocks);
	model_free(m);
}

enum { GROWS = 1, STEPS_ONCE, COMES_AND_GOES, GREW_AT_FIRST, TURNS = 3200 };

/* Four ways to be live at the end. */
static struct dump_writer *ways_to_grow(void)
{
	struct dump_writer *w = begin();
	state = 42;
	for (unsigned i = 0; i < TURNS; i++) {
		uint64_t ns = i * 1000;
		dw_at(w, ns), dw_alloc(w, 0x1000000 + i * 0x100, 10, GROWS);
		if (i == TURNS * 3 / 5)
			dw_at(w, ns + 1), dw_alloc(w, 0x10, 100000, STEPS_ONCE);
		dw_at(w, ns + 2);
		if (i % 100 < 50)
			dw_alloc(w, 0x2000000 + i * 0x100, 100 + chance(100), COMES_AND_GOES);
		else
			dw_release(w, 0x2000000 + (i - 50) * 0x100);
		if (i < TURNS * 2 / 5)
			dw_at(w, ns + 3), dw_alloc(w, 0x3000000 + i * 0x100, 50, GREW_AT_FIRST);
	}
	dw_alloc(w, 0x20, 1, COMES_AND_GOES);
	dw_at(w, TURNS * 1000), dw_end(w, 0, 0);
	return w;
}

Test(memory_sites, what_grows_to_the_end_is_told_from_steps_and_from_what_comes_and_goes)
{
	struct model *m = model_of(ways_to_grow());
	cr_expect(site(m, GROWS)->grows);
	cr_expect_float_eq((double)site(m, GROWS)->growth, 1e7, 1e5, "%llu bytes a second", (unsigned long long)site(m, GROWS)->growth);
	cr_expect(!site(m, STEPS_ONCE)->grows);
	cr_expect(!site(m, COMES_AND_GOES)->grows);
	cr_expect(!site(m, GREW_AT_FIRST)->grows);
	cr_expect_gt(site(m, GREW_AT_FIRST)->leaked_bytes, site(m, GROWS)->leaked_bytes, "by bytes alone it would come first");
	model_free(m);
}

Test(memory_sites, growth_is_that_of_the_time_that_is_reported_on)
{
	struct model *m = model_with(ways_to_grow(), &(struct model_options){ .from_ns = 100000, .to_ns = TURNS * 380 });
	cr_expect(site(m, GROWS)->grows);
	cr_expect(site(m, GREW_AT_FIRST)->grows, "it did so at that time");
	cr_expect_float_eq((double)site(m, GREW_AT_FIRST)->growth, 5e7, 1e6);
	cr_expect_eq(m->memory.timeline.from_ns, 100000);
	model_free(m);
}

Test(memory_sites, blocks_that_are_freed_in_the_last_2_percent_are_told_if_they_were_there_before)
{
	struct dump_writer *w = begin();
	dw_at(w, 1000), dw_alloc(w, 0x1000, 70, 1);
	dw_at(w, 2000), dw_alloc(w, 0x2000, 30, 2);
	dw_at(w, 97000), dw_release(w, 0x2000);
	dw_at(w, 98500), dw_alloc(w, 0x3000, 5, 2);
	dw_at(w, 99000), dw_release(w, 0x1000);
	dw_at(w, 99500), dw_release(w, 0x3000);
	dw_at(w, 100000), dw_end(w, 0, 0);
	struct model *m = model_of(w);
	cr_expect_eq(site(m, 1)->late_bytes, 70);
	cr_expect_eq(site(m, 2)->late_bytes, 0);
	cr_expect_eq(m->memory.late_bytes, 70);
	cr_expect_eq(m->memory.late_blocks, 1);
	model_free(m);
}

/* ---- blocks one by one ---- */

Test(memory_sites, a_chain_of_reallocs_is_followed_from_site_to_site_and_forgotten_with_its_block)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_alloc(w, 0x1000, 10, 1);
	dw_at(w, 200), dw_realloc(w, 0x1000, 0x2000, 20, 2);
	dw_at(w, 300), dw_realloc(w, 0x2000, 0x2000, 40, 2);
	dw_at(w, 400), dw_realloc(w, 0x2000, 0x3000, 5, 3);
	dw_at(w, 500), dw_release(w, 0x3000);
	dw_at(w, 600), dw_alloc(w, 0x3000, 10, 1);
	dw_at(w, 700), dw_realloc(w, 0x3000, 0x4000, 20, 4);
	struct model *m = model_of(w);
	cr_expect_eq(blocks(m, 2)->reallocs, 2);
	cr_expect_eq(blocks(m, 2)->moved, 1);
	cr_expect_eq(blocks(m, 2)->copied_bytes, 10, "the old size, where it moved");
	cr_expect_eq(blocks(m, 2)->longest_chain, 2);
	cr_expect_eq(blocks(m, 3)->copied_bytes, 5, "no more than what is left");
	cr_expect_eq(blocks(m, 3)->longest_chain, 3);
	cr_expect_eq(blocks(m, 4)->longest_chain, 1, "a new block at the same address is not the old one");
	cr_expect_eq(m->memory.blocks.v[0].longest_chain, 3);
	model_free(m);
}

Test(memory_sites, sizes_of_a_site_add_up_to_its_calls_and_bytes)
{
	struct dump_writer *w = begin();
	static const uint32_t sizes[] = { 0, 1, 2, 3, 4, 7, 8, 1000, 1024, UINT32_MAX };
	for (unsigned i = 0; i < 10; i++)
		dw_at(w, 100 + i), dw_alloc(w, 0x1000 + i * 0x100, sizes[i], 1);
	struct model *m = model_of(w);
	uint64_t calls = 0, bytes = 0;
	for (unsigned i = 0; i < COARSE_SIZES; i++) {
		struct coarse_size s = coarse_size(&m->memory.coarse, &blocks(m, 1)->sizes, i);
		calls += s.calls;
		bytes += s.bytes;
		cr_expect(!s.calls || i || !s.bytes);
	}
	cr_expect_eq(calls, site(m, 1)->calls);
	cr_expect_eq(bytes, site(m, 1)->bytes);
	cr_expect_eq(coarse_size(&m->memory.coarse, &blocks(m, 1)->sizes, 2).calls, 2, "2 and 3");
	model_free(m);
}

Test(memory_sites, coarse_quantiles_are_within_a_32nd_of_the_exact_ones)
{
	struct coarse_pool pool = { 0 };
	struct coarse c = { 0 };
	enum { VALUES = 100000 };
	cr_expect_eq(coarse_quantile(&pool, &c, 0.5), 0);
	for (uint64_t i = 1; i <= VALUES; i++)
		coarse_add(&pool, &c, i * i);
	for (unsigned q = 1; q < 100; q++) {
		double exact = (double)(VALUES / 100 * q) * (double)(VALUES / 100 * q), got = (double)coarse_quantile(&pool, &c, q / 100.0);
		cr_expect_float_eq(got, exact, exact / 31, "%u %%: %g, exactly %g", q, got, exact);
	}
	coarse_add(&pool, &c, UINT64_MAX);
	coarse_add(&pool, &c, 0);
	vec_free(&pool);
}

Test(memory_sites, what_is_suppressed_is_leaked_no_longer_nor_by_its_process)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_alloc(w, 0x1000, 10, 1);
	dw_at(w, 200), dw_alloc(w, 0x2000, 200, 3);
	struct model *m = model_of(w);
	uint8_t marked[STACKS + 1] = { 0 };
	marked[site(m, 3) - m->memory.sites.v] = 1;
	memory_suppress(m, marked);
	cr_expect_eq(m->memory.leaked_bytes, 10);
	cr_expect_eq(m->memory.leaked_blocks, 1);
	cr_expect_eq(m->memory.suppressed_bytes, 200);
	cr_expect_eq(m->memory.live_bytes, 210);
	cr_expect_eq(site(m, 3)->leaked_bytes, 0);
	cr_expect_eq(site(m, 3)->suppressed_blocks, 1);
	cr_expect_eq(m->processes.v.v[0].leaked_bytes, 10);
	model_free(m);
}

Test(memory_sites, without_MODEL_BLOCKS_the_rest_is_the_same)
{
	struct model *with = model_of(ways_to_grow()), *without = model_with(ways_to_grow(), &(struct model_options){ .parts = MODEL_MEMORY });
	cr_expect_eq(without->memory.blocks.n, 0);
	cr_expect_eq(without->memory.owners.n, 0);
	for (uint32_t i = 1; i <= STACKS; i++) {
		cr_expect_eq(site(with, i)->own_peak_bytes, site(without, i)->own_peak_bytes);
		cr_expect_eq(site(with, i)->grows, site(without, i)->grows);
	}
	model_free(with);
	model_free(without);
}

/* ---- processes ---- */

Test(memory_sites, what_an_ended_process_leaves_is_leaked_but_no_part_of_later_peaks)
{
	struct dump_writer *w = begin();
	dw_at(w, 1000), dw_alloc(w, 0x1000, 100, 1);
	for (uint32_t i = 1; i <= 3; i++) {
		dw_child(w, DW_PID + i, 1 + i, DW_PID + i);
		dw_at(w, i * 10000 - 10), dw_process(w, DW_PID + i, DW_PID, "");
		dw_at(w, i * 10000), dw_alloc(w, 0x2000, 1000, 0);
		dw_at(w, i * 10000 + 100), dw_end(w, 0, 0);
	}
	dw_thread(w, 1, DW_PID);
	dw_at(w, 90000), dw_alloc(w, 0x5000, 1, 1);
	dw_at(w, 100000), dw_end(w, 0, 0);
	struct model *m = model_of(w);
	cr_assert_eq(m->processes.v.n, 4);
	const struct memory_site *childs = &m->memory.sites.v[1];
	const struct site_blocks *b = &m->memory.blocks.v[childs->blocks];
	cr_expect_eq(m->memory.peak_bytes, 1100);
	cr_expect_eq(childs->peak_bytes, 1000);
	cr_expect_eq(childs->own_peak_bytes, 1000);
	cr_expect_eq(m->memory.leaked_bytes, 3101);
	cr_expect_eq(m->memory.leaked_blocks, 5);
	cr_expect_eq(childs->leaked_bytes, 3000);
	cr_expect_eq(m->memory.timeline.series[TIMELINE_LIVE_BYTES][m->memory.timeline.points - 1].last, 101);
	cr_expect_float_eq(b->byte_ns, 1000. * (10000 + 10000 + 60000), 1., "to the next event: %g", b->byte_ns);
	for (uint32_t i = 1; i < 4; i++)
		cr_expect_eq(m->processes.v.v[i].leaked_bytes, 1000);
	model_free(m);
}

Test(memory_sites, a_process_that_goes_on_after_its_end_has_what_it_had)
{
	struct dump_writer *w = begin();
	dw_at(w, 1000), dw_alloc(w, 0x1000, 100, 1);
	dw_at(w, 2000), dw_end(w, 0, 0);
	dw_child(w, DW_PID + 1, 2, DW_PID + 1);
	dw_at(w, 3000), dw_alloc(w, 0x2000, 10, 3);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 4000), dw_alloc(w, 0x3000, 50, 1);
	dw_at(w, 5000), dw_release(w, 0x1000);
	struct model *m = model_of(w);
	cr_expect_eq(m->memory.peak_bytes, 160);
	cr_expect_eq(m->memory.leaked_bytes, 60);
	cr_expect_eq(m->memory.free_calls, 1);
	cr_expect_eq(m->memory.unknown_frees, 0);
	model_free(m);
}
