/* What is worked out thread by thread, by as many workers as there are processors: it does not show in the figures. */
#include "model_of.h"

enum { MAIN = 0x401000, WORK = 0x402000, LEAF = 0x403000, OTHER = 0x404000, THREADS = 6, CALLS = 40000 };

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	return w;
}

static void call(struct dump_writer *w, uint64_t from, uint32_t function, uint64_t to)
{
	dw_at(w, from), dw_enter(w, function);
	dw_at(w, to), dw_exit(w);
}

static const struct function *function(const struct model *m, uint32_t address)
{
	static const struct function none;
	for (size_t i = 0; i < m->functions.v.n; i++)
		if (m->functions.v.v[i].offset == address - 0x400000)
			return &m->functions.v.v[i];
	return &none;
}

/* Thread t calls WORK `CALLS` times, t ns each, and OTHER below it each t-th time; more than one worker's worth of bytes. */
static void busy_thread(struct dump_writer *w, unsigned t)
{
	dw_thread(w, t, DW_PID + t - 1);
	dw_at(w, 100), dw_enter(w, MAIN);
	for (uint64_t i = 0; i < CALLS; i++) {
		dw_at(w, 200 + i * 100), dw_enter(w, WORK);
		if (i % t == 0)
			call(w, 201 + i * 100, OTHER, 202 + i * 100);
		if (i % 1000 == 0)
			dw_alloc(w, 0x10000 * t + i * 16, 16, 0);
		dw_at(w, 220 + i * 100 + t), dw_exit(w);
	}
	dw_at(w, 200 + CALLS * 100), dw_exit(w);
}

static struct model *busy_model(void)
{
	struct dump_writer *w = begin();
	for (unsigned t = 1; t <= THREADS; t++)
		busy_thread(w, t);
	return model_of(w);
}

Test(thread_pass, adds_the_calls_of_all_threads_up)
{
	struct model *m = busy_model();
	uint64_t others = 0, worked = 0;
	for (unsigned t = 1; t <= THREADS; t++) {
		others += (CALLS + t - 1) / t;
		worked += (uint64_t)CALLS * (20 + t);
	}
	cr_expect_gt(m->recorder.bytes, 1 << 20, "enough for several workers");
	cr_expect_eq(function(m, MAIN)->calls, THREADS);
	cr_expect_eq(function(m, WORK)->calls, THREADS * CALLS);
	cr_expect_eq(function(m, WORK)->total_ns, worked);
	cr_expect_eq(function(m, WORK)->times.count, THREADS * CALLS);
	cr_expect_eq(function(m, WORK)->times.min, 21);
	cr_expect_eq(function(m, WORK)->times.max, 20 + THREADS);
	cr_expect_eq(function(m, WORK)->self.alloc_calls, THREADS * CALLS / 1000);
	cr_expect_eq(function(m, OTHER)->calls, others);
	cr_expect_eq(m->memory.alloc_calls, THREADS * CALLS / 1000);
	for (unsigned t = 0; t < THREADS; t++)
		cr_expect_eq(m->threads.v.v[t].function_calls, 1 + CALLS + (CALLS + t) / (t + 1));
	model_free(m);
}

Test(thread_pass, numbers_functions_and_paths_the_same_whoever_meets_them_first)
{
	struct model *a = busy_model(), *b = busy_model();
	cr_assert_eq(a->functions.v.n, 3);
	cr_assert_eq(a->functions.nodes.n, 4);
	const uint64_t places[] = { MAIN, WORK, OTHER };
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(a->functions.v.v[i].offset, places[i] - 0x400000);
		cr_expect_eq(a->functions.v.v[i].offset, b->functions.v.v[i].offset);
	}
	for (size_t i = 1; i < 4; i++) {
		cr_expect_lt(a->functions.nodes.v[i].parent, i);
		cr_expect_eq(a->functions.nodes.v[i].function, b->functions.nodes.v[i].function);
		cr_expect_eq(a->functions.nodes.v[i].total_ns, b->functions.nodes.v[i].total_ns);
	}
	model_free(a);
	model_free(b);
}

Test(thread_pass, a_call_that_is_open_throughout_a_window_has_all_of_its_time)
{
	struct dump_writer *w = begin();
	dw_thread(w, 1, DW_PID), dw_at(w, 100), dw_enter(w, MAIN);
	dw_thread(w, 2, DW_PID + 1);
	call(w, 200, WORK, 1200);
	call(w, 1400, LEAF, 2000);
	const struct model_options window = { .from_ns = 1000, .to_ns = 1500 };
	struct model *m = model_with(w, &window);
	cr_expect_eq(function(m, MAIN)->total_ns, 500, "no event of its thread lies in the window");
	cr_expect_eq(function(m, WORK)->total_ns, 200);
	cr_expect_eq(function(m, LEAF)->total_ns, 100);
	cr_expect_eq(function(m, LEAF)->open_calls, 1);
	cr_expect_eq(function(m, WORK)->calls, 0, "it began before");
	model_free(m);
}

Test(thread_pass, what_is_cleared_does_not_count_in_any_thread)
{
	struct dump_writer *w = begin();
	dw_thread(w, 1, DW_PID);
	call(w, 100, WORK, 200);
	dw_at(w, 1000);
	dw_record(w, HP_R_CONTROL, HP_CONTROL_CLEAR, 0, 3)[1] = (uint32_t)dw_ticks(w);
	call(w, 1100, WORK, 1150);
	dw_thread(w, 2, DW_PID + 1);
	call(w, 300, LEAF, 400);
	dw_at(w, 900), dw_enter(w, LEAF);
	dw_at(w, 1010), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, WORK)->calls, 1);
	cr_expect_eq(function(m, WORK)->total_ns, 50);
	cr_expect_eq(function(m, LEAF)->calls, 0);
	cr_expect_eq(function(m, LEAF)->total_ns, 10);
	cr_expect_eq(m->recorder.hooks[7].events, 1);
	model_free(m);
}
