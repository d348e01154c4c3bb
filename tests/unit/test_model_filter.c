/* What filters leave out: of a report, and what a recording says it has left out. For dumps whose answers are known. */
#include "model_of.h"

enum { BASE = 0x400000, OUTER = 0x401000, MIDDLE = 0x402000, INNER = 0x403000 };

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, BASE, 0x401000, 0x409000, "/bin/app", "id");
	dw_thread(w, 1, DW_PID);
	return w;
}

static const struct function *function(const struct model *m, uint32_t address)
{
	static const struct function none;
	for (size_t i = 0; i < m->functions.v.n; i++)
		if (m->functions.v.v[i].offset == address - BASE)
			return &m->functions.v.v[i];
	return &none;
}

/* OUTER 100..1000 { MIDDLE 200..800 { INNER 300..400, INNER 500..700 } } */
static void nested(struct dump_writer *w)
{
	static const struct { uint64_t at; uint32_t enters; } steps[] = {
		{ 100, OUTER }, { 200, MIDDLE }, { 300, INNER }, { 400, 0 }, { 500, INNER }, { 700, 0 }, { 800, 0 }, { 1000, 0 },
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		dw_at(w, steps[i].at);
		if (steps[i].enters)
			dw_enter(w, steps[i].enters);
		else
			dw_exit(w);
	}
}

/* The verdict that `data` has for the function. */
struct verdicts { uint32_t outer, middle, inner; };

static uint32_t verdict(void *data, uint32_t module, uint64_t offset)
{
	const struct verdicts *v = data;
	cr_expect_eq(module, 0);
	return offset == OUTER - BASE ? v->outer : offset == MIDDLE - BASE ? v->middle : v->inner;
}

static struct model *filtered(struct dump_writer *w, struct verdicts v, struct hp_filter_rules rules)
{
	struct model_filter filter = { .rules = rules, .verdict = verdict, .data = &v };
	return model_with(w, &(struct model_options){ .filter = &filter });
}

static const struct hp_filter_rules everything = { 0, HP_FILTER_DEPTH_MAX };

Test(model_filter, time_of_what_is_left_out_is_its_callers_and_calls_below_stay)
{
	struct dump_writer *w = begin();
	nested(w);
	struct model *m = filtered(w, (struct verdicts){ .middle = HP_FILTER_OUT }, everything);
	cr_expect_eq(function(m, MIDDLE)->calls, 0);
	cr_expect_eq(function(m, INNER)->calls, 2);
	cr_expect_eq(function(m, INNER)->total_ns, 300);
	cr_expect_eq(function(m, OUTER)->total_ns, 900);
	cr_expect_eq(function(m, OUTER)->self_ns, 600, "of which 300 are MIDDLE's");
	model_free(m);
}

Test(model_filter, nothing_below_and_levels_of_calls_are_kept_as_said)
{
	struct dump_writer *w = begin();
	nested(w);
	struct model *m = filtered(w, (struct verdicts){ .middle = HP_FILTER_NOTRACE }, everything);
	cr_expect_eq(function(m, MIDDLE)->self_ns, 600);
	cr_expect_eq(function(m, INNER)->calls, 0);
	model_free(m);
	w = begin();
	nested(w);
	m = filtered(w, (struct verdicts){ .outer = 0 }, (struct hp_filter_rules){ 0, 1 });
	cr_expect_eq(function(m, OUTER)->self_ns, 900);
	cr_expect_eq(function(m, MIDDLE)->calls + function(m, INNER)->calls, 0);
	model_free(m);
	w = begin();
	nested(w);
	m = filtered(w, (struct verdicts){ .inner = HP_FILTER_IN }, (struct hp_filter_rules){ 1, HP_FILTER_DEPTH_MAX });
	cr_expect_eq(function(m, INNER)->calls, 2);
	cr_expect_eq(function(m, OUTER)->calls + function(m, MIDDLE)->calls, 0);
	model_free(m);
}

Test(model_filter, cuts_end_those_of_the_calls_that_are_kept)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_enter(w, OUTER);
	dw_at(w, 200), dw_enter(w, MIDDLE);
	dw_at(w, 300), dw_enter(w, INNER);
	dw_at(w, 400), dw_enter(w, INNER);
	dw_at(w, 500);
	uint32_t *r = dw_record(w, HP_R_FN_CUT, 0, 0, 3);
	r[1] = (uint32_t)dw_ticks(w);
	r[2] = 3;  /* MIDDLE and both of INNER */
	dw_at(w, 600), dw_exit(w);
	struct model *m = filtered(w, (struct verdicts){ .inner = HP_FILTER_OUT }, everything);
	cr_expect_eq(function(m, MIDDLE)->open_calls, 1);
	cr_expect_eq(function(m, MIDDLE)->total_ns, 300);
	cr_expect_eq(function(m, OUTER)->open_calls, 0);
	cr_expect_eq(function(m, OUTER)->total_ns, 500);
	cr_expect_eq(m->functions.unmatched_exits, 0);
	model_free(m);
}

Test(model_filter, what_a_recording_left_out_is_summed_up_over_its_chunks)
{
	struct dump_writer *w = begin();
	struct hp_filtered *rows = dw_filtered(w, DW_PID);
	rows[0] = (struct hp_filtered){ INNER, 5, 0, 0 };  /* of many functions, whatever address it has */
	rows[1] = (struct hp_filtered){ MIDDLE, 10, 2, 2000 };
	rows[7] = (struct hp_filtered){ INNER, 0, 1, 500 };
	rows = dw_filtered(w, DW_PID);
	rows[1] = (struct hp_filtered){ MIDDLE, 100, 0, 0 };
	rows[2] = (struct hp_filtered){ OUTER, 0, 0, 0 };
	nested(w);
	struct model *m = model_of(w);
	cr_expect_eq(m->left_out.calls, 115);
	cr_expect_eq(m->left_out.short_calls, 3);
	cr_assert_eq(m->left_out.v.n, 2);
	cr_expect_eq(m->left_out.v.v[0].offset, MIDDLE - BASE);
	cr_expect_eq(m->left_out.v.v[0].calls, 110);
	cr_expect_eq(m->left_out.v.v[0].short_calls, 2);
	cr_expect_gt(m->left_out.v.v[0].short_ns, m->left_out.v.v[1].short_ns);
	cr_expect_eq(function(m, MIDDLE)->calls, 1, "those that were recorded are counted apart");
	model_free(m);
}

Test(model_filter, absurd_counts_of_a_damaged_file_do_no_harm)
{
	struct dump_writer *w = begin();
	struct hp_filtered *rows = dw_filtered(w, 99999);
	for (unsigned i = 0; i < HP_FILTERED_ROWS; i++)
		rows[i] = (struct hp_filtered){ UINT64_MAX - i % 3, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	dw_meta(w);
	uint32_t *r = dw_record(w, HP_R_FILTER, 0, 5, 5);
	r[1] = r[2] = r[3] = UINT32_MAX;
	r[4] = 0x61616161;
	nested(w);
	struct model *m = model_of(w);
	cr_expect_leq(m->left_out.v.n, 4);
	model_free(m);
}
