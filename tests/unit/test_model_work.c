/* What threads did between their acts, by call path: model/work.h. */
#include "expect.h"
#include "model_of.h"

enum { MAIN = 0x401000, WORK = 0x402000, LEAF = 0x403000, SITE = 0x404000, PARTS = MODEL_ALL | MODEL_ACTS | MODEL_GRAPH };
enum { STACK_MAIN = 1, STACK_F, STACK_F_A, STACK_F_B, STACK_G };  /* main, f below it, two places in what f calls, g */

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_lock_def(w, 1, HP_LOCK_KIND_MUTEX, 0x408000, 0);
	dw_node(w, STACK_MAIN, 0, 0x401010);
	dw_node(w, STACK_F, STACK_MAIN, 0x402010);
	dw_node(w, STACK_F_A, STACK_F, 0x403010);
	dw_node(w, STACK_F_B, STACK_F, 0x403020);
	dw_node(w, STACK_G, STACK_MAIN, 0x404010);
	dw_thread(w, 1, DW_PID);
	return w;
}

static struct model *run(struct dump_writer *w)
{
	return model_with(w, &(struct model_options){ .parts = PARTS });
}

static void lock(struct dump_writer *w, uint64_t at, uint64_t until)
{
	dw_at(w, at), dw_lock(w, HP_R_LOCK, 1, SITE);
	dw_at(w, until), dw_lock(w, HP_R_UNLOCK, 1, SITE);
}

/* The time of a path in the interval number `interval` of the first thread. */
static uint64_t worked(const struct model *m, unsigned interval, uint32_t path)
{
	const struct thread_work *w = &m->works->threads.v[0];
	uint64_t ns = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (w->v[i].path == WORK_ACT && interval-- == 0)
			break;
		ns += interval == 0 && w->v[i].path == path ? w->v[i].ns : 0;
	}
	return ns;
}

static uint32_t path_of_call(const struct model *m, uint32_t address, uint32_t parent)
{
	for (uint32_t i = 1; i < m->functions.nodes.n; i++) {
		const struct call_node *n = &m->functions.nodes.v[i];
		if (m->functions.v.v[n->function].offset == address - 0x400000 && n->parent == parent)
			return i;
	}
	return UINT32_MAX - 7;
}

static uint32_t stack_at(const struct model *m, uint64_t offset)
{
	for (uint32_t i = 1; i < m->stacks.nodes.n; i++)
		if (m->stacks.nodes.v[i].offset == offset && m->stacks.nodes.v[i].depth > 0)
			return work_stack_path(m->works, i);
	return 0;
}

static uint64_t all_work(const struct model *m, uint32_t thread)
{
	const struct thread_work *w = &m->works->threads.v[thread];
	uint64_t ns = 0;
	for (size_t i = 0; i < w->n; i++)
		ns += w->v[i].path == WORK_ACT ? 0 : w->v[i].ns;
	return ns;
}

Test(work, is_the_self_time_of_calls_between_two_acts)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	for (unsigned i = 0; i < 10; i++) {
		dw_at(w, 200 + i * 100), dw_enter(w, WORK);
		dw_at(w, 210 + i * 100), dw_enter(w, LEAF);
		dw_at(w, 230 + i * 100), dw_exit(w);
		dw_at(w, 260 + i * 100), dw_exit(w);
	}
	lock(w, 1500, 1700);
	dw_at(w, 2000), dw_exit(w);
	dw_thread_end(w, 1);
	struct model *m = run(w);
	uint32_t main = path_of_call(m, MAIN, 0), work = path_of_call(m, WORK, main), leaf = path_of_call(m, LEAF, work);
	expect(worked(m, 0, main), ==, 100 + 9 * 40 + 340);
	expect(worked(m, 0, work), ==, 10 * 40);
	expect(worked(m, 0, leaf), ==, 10 * 20);
	expect(worked(m, 1, main), ==, 200);
	expect(worked(m, 2, main), ==, 300);
	expect(all_work(m, 0), ==, 2000 - m->threads.v.v[0].start_ns);
	model_free(m);
}

Test(work, between_events_belongs_to_what_their_stacks_have_in_common)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_alloc(w, 0x1000, 16, STACK_F_A);
	dw_at(w, 200), dw_alloc(w, 0x2000, 16, STACK_F_B);   /* in what both are in */
	lock(w, 300, 400);
	dw_at(w, 500), dw_alloc(w, 0x3000, 16, STACK_F_B);
	dw_at(w, 600), dw_alloc(w, 0x4000, 16, STACK_G);
	dw_at(w, 600), dw_lock_wait(w, HP_R_LOCK_WAIT, 1, STACK_G, 560, 0);
	dw_at(w, 700), dw_lock(w, HP_R_UNLOCK, 1, SITE);
	dw_thread_end(w, 1);
	struct model *m = run(w);
	uint32_t at_b = stack_at(m, 0x3020);
	cr_assert(at_b);
	expect(worked(m, 0, at_b), ==, 200);
	expect(worked(m, 1, at_b), ==, 100);
	expect(worked(m, 2, at_b), ==, 100);
	expect(worked(m, 2, stack_at(m, 0x4010)), ==, 100);
	model_free(m);
}

Test(work, of_many_calls_takes_few_pieces)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	for (unsigned i = 0; i < 100000; i++) {
		dw_at(w, 200 + i * 10), dw_enter(w, 0x402000 + i % 300);
		dw_at(w, 204 + i * 10), dw_exit(w);
	}
	lock(w, 1200000, 1200010);
	dw_thread_end(w, 1);
	struct model *m = run(w);
	expect(m->works->threads.v[0].n, <, 200);
	expect(all_work(m, 0), ==, 1200010 - m->threads.v.v[0].start_ns);
	model_free(m);
}

Test(work, that_was_too_little_for_a_piece_of_its_own_is_its_callers)
{
	struct dump_writer *w = begin();
	dw_at(w, 0), dw_enter(w, MAIN);
	for (unsigned i = 0; i < 100; i++) {
		dw_at(w, 100 + i * 10), dw_enter(w, 0x402000 + i);
		dw_at(w, 101 + i * 10), dw_exit(w);
	}
	lock(w, 2000, 2010);
	dw_thread_end(w, 1);
	struct model *m = run(w);
	expect(worked(m, 0, path_of_call(m, MAIN, 0)), >=, 1985);
	expect(all_work(m, 0), ==, 2010 - m->threads.v.v[0].start_ns);
	model_free(m);
}
