/*
 * filter.c - options.filter: a second stack of the thread's open calls, which holds those that are left out, too. The calls below
 * them go to the innermost call that is kept.
 */
#include "private.h"

#include <pthread.h>
#include <stdlib.h>

#include "util/alloc.h"

enum { CACHED = 1024 };

struct filter_frame { uint32_t state, kept; };

struct filter_calls {
	VEC(struct filter_frame) open;
	uint32_t state;                /* as hp_filter.h says */
	struct { uint64_t address; uint32_t verdict, known; } cache[CACHED];
};

static struct filter_calls *calls_of(const struct feed *f, struct filter_calls **of)
{
	if (!*of) {
		*of = xcalloc(1, sizeof **of);
		(*of)->state = hp_filter_begin(&f->m->options.filter->rules);
	}
	return *of;
}

/* Names are looked up by one thread at a time. */
static uint32_t ask(const struct feed *f, uint64_t address, int low)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	const struct model_filter *filter = f->m->options.filter;
	pthread_mutex_lock(&mutex);
	struct stack_place at = stacks_place(&f->m->stacks, f->scope, address, low, f->e->ticks);
	uint32_t verdict = filter->verdict(filter->data, at.module, at.offset);
	pthread_mutex_unlock(&mutex);
	return verdict;
}

static uint32_t verdict_of(const struct feed *f, struct filter_calls *c, uint64_t address, int low)
{
	size_t i = address >> 4 & (CACHED - 1);
	uint32_t known = low ? 1 : 2;
	if (f->mixed)
		return ask(f, address, low);
	if (c->cache[i].known != known || c->cache[i].address != address) {
		c->cache[i].verdict = ask(f, address, low);
		c->cache[i].address = address;
		c->cache[i].known = known;
	}
	return c->cache[i].verdict;
}

int filter_enter(const struct feed *f, struct filter_calls **of, uint64_t address, int low)
{
	struct filter_calls *c = calls_of(f, of);
	struct filter_frame frame = { c->state, 0 };
	frame.kept = (uint32_t)hp_filter_enter(&f->m->options.filter->rules, verdict_of(f, c, address, low), &c->state);
	vec_push(&c->open, frame);
	return (int)frame.kept;
}

int filter_exit(const struct feed *f, struct filter_calls **of)
{
	struct filter_calls *c = calls_of(f, of);
	if (!c->open.n)
		return 1;  /* entered before the recording */
	const struct filter_frame frame = c->open.v[--c->open.n];
	c->state = frame.state;
	return (int)frame.kept;
}

uint32_t filter_cut(const struct feed *f, struct filter_calls **of, uint32_t count)
{
	struct filter_calls *c = calls_of(f, of);
	uint32_t kept = 0;
	for (; count && c->open.n; count--) {
		const struct filter_frame frame = c->open.v[--c->open.n];
		c->state = frame.state;
		kept += frame.kept;
	}
	return kept;
}

void filter_free(struct filter_calls *c)
{
	if (!c)
		return;
	vec_free(&c->open);
	free(c);
}
