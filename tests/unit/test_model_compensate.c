/* The recorder's own cost taken out of function times: dumps that say what it was, with known answers. */
#include "model_of.h"

enum { MAIN = 0x401000, WORK = 0x402000 };

static void cost(struct dump_writer *w, unsigned what, uint32_t kind, uint32_t ns)
{
	struct hp_r_cost *c = (void *)dw_record(w, HP_R_COST, what, 0, sizeof *c / 4);
	c->kind = kind;
	c->picoseconds = ns * 1000;
}

/* A call costs 20 ns or up to 3 more, 8 of them inside; an allocator call 5. What waits cost is not known. */
static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	cost(w, HP_COST_INSIDE, HP_FUNCTION, 8);
	cost(w, HP_COST_SPREAD, HP_FUNCTION, 3);
	cost(w, HP_COST_EVENT, HP_FUNCTION, 20);
	cost(w, HP_COST_EVENT, HP_MEMORY, 5);
	dw_thread(w, 1, DW_PID);
	return w;
}

static void call(struct dump_writer *w, uint64_t from, uint32_t function, uint64_t to)
{
	dw_at(w, from), dw_enter(w, function);
	dw_at(w, to), dw_exit(w);
}

static struct model *compensated(struct dump_writer *w)
{
	return model_with(w, &(struct model_options){ .compensate = 1 });
}

static const struct function *function(const struct model *m, uint32_t address)
{
	static const struct function none;
	for (size_t i = 0; i < m->functions.v.n; i++)
		if (m->functions.v.v[i].offset == address - 0x400000)
			return &m->functions.v.v[i];
	return &none;
}

Test(model_compensate, a_call_pays_its_inner_part_and_its_caller_all_of_it)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	call(w, 200, WORK, 500);
	call(w, 600, WORK, 700);
	dw_at(w, 1100), dw_exit(w);
	struct model *m = compensated(w);
	cr_expect_eq(function(m, WORK)->total_ns, 300 - 8 + 100 - 8);
	cr_expect_eq(function(m, WORK)->self_ns, 300 - 8 + 100 - 8);
	cr_expect_eq(function(m, WORK)->times.min, 100 - 8);
	cr_expect_eq(function(m, WORK)->times.max, 300 - 8);
	cr_expect_eq(function(m, MAIN)->total_ns, 1000 - 8 - 2 * 20);
	cr_expect_eq(function(m, MAIN)->self_ns, 600 - 8 - 2 * (20 - 8));
	cr_expect_eq(m->compensation.taken_ns, 8 + 2 * 20, "what the outermost call lost");
	cr_expect_eq(m->compensation.spread_ns, 2 * 3);
	cr_expect_eq(m->compensation.unmeasured_events, 0);
	model_free(m);
}

Test(model_compensate, without_being_asked_for_it_changes_nothing)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	call(w, 200, WORK, 500);
	dw_at(w, 1100), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(function(m, MAIN)->total_ns, 1000);
	cr_expect_eq(function(m, MAIN)->self_ns, 700);
	cr_expect_eq(m->compensation.taken_ns, 0);
	cr_expect_float_eq(m->recorder.hooks[7].ns_per_event, 20, 1e-9);
	cr_expect_float_eq(m->recorder.hooks[7].inside_ns, 8, 1e-9);
	cr_expect_float_eq(m->recorder.hooks[7].spread_ns, 3, 1e-9);
	cr_expect_float_eq(m->recorder.overhead_ns, 2 * 20, 1e-9);
	model_free(m);
}

Test(model_compensate, other_events_inside_a_call_cost_it_and_its_callers)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	dw_at(w, 200), dw_enter(w, WORK);
	dw_at(w, 300), dw_alloc(w, 0x7000, 64, 0);
	dw_at(w, 400), dw_realloc(w, 0x7000, 0x8000, 128, 0);
	dw_at(w, 500), dw_release(w, 0x8000);
	dw_at(w, 600), dw_exit(w);
	dw_at(w, 700), dw_alloc(w, 0x7000, 64, 0);
	dw_at(w, 800), dw_exit(w);
	dw_at(w, 900), dw_alloc(w, 0x9000, 64, 0);
	struct model *m = compensated(w);
	cr_expect_eq(function(m, WORK)->self_ns, 400 - 8 - 3 * 5, "a realloc is one event");
	cr_expect_eq(function(m, MAIN)->self_ns, 300 - 8 - (20 - 8) - 5);
	cr_expect_eq(function(m, MAIN)->total_ns, 700 - 8 - 20 - 4 * 5);
	cr_expect_eq(m->compensation.taken_ns, 8 + 20 + 4 * 5, "what happens outside of functions is nobody's");
	model_free(m);
}

Test(model_compensate, nothing_comes_out_below_zero_and_sums_are_cut_last)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	call(w, 200, WORK, 203);
	call(w, 300, WORK, 320);
	dw_at(w, 330), dw_exit(w);
	call(w, 400, MAIN + 0x800, 405);
	struct model *m = compensated(w);
	cr_expect_eq(function(m, WORK)->total_ns, 3 + 20 - 2 * 8);
	cr_expect_eq(function(m, WORK)->times.min, 0);
	cr_expect_eq(function(m, WORK)->times.max, 12);
	cr_expect_eq(function(m, MAIN + 0x800)->total_ns, 0);
	cr_expect_eq(function(m, MAIN + 0x800)->self_ns, 0);
	cr_expect_leq(function(m, MAIN)->self_ns, function(m, MAIN)->total_ns);
	model_free(m);
}

Test(model_compensate, open_calls_and_recursion_are_compensated_once)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, WORK);
	dw_at(w, 200), dw_enter(w, WORK);
	dw_at(w, 300), dw_exit(w);
	dw_at(w, 500), dw_alloc(w, 0x7000, 1, 0);
	dw_at(w, 600), dw_alloc(w, 0x8000, 1, 0);
	struct model *m = compensated(w);
	cr_expect_eq(function(m, WORK)->open_calls, 1);
	cr_expect_eq(function(m, WORK)->total_ns, 500 - 8 - 20 - 2 * 5, "up to the last event");
	cr_expect_eq(function(m, WORK)->self_ns, 500 - 8 - 20 - 2 * 5);
	model_free(m);
}

Test(model_compensate, a_recursion_has_no_more_time_of_its_own_than_in_all)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, WORK);
	dw_at(w, 110), dw_enter(w, WORK);
	call(w, 111, WORK, 151);
	dw_at(w, 152), dw_exit(w);
	dw_at(w, 155), dw_exit(w);
	struct model *m = compensated(w);
	cr_expect_eq(function(m, WORK)->total_ns, 55 - 8 - 2 * 20);
	cr_expect_leq(function(m, WORK)->self_ns, function(m, WORK)->total_ns);
	model_free(m);
}

Test(model_compensate, events_of_kinds_that_were_not_measured_are_told)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, MAIN);
	dw_at(w, 900), dw_wait(w, HP_OP_NANOSLEEP, 500, 0, 0, 400, 0);
	dw_at(w, 1100), dw_exit(w);
	struct model *m = compensated(w);
	cr_expect_eq(m->compensation.unmeasured_events, 1);
	cr_expect_eq(function(m, MAIN)->total_ns, 1000 - 8);
	model_free(m);
}

Test(model_compensate, time_between_events_is_less_the_events_cost)
{
	struct dump_writer *w = begin();
	dw_meta(w);
	dw_node(w, 1, 0, 0x401010);
	dw_node(w, 2, 1, 0x402010);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 2);
	dw_at(w, 150), dw_release(w, 0x7000);
	dw_at(w, 400), dw_alloc(w, 0x8000, 8, 2);
	dw_at(w, 403), dw_alloc(w, 0x9000, 8, 1);
	struct model *m = compensated(w);
	cr_expect_eq(m->functions.between.v[2].self_ns, 300 - 2 * 5);
	cr_expect_eq(m->functions.between.v[1].self_ns, 0, "3 ns less 5");
	cr_expect_eq(m->compensation.taken_ns, 4 * 5);
	model_free(m);
}

Test(model_compensate, a_dump_without_costs_has_those_of_the_run)
{
	const char *paths[2] = { dump_path_of(0), dump_path_of(1) };
	for (unsigned i = 0; i < 2; i++) {
		struct dump_writer *w = i ? begin() : dw_new();
		memset(dw_header(w)->run_id, 7, 16);
		memset(dw_header(w)->dump_id, (int)i + 1, 16);
		dw_thread(w, 1, DW_PID);
		call(w, 100, MAIN, 200);
		dw_write(w, paths[i]);
		dw_free_writer(w);
	}
	struct model *m;
	struct dump_error e;
	cr_assert_eq(model_open(&m, paths, 2, &(struct model_options){ .compensate = 1 }, &e), 0, "%s", e.text);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	uint64_t total = 0;
	for (size_t i = 0; i < m->functions.v.n; i++)
		total += m->functions.v.v[i].total_ns;
	cr_expect_eq(total, 2 * (100 - 8));
	model_free(m);
	unlink(paths[0]), unlink(paths[1]);
}
