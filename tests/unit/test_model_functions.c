/* The call tree and the functions' figures for dumps whose answers are known. */
#include "model_of.h"

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

static const struct function *function(const struct model *m, uint32_t address)
{
	static const struct function none;
	for (size_t i = 0; i < m->functions.v.n; i++)
		if (m->functions.v.v[i].offset == address - 0x400000)
			return &m->functions.v.v[i];
	return &none;
}

Test(model_functions, total_is_inclusive_and_self_is_without_callees)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	call(w, 200, WORK, 500);
	call(w, 600, WORK, 700);
	dw_at(w, 1100), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, MAIN)->calls, 1);
	cr_expect_eq(function(m, MAIN)->total_ns, 1000);
	cr_expect_eq(function(m, MAIN)->self_ns, 600);
	cr_expect_eq(function(m, WORK)->calls, 2);
	cr_expect_eq(function(m, WORK)->total_ns, 400);
	cr_expect_eq(function(m, WORK)->times.min, 100);
	cr_expect_eq(function(m, WORK)->times.max, 300);
	cr_expect_eq(m->recorder.events, 3, "an entry with its exit is one event");
	cr_expect_eq(m->recorder.hooks[7].events, 3);
	cr_expect_eq(m->threads.v.v[0].function_calls, 3);
	model_free(m);
}

Test(model_functions, recursion_counts_once_in_total)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, WORK);
	dw_at(w, 200), dw_enter(w, LEAF);
	dw_at(w, 300), dw_enter(w, WORK);
	dw_at(w, 400), dw_exit(w);
	dw_at(w, 500), dw_exit(w);
	dw_at(w, 600), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, WORK)->calls, 2);
	cr_expect_eq(function(m, WORK)->total_ns, 500);
	cr_expect_eq(function(m, WORK)->self_ns, 300);
	cr_expect_eq(function(m, LEAF)->total_ns, 300);
	model_free(m);
}

Test(model_functions, a_recursion_of_a_million_levels_is_no_trouble)
{
	struct dump_writer *w = begin();
	enum { N = 1000000 };
	for (unsigned i = 0; i < N; i++) {
		dw_at(w, 100 + i), dw_enter(w, WORK);
		if (i % 2)
			call(w, 100 + i, LEAF, 100 + i);
	}
	for (unsigned i = 0; i < N; i++)
		dw_at(w, 100 + N + i), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, WORK)->calls, N);
	cr_expect_eq(function(m, WORK)->total_ns, 2 * N - 1);
	cr_expect_eq(function(m, WORK)->self_ns, 2 * N - 1);
	model_free(m);
}

Test(model_functions, open_and_cut_calls_count_but_have_no_part_in_quantiles)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	dw_at(w, 200), dw_enter(w, WORK);
	dw_at(w, 300), dw_enter(w, LEAF);
	dw_at(w, 400), dw_record(w, HP_R_FN_CUT, 0, 0, 3)[2] = 2;
	call(w, 500, LEAF, 600);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, MAIN)->open_calls, 1);
	cr_expect_eq(function(m, MAIN)->times.count, 0);
	cr_expect_eq(function(m, MAIN)->total_ns, 500, "up to the last event");
	cr_expect_eq(function(m, WORK)->open_calls, 1);
	cr_expect_eq(function(m, WORK)->total_ns, 200);
	cr_expect_eq(function(m, LEAF)->calls, 2);
	cr_expect_eq(function(m, LEAF)->open_calls, 1);
	cr_expect_eq(function(m, LEAF)->times.count, 1);
	cr_expect_eq(function(m, LEAF)->times.min, 100);
	model_free(m);
}

Test(model_functions, exits_without_an_entry_are_counted_apart)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_exit(w);
	call(w, 200, MAIN, 300);
	struct model *m = model_of(w);
	cr_expect_eq(m->functions.unmatched_exits, 1);
	cr_expect_eq(function(m, MAIN)->total_ns, 100);
	model_free(m);
}

Test(model_functions, threads_share_one_tree_and_their_times_add_up)
{
	struct dump_writer *w = begin();
	for (unsigned t = 0; t < 3; t++) {
		dw_thread(w, 1 + t, DW_PID + t);
		dw_at(w, 100), dw_enter(w, MAIN);
		call(w, 150, WORK, 250);
		dw_at(w, 300), dw_exit(w);
	}
	struct model *m = model_of(w);
	cr_expect_eq(m->functions.nodes.n, 3);
	cr_expect_eq(function(m, MAIN)->total_ns, 600);
	cr_expect_eq(function(m, WORK)->self_ns, 300);
	model_free(m);
}

Test(model_functions, waits_and_allocations_go_to_whoever_is_innermost_and_all_above)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	dw_at(w, 200), dw_enter(w, WORK);
	dw_at(w, 300), dw_alloc(w, 0x7000, 64, 0);
	dw_at(w, 900), dw_wait(w, HP_OP_NANOSLEEP, 500, 0, 0, 400, 0);
	dw_at(w, 1000), dw_io(w, HP_OP_READ, 3, 10, 0, 950, 0);
	dw_at(w, 1100), dw_exit(w);
	dw_at(w, 1200), dw_exit(w);
	struct model *m = model_of(w);
	const struct function *f = function(m, MAIN);
	cr_expect_eq(f->self.alloc_calls, 0);
	cr_expect_eq(f->total.alloc_bytes, 64);
	cr_expect_eq(f->total.wait_ns[WAIT_SLEEP], 500);
	cr_expect_eq(f->total.wait_ns[WAIT_IO], 50);
	cr_expect_eq(f->running_ns, 1100 - 550);
	cr_expect_eq(function(m, WORK)->self.alloc_calls, 1);
	cr_expect_eq(function(m, WORK)->self.wait_ns[WAIT_SLEEP], 500);
	model_free(m);
}

Test(model_functions, the_wide_form_names_the_same_function)
{
	struct dump_writer *w = begin();
	call(w, 100, WORK, 200);
	dw_at(w, 300);
	hp_put64(dw_record(w, HP_R_FN_ENTER_WIDE, 0, 0, 4) + 2, WORK);
	dw_at(w, 500), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, WORK)->calls, 2);
	cr_expect_eq(m->functions.nodes.n, 2);
	cr_expect_eq(function(m, WORK)->total_ns, 300);
	model_free(m);
}

Test(model_functions, quantiles_are_within_one_percent)
{
	struct hist h = { 0 };
	for (uint64_t i = 1; i <= 100000; i++)
		hist_add(&h, i * 1000);
	for (unsigned q = 1; q < 100; q++) {
		double want = q * 1000.0 * 1000.0, got = (double)hist_quantile(&h, q / 100.0);
		cr_expect(got > want * 0.99 && got < want * 1.01, "p%u: %.0f", q, got);
	}
	cr_expect_eq(hist_quantile(&h, 0), 1000);
	cr_expect_eq(hist_quantile(&h, 1), 100000000);
	hist_free(&h);
}

Test(model_functions, a_histogram_takes_any_value)
{
	struct hist h = { 0 };
	hist_add(&h, 0);
	hist_add(&h, 63), hist_add(&h, 64), hist_add(&h, 127), hist_add(&h, 128);
	hist_add(&h, UINT64_MAX);
	cr_expect_eq(h.count, 6);
	cr_expect_eq(h.min, 0);
	cr_expect_eq(h.max, UINT64_MAX);
	cr_expect_eq(hist_quantile(&h, 0.2), 63);
	hist_free(&h);
}

Test(model_functions, time_between_events_goes_to_what_their_stacks_have_in_common)
{
	struct dump_writer *w = begin();
	dw_meta(w);
	dw_node(w, 1, 0, 0x401010);
	dw_node(w, 2, 1, 0x402010);
	dw_node(w, 3, 1, 0x403010);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 2);
	dw_at(w, 400), dw_alloc(w, 0x8000, 8, 2);
	dw_at(w, 1000), dw_alloc(w, 0x9000, 8, 3);
	dw_at(w, 3000), dw_wait(w, HP_OP_NANOSLEEP, 0, 0, 3, 1500, 0);
	struct model *m = model_of(w);
	cr_expect_eq(m->functions.between.n, m->stacks.nodes.n);
	cr_expect_eq(m->functions.between.v[2].self_ns, 300);
	cr_expect_eq(m->functions.between.v[1].self_ns, 0);
	cr_expect_eq(m->functions.between.v[3].self_ns, 600 + 500, "2 and 3 are two places of the function that 1 called");
	cr_expect_eq(m->functions.between.v[3].wait_ns, 1500);
	model_free(m);
}

/* /bin/app's place is another module's from 600 on. */
static struct dump_writer *replaced(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_at(w, 0), dw_module(w, 0x400000, 0x401000, 0x409000, "/lib/first.so", "id1");
	dw_at(w, 500);
	struct hp_r_module_gone *gone = (void *)dw_record(w, HP_R_MODULE_GONE, 0, 0, sizeof *gone / 4);
	hp_put64(gone->ticks, dw_ticks(w));
	hp_put64(gone->base, 0x400000);
	dw_at(w, 600), dw_module(w, 0x400000, 0x401000, 0x407000, "/lib/second.so", "id2");
	dw_thread(w, 1, DW_PID);
	return w;
}

static const struct function *in_module(const struct model *m, const char *path, uint64_t offset)
{
	static const struct function none;
	for (size_t i = 0; i < m->functions.v.n; i++)
		if (m->functions.v.v[i].offset == offset && !strcmp(m->stacks.modules.v[m->functions.v.v[i].module].path, path))
			return &m->functions.v.v[i];
	return &none;
}

Test(model_functions, an_address_means_what_was_there_at_the_time)
{
	struct dump_writer *w = replaced();
	call(w, 100, WORK, 200);
	call(w, 300, WORK, 400);
	call(w, 550, WORK, 560);  /* the first code of a module to run is stamped before the module is noted */
	call(w, 700, WORK, 900);
	call(w, 910, 0x408000, 930);  /* only the first one reached so far */
	struct model *m = model_of(w);
	cr_expect_eq(in_module(m, "/lib/first.so", 0x2000)->calls, 2);
	cr_expect_eq(in_module(m, "/lib/first.so", 0x2000)->total_ns, 200);
	cr_expect_eq(in_module(m, "/lib/second.so", 0x2000)->calls, 2);
	cr_expect_eq(in_module(m, "/lib/second.so", 0x2000)->total_ns, 210);
	cr_expect_eq(in_module(m, "/lib/first.so", 0x8000)->calls, 1);
	model_free(m);
}

Test(model_functions, call_sites_mean_what_was_there_at_the_time_too)
{
	struct dump_writer *w = replaced();
	dw_meta(w);
	dw_node(w, 1, 0, 0x401010);
	dw_lock_def(w, 7, HP_LOCK_KIND_MUTEX, 0x90000, 0);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t t = i ? 1000 : 100;
		dw_thread(w, 1, DW_PID);
		dw_at(w, t), dw_lock(w, HP_R_LOCK, 7, 0x402021);
		dw_at(w, t + 100), dw_lock(w, HP_R_UNLOCK, 7, 0);
		dw_thread(w, 2, DW_PID + 1);
		dw_at(w, t + 200), dw_lock_wait(w, HP_R_LOCK_WAIT, 7, 1, t + 50, 0);
		dw_at(w, t + 210), dw_lock(w, HP_R_UNLOCK, 7, 0);
	}
	struct model *m = model_of(w);
	cr_assert_eq(m->locks.holders.n, 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct stack_node *n = &m->stacks.nodes.v[m->locks.holders.v[i].site];
		cr_expect_eq(n->offset, 0x2021);
		cr_expect_str_eq(m->stacks.modules.v[n->module].path, i ? "/lib/second.so" : "/lib/first.so");
	}
	model_free(m);
}

Test(model_functions, a_module_that_is_loaded_again_at_its_place_is_the_same)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	for (unsigned i = 0; i < 3; i++) {
		dw_at(w, 1000 * i), dw_module(w, 0x400000, 0x401000, 0x409000, "/lib/first.so", "id1");
		dw_at(w, 1000 * i + 900);
		struct hp_r_module_gone *gone = (void *)dw_record(w, HP_R_MODULE_GONE, 0, 0, sizeof *gone / 4);
		hp_put64(gone->ticks, dw_ticks(w));
		hp_put64(gone->base, 0x400000);
	}
	dw_thread(w, 1, DW_PID);
	for (unsigned i = 0; i < 3; i++)
		call(w, 1000 * i + 100, WORK, 1000 * i + 200);
	struct model *m = model_of(w);
	cr_expect_eq(m->stacks.modules.n, 1);
	cr_expect_eq(stacks_has_mixed(&m->stacks, 0), 0);
	cr_expect_eq(in_module(m, "/lib/first.so", 0x2000)->calls, 3);
	model_free(m);
}

static struct model *between(struct dump_writer *w, uint64_t from, uint64_t to)
{
	return model_with(w, &(struct model_options){ .from_ns = from, .to_ns = to });
}

Test(model_functions, calls_that_cross_the_edges_of_a_window_have_their_time_inside_it)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	call(w, 150, LEAF, 180);
	dw_at(w, 400), dw_enter(w, WORK);
	call(w, 450, LEAF, 550);
	call(w, 600, LEAF, 650);
	call(w, 750, LEAF, 900);
	dw_at(w, 950), dw_exit(w);
	dw_at(w, 1000), dw_exit(w);
	struct model *m = between(w, 500, 800);
	cr_expect_eq(function(m, MAIN)->total_ns, 300, "it covers all of it");
	cr_expect_eq(function(m, MAIN)->self_ns, 0);
	cr_expect_eq(function(m, MAIN)->calls, 0);
	cr_expect_eq(function(m, WORK)->total_ns, 300);
	cr_expect_eq(function(m, WORK)->self_ns, 300 - 50 - 50 - 50);
	cr_expect_eq(function(m, LEAF)->total_ns, 50 + 50 + 50);
	cr_expect_eq(function(m, LEAF)->calls, 2, "one of three began before");
	cr_expect_eq(function(m, LEAF)->open_calls, 1);
	cr_expect_eq(function(m, LEAF)->times.count, 1, "completed inside of it");
	cr_expect_eq(function(m, LEAF)->times.max, 50);
	model_free(m);
}

Test(model_functions, time_between_events_is_cut_at_the_edges_of_a_window)
{
	struct dump_writer *w = begin();
	dw_meta(w);
	dw_node(w, 1, 0, 0x401010);
	dw_node(w, 2, 1, 0x402010);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 2);
	dw_at(w, 700), dw_alloc(w, 0x8000, 8, 2);
	dw_at(w, 1500), dw_wait(w, HP_OP_NANOSLEEP, 0, 0, 2, 900, 0);
	struct model *m = between(w, 500, 1000);
	cr_expect_eq(m->functions.between.v[2].self_ns, 200 + 200);
	cr_expect_eq(m->functions.between.v[2].wait_ns, 100);
	cr_expect_eq(m->functions.between.v[2].calls, 1);
	model_free(m);
}

Test(model_functions, a_window_after_the_last_event_is_empty)
{
	struct dump_writer *w = begin();
	call(w, 100, MAIN, 200);
	struct model *m = between(w, 5000, 6000);
	cr_expect_eq(function(m, MAIN)->calls, 0);
	cr_expect_eq(function(m, MAIN)->total_ns, 0);
	cr_expect_eq(m->recorder.events, 0);
	model_free(m);
}
