#include "plan.h"
#include "util/alloc.h"

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		vec_free(&p->v[i].paths);
		vec_free(&p->v[i].classes);
		vec_free(&p->v[i].locks);
	}
	vec_free(p);
}

/* A term in a pass: its lane is one bit of the masks of what it is about. */
struct laid { const struct plan_term *term; uint32_t lane; double factor; };
struct laying { struct laid at[63]; uint32_t n; };

static int scales(enum plan_change change)
{
	return change == PLAN_SCALE || change == PLAN_HOLD;
}

static uint32_t lay(struct laying *l, const struct plan *plans, uint32_t n, const double *factors)
{
	uint32_t lane;

	for (lane = 0; lane < n && lane < PLAN_LANES; lane++) {
		const struct plan *p = &plans[factors ? 0 : lane];

		if (p->n > PLAN_TERMS || l->n + p->n > sizeof(l->at) / sizeof(l->at[0]))
			break;
		for (size_t i = 0; i < p->n; i++)
			l->at[l->n++] = (struct laid){ &p->v[i], lane, factors && scales(p->v[i].change) ? factors[lane] : p->v[i].factor };
	}
	return lane;
}

/* ---- work and calls ---- */

static void mark(uint64_t *masks, const struct plan_list *list, size_t most, uint64_t bit)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] < most)
			masks[list->v[i]] |= bit;
}

/* The scales of what these terms are about; each set of terms has one. */
static uint32_t scale_of(struct pass *p, struct map64 *known, const struct laying *l, uint64_t mask)
{
	uint32_t at = map64_get(known, mask);

	if (at != MAP64_NONE)
		return at;
	at = (uint32_t)p->scales.n;
	vec_add(&p->scales);
	for (uint32_t i = 0; i < PLAN_LANES; i++)
		p->scales.v[at].by[i] = 1;
	for (uint32_t i = 0; i < l->n; i++)
		if (mask >> i & 1)
			p->scales.v[at].by[l->at[i].lane] *= l->at[i].factor;
	map64_put(known, mask, at);
	return at;
}

static uint32_t *scale_table(struct pass *p, struct map64 *known, const struct laying *l, size_t n, int classes)
{
	uint64_t *masks = xcalloc(n + 1, sizeof(*masks));
	uint32_t *table = xcalloc(n + 1, sizeof(*table));

	for (uint32_t i = 0; i < l->n; i++)
		if (l->at[i].term->change == PLAN_SCALE)
			mark(masks, classes ? &l->at[i].term->classes : &l->at[i].term->paths, n, UINT64_C(1) << i);
	for (size_t i = 0; i < n; i++)
		if (masks[i])
			table[i] = scale_of(p, known, l, masks[i]);
	free(masks);
	return table;
}

/* ---- locks ---- */

static struct pass_lock *changed_lock(struct pass *p, uint32_t lock)
{
	struct pass_lock *c;

	if (!p->lock_change[lock]) {
		p->lock_change[lock] = (uint32_t)p->locks.n;
		c = vec_add(&p->locks);
		c->most_parts = 1;
		for (uint32_t i = 0; i < PLAN_LANES; i++)
			c->hold[i] = 1, c->parts[i] = 1;
	}
	return &p->locks.v[p->lock_change[lock]];
}

static void change_lock(struct pass_lock *c, const struct laid *l)
{
	switch (l->term->change) {
	case PLAN_HOLD:    c->hold[l->lane] *= l->factor; c->has_hold = 1; break;
	case PLAN_NO_WAIT: c->open[l->lane] = 1; break;
	case PLAN_SPLIT:
		c->parts[l->lane] = (uint8_t)(l->term->parts < 1 ? 1 : l->term->parts > PLAN_PARTS ? PLAN_PARTS : l->term->parts);
		c->most_parts = c->most_parts > c->parts[l->lane] ? c->most_parts : c->parts[l->lane];
		break;
	default:           break;
	}
}

static void change_locks(struct pass *p, const struct tape *tape, const struct laying *l)
{
	p->lock_change = xcalloc(tape->locks.n + 1, sizeof(*p->lock_change));
	vec_add(&p->locks);
	for (uint32_t i = 0; i < l->n; i++) {
		const struct plan_term *t = l->at[i].term;

		for (size_t k = 0; k < t->locks.n; k++)
			if (t->locks.v[k] < tape->locks.n)
				change_lock(changed_lock(p, t->locks.v[k]), &l->at[i]);
		if (t->change == PLAN_CPUS && !l->at[i].lane)
			p->cpus = t->parts;
	}
}

uint32_t pass_new(struct pass *p, const struct tape *tape, const struct plan *plans, uint32_t n, const double *factors)
{
	struct map64 known = { 0 };
	struct laying l = { 0 };

	*p = (struct pass){ 0 };
	p->lanes = lay(&l, plans, n, factors);
	vec_add(&p->scales);
	for (uint32_t i = 0; i < PLAN_LANES; i++)
		p->scales.v[0].by[i] = 1;
	p->path_scale = scale_table(p, &known, &l, tape->graph->paths.n, 0);
	p->class_scale = scale_table(p, &known, &l, tape->classes.n, 1);
	change_locks(p, tape, &l);
	map64_free(&known);
	return p->lanes;
}

void pass_free(struct pass *p)
{
	free(p->path_scale);
	free(p->class_scale);
	free(p->lock_change);
	vec_free(&p->scales);
	vec_free(&p->locks);
}
