/* The estimate of the allocator's own time, of dumps whose answers are known. */
#include <math.h>

#include "model_of.h"

static void sampled(struct dump_writer *w, unsigned op, uint32_t ticks, uint32_t usable)
{
	uint32_t *r = dw_record(w, HP_R_ALLOC_SAMPLE, op, 0, 3);
	r[1] = ticks;
	r[2] = usable;
}

/* Four allocations, of which two took 100 and 300 ns. */
static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	for (uint32_t i = 0; i < 4; i++) {
		dw_at(w, 100 + i), dw_alloc(w, 0x7000 + 0x100 * i, 100, 0);
		if (i < 2)
			sampled(w, HP_OP_MALLOC, i ? 300 : 100, 108);
	}
	return w;
}

Test(model_alloc_cost, it_is_the_mean_of_sampled_calls_times_all_calls)
{
	struct model *m = model_of(begin());
	const struct alloc_cost *c = &m->memory.cost;
	cr_expect_eq(c->samples, 2);
	cr_expect_float_eq(c->all_ns, 4 * 200, 0.01);
	/* variance of a call 20,000, of the mean of 2 of 4 a fourth of it; 4 calls */
	cr_expect_float_eq(c->error_ns, 1.96 * 4 * sqrt(20000 / 2 * 0.5), 0.01);
	model_free(m);
}

Test(model_alloc_cost, long_calls_are_told_apart)
{
	struct dump_writer *w = begin();
	dw_at(w, 200), dw_release(w, 0x7000);
	sampled(w, HP_OP_FREE, 8000000, 0);
	struct model *m = model_of(w);
	const struct alloc_cost *c = &m->memory.cost;
	cr_expect_eq(c->long_calls, 1);
	cr_expect_eq(c->long_ns, 8000000);
	cr_expect_float_eq(c->all_ns, 800, 0.01);
	cr_expect_eq(c->ns[ALLOC_COST_FREE].max, 8000000);
	model_free(m);
}

Test(model_alloc_cost, what_blocks_have_more_than_was_asked_for_is_known_by_size)
{
	struct model *m = model_of(begin());
	cr_expect_float_eq(alloc_cost_slack(&m->memory.cost, 70), 8, 0.01);
	cr_expect_float_eq(alloc_cost_slack(&m->memory.cost, 7000), 0, 0.01);
	model_free(m);
}
