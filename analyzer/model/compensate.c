/*
 * compensate.c - the recorder's own cost taken out of function times (model_options.compensate).
 *
 * Each thread has a clock of what the recorder has cost it so far, and function times are taken on what is left of the real
 * one. A cost is charged when its event comes: a call's inner part right after its entry, the rest when it has returned,
 * which makes it its parent's. So a function has all of what is recorded below it taken off its total, and what is
 * recorded right inside of it off its self time. Single calls may come out below nothing; sums are exact, and cut at 0 last.
 */
#include "thread_pass.h"

enum { FRACTION_BITS = 10 };  /* call_state.cost is in 1/1024 ns */

static uint64_t of_picoseconds(uint32_t picoseconds)
{
	return ((uint64_t)picoseconds << FRACTION_BITS) / 1000;
}

static void read_costs(struct kind_costs *to, const struct dump *d)
{
	for (size_t i = 0; i < d->costs.n; i++) {
		const struct hp_r_cost *c = &d->costs.v[i];
		for (unsigned bit = 0; bit < KIND_COUNT; bit++) {
			if (!(c->kind & 1u << bit))
				continue;
			switch (hp_word_sub(c->w)) {
			case HP_COST_EVENT:  to->event[bit] = of_picoseconds(c->picoseconds); to->known |= 1u << bit; break;
			case HP_COST_INSIDE: to->inside[bit] = of_picoseconds(c->picoseconds); break;
			case HP_COST_SPREAD: to->spread[bit] = of_picoseconds(c->picoseconds); break;
			}
		}
	}
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		if (to->inside[bit] > to->event[bit])
			to->inside[bit] = to->event[bit];
}

/* A dump without costs, of a process whose threads came before they could be measured: those of the first one that has them. */
void compensate_begin(struct model *m)
{
	const struct kind_costs *first = NULL;
	struct kind_costs *costs = arena_zalloc(&m->private->arena, m->dump_count * sizeof *costs);
	m->private->costs = costs;
	for (unsigned i = 0; i < m->dump_count; i++) {
		m->dumps[i]->model = i;
		read_costs(&costs[i], m->dumps[i]);
		if (!first && costs[i].known)
			first = &costs[i];
	}
	for (unsigned i = 0; first && i < m->dump_count; i++)
		if (!costs[i].known)
			costs[i] = *first;
}

static const struct kind_costs *costs_of(const struct feed *f)
{
	return &f->m->private->costs[f->dump_thread->scope->dump->model];
}

/* Function times have it in them if a call is open; times between events do in any case. */
static int matters(const struct feed *f)
{
	return f->count && (f->c->calls.n || (f->m->options.parts & MODEL_BETWEEN && !thread_pass_has_functions(f->m)));
}

static void charge(struct feed *f, uint64_t cost, uint64_t spread)
{
	f->c->cost += cost;
	if (!matters(f))
		return;
	f->pass->taken += cost;
	f->pass->taken_spread += spread;
}

static unsigned bit_of(unsigned kind)
{
	return (unsigned)__builtin_ctz(kind);
}

void compensate_enter(struct feed *f)
{
	unsigned bit = bit_of(HP_FUNCTION);
	charge(f, costs_of(f)->inside[bit], 0);
}

void compensate_exit(struct feed *f)
{
	const struct kind_costs *c = costs_of(f);
	unsigned bit = bit_of(HP_FUNCTION);
	charge(f, c->event[bit] - c->inside[bit], c->spread[bit]);
}

void compensate_event(struct feed *f)
{
	const struct kind_costs *c = costs_of(f);
	unsigned kind;
	if (!recorder_counts(f->e, &kind) || !kind || kind == HP_FUNCTION)
		return;
	unsigned bit = bit_of(kind);
	if (c->known & 1u << bit)
		charge(f, c->event[bit], c->spread[bit]);
	else if (matters(f))
		f->pass->unmeasured++;
}
