/* Single calls, the union of a function's calls over threads, and where calls were cut, for dumps whose answers are known. */
#include "model_of.h"
#include "model/calls.h"

enum { MAIN = 0x401000, WORK = 0x402000, LEAF = 0x403000 };

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_thread(w, 1, DW_PID);
	return w;
}

static void call(struct dump_writer *w, uint64_t from, uint32_t function, uint64_t to)
{
	dw_at(w, from), dw_enter(w, function);
	dw_at(w, to), dw_exit(w);
}

static unsigned is_work(void *data, uint32_t module, uint64_t offset)
{
	(void)data, (void)module;
	return offset == WORK - 0x400000 ? CALLS_RECENT | CALLS_LONGEST : 0;
}

static struct calls_wanted wanted = { .matches = is_work, .most = 3, .wall = 1 };
static struct model_options options = { .calls = &wanted };

static const struct function *function(const struct model *m, uint32_t address)
{
	static const struct function none;
	for (size_t i = 0; i < m->functions.v.n; i++)
		if (m->functions.v.v[i].offset == address - 0x400000)
			return &m->functions.v.v[i];
	return &none;
}

Test(model_calls, the_last_and_the_longest_calls_are_kept_however_many_there_are)
{
	struct dump_writer *w = begin();
	dw_at(w, 10), dw_enter(w, MAIN);
	for (unsigned i = 0; i < 100; i++) {
		call(w, 1000 + 100 * i, WORK, 1000 + 100 * i + 1 + i * 37 % 100);
		call(w, 1000 + 100 * i + 99, LEAF, 1000 + 100 * i + 99);
	}
	struct model *m = model_with(w, &options);
	const struct call_lists *c = &m->functions.calls;
	cr_assert_eq(c->recent.n, 3);
	for (unsigned i = 0; i < 3; i++)
		cr_expect_eq(c->recent.v[i].start_ns, 1000 + 100 * (99 - i));
	cr_expect_eq(c->recent.v[0].ns, 1 + 99 * 37 % 100);
	cr_assert_eq(c->longest.n, 3);
	for (unsigned i = 0; i < 3; i++)
		cr_expect_eq(c->longest.v[i].ns, 100 - i);
	cr_expect_eq(c->longest.v[0].end, CALL_RETURNED);
	cr_expect_eq(m->functions.v.v[m->functions.nodes.v[m->functions.nodes.v[c->longest.v[0].node].parent].function].offset, MAIN - 0x400000);
	model_free(m);
}

Test(model_calls, a_call_tells_whether_it_returned_was_cut_or_is_open)
{
	struct dump_writer *w = begin();
	call(w, 100, WORK, 200);
	dw_at(w, 300), dw_enter(w, WORK);
	dw_at(w, 400), dw_record(w, HP_R_FN_CUT, 0, 0, 3)[2] = 1;
	dw_thread(w, 2, DW_PID + 1);
	dw_at(w, 500), dw_enter(w, WORK);
	dw_at(w, 550), dw_thread_end(w, 10);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 600), dw_enter(w, WORK);
	dw_at(w, 700), dw_enter(w, LEAF);
	struct calls_wanted four = { .matches = is_work, .most = 4 };
	struct model *m = model_with(w, &(struct model_options){ .calls = &four });
	static const enum call_end ends[] = { CALL_OPEN, CALL_CUT, CALL_CUT, CALL_RETURNED };
	static const uint64_t starts[] = { 600, 500, 300, 100 }, took[] = { 100, 50, 100, 100 };
	cr_assert_eq(m->functions.calls.recent.n, 4);
	for (unsigned i = 0; i < 4; i++) {
		cr_expect_eq(m->functions.calls.recent.v[i].end, ends[i], "call %u", i);
		cr_expect_eq(m->functions.calls.recent.v[i].start_ns, starts[i], "call %u", i);
		cr_expect_eq(m->functions.calls.recent.v[i].ns, took[i], "call %u", i);
	}
	cr_expect_eq(function(m, WORK)->open_calls, 3);
	cr_expect_eq(function(m, WORK)->self.cut_calls, 2);
	cr_expect_eq(function(m, LEAF)->self.cut_calls, 0);
	model_free(m);
}

Test(model_calls, wall_time_is_the_union_over_threads_and_recursion_counts_once)
{
	struct dump_writer *w = begin();
	for (unsigned t = 0; t < 3; t++) {
		dw_thread(w, 1 + t, DW_PID + t);
		dw_at(w, 100 + 100 * t), dw_enter(w, WORK);
		dw_at(w, 150 + 100 * t), dw_enter(w, WORK);
		dw_at(w, 200 + 100 * t), dw_exit(w);
		dw_at(w, 300 + 100 * t), dw_exit(w);   /* 100..300, 200..400, 300..500 */
		call(w, 1000, LEAF, 1100);
	}
	struct model *m = model_with(w, &options);
	cr_expect_eq(function(m, WORK)->total_ns, 600);
	cr_expect_eq(function(m, WORK)->wall_ns, 400);
	cr_expect_eq(function(m, WORK)->wall_error_ns, 0);
	cr_expect_eq(function(m, LEAF)->total_ns, 300);
	cr_expect_eq(function(m, LEAF)->wall_ns, 100);
	model_free(m);
}

/* One thread's calls are never two at a time, however many gaps are closed. */
Test(model_calls, wall_time_of_very_many_calls_is_exact_for_one_thread_and_near_for_two)
{
	enum { CALLS = 1200000 };
	struct dump_writer *w = begin();
	for (unsigned i = 0; i < CALLS; i++)
		call(w, 100 + 20 * i, LEAF, 105 + 20 * i);
	for (unsigned t = 0; t < 2; t++) {
		dw_thread(w, 2 + t, DW_PID + 1 + t);
		for (unsigned i = 0; i < CALLS / 5; i++)   /* half of the time each, a quarter both */
			call(w, 100 + 20 * i * (t + 1), WORK, 110 + 20 * i * (t + 1) + 10 * t);
	}
	struct model *m = model_with(w, &options);
	uint64_t first = CALLS / 5 * 20, both = first / 4 * 3, second = first / 2;
	cr_expect_eq(function(m, LEAF)->wall_ns, function(m, LEAF)->total_ns);
	cr_expect_eq(function(m, LEAF)->wall_error_ns, 0);
	uint64_t wall = function(m, WORK)->wall_ns, error = function(m, WORK)->wall_error_ns;
	cr_expect(wall + error >= both + second && wall <= both + second + error, "%llu +- %llu is not %llu", (unsigned long long)wall,
	          (unsigned long long)error, (unsigned long long)(both + second));
	cr_expect(wall * 10 > (both + second) * 9 && wall * 10 < (both + second) * 11, "%llu is not about %llu", (unsigned long long)wall,
	          (unsigned long long)(both + second));
	model_free(m);
}

Test(model_calls, a_window_has_the_calls_inside_and_the_time_of_those_over_its_edges)
{
	struct dump_writer *w = begin();
	call(w, 100, WORK, 300);
	call(w, 400, WORK, 500);
	dw_at(w, 600), dw_enter(w, WORK);
	dw_at(w, 900), dw_exit(w);
	struct model_options window = options;
	window.from_ns = 200, window.to_ns = 700;
	struct model *m = model_with(w, &window);
	cr_expect_eq(function(m, WORK)->wall_ns, 100 + 100 + 100);
	cr_assert_eq(m->functions.calls.recent.n, 2);
	cr_expect_eq(m->functions.calls.recent.v[0].end, CALL_OPEN);
	cr_expect_eq(m->functions.calls.recent.v[1].ns, 100);
	model_free(m);
}
