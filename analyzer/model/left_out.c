/* left_out.c - what HP_FILTER and HP_MIN_NS left out of the recording, over all dumps and processes. */
#include "private.h"

#include <stdlib.h>

struct places { struct model *m; struct map64 indices; };

static struct left_out *row_of(struct places *p, struct stack_place at)
{
	struct left_outs *all = &p->m->left_out;
	for (uint64_t key = at.offset * 0x9e3779b97f4a7c15u ^ (uint64_t)at.module << 40;; key++) {
		uint32_t i = map64_get(&p->indices, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY) {
			map64_put(&p->indices, key, (uint32_t)all->v.n);
			vec_push(&all->v, (struct left_out){ .module = at.module, .offset = at.offset });
			return &all->v.v[all->v.n - 1];
		}
		if (i != MAP64_NONE && all->v.v[i].module == at.module && all->v.v[i].offset == at.offset)
			return &all->v.v[i];
	}
}

static uint64_t ns_of(uint64_t ticks, uint64_t rate)
{
	double ns = rate ? (double)ticks * 1e9 / (double)rate : 0;
	return ns < 1e18 ? (uint64_t)ns : (uint64_t)1e18;  /* no more than what a damaged file says */
}

static void add(struct places *p, const struct dump *d, const struct dump_filtered *f)
{
	struct left_outs *all = &p->m->left_out;
	uint64_t ns = ns_of(f->brief_ticks, d->file.header.ticks_per_second);
	all->calls += f->calls;
	all->short_calls += f->brief;
	all->short_ns += ns;
	if (!f->fn)
		return;
	struct left_out *to = row_of(p, stacks_place(&p->m->stacks, f->scope->number, f->fn, 0, d->last_ticks));
	to->calls += f->calls;
	to->short_calls += f->brief;
	to->short_ns += ns;
}

static int most_first(const void *a, const void *b)
{
	const struct left_out *x = a, *y = b;
	uint64_t n = x->calls + x->short_calls, k = y->calls + y->short_calls;
	if (n != k)
		return n < k ? 1 : -1;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

void left_out_finish(struct model *m)
{
	struct places p = { .m = m };
	for (unsigned i = 0; i < m->dump_count; i++) {
		const struct dump *d = m->dumps[i];
		m->left_out.filter = m->left_out.filter ? m->left_out.filter : d->filter;
		m->left_out.min_ns = m->left_out.min_ns ? m->left_out.min_ns : d->min_ns;
		for (size_t k = 0; k < d->filtered.n; k++)
			add(&p, d, &d->filtered.v[k]);
	}
	if (m->left_out.v.n)
		qsort(m->left_out.v.v, m->left_out.v.n, sizeof *m->left_out.v.v, most_first);
	map64_free(&p.indices);
}
