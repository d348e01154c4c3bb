/* blame_keys.c - reasons to wait, each kept once, and the cells of the matrix. */
#include "blame_private.h"

#include <string.h>

#include "private.h"

const char *blame_what_name(unsigned what)
{
	static const char *const names[] = {
#define X(name, text) text,
		BLAME_WHATS(X)
#undef X
	};
	return what < BLAME_WHAT_COUNT ? names[what] : "?";
}

static enum blame_what what_of(const struct blame_thread *root)
{
	const struct act *a = root->act;
	if (root->phase != PHASE_WAITS && root->phase != PHASE_WOKEN)
		return BLAME_RAN;
	if (root->in_circle)
		return BLAME_CIRCLE;
	if (root->phase == PHASE_WOKEN)
		return BLAME_WOKEN;
	switch (a->kind) {
	case ACT_SLEEP:                        return BLAME_SLEPT;
	case ACT_READ: case ACT_WRITE:         return a->flags & ACT_CHANNEL ? BLAME_EXTERNAL : BLAME_IO;
	case ACT_IO:                           return BLAME_IO;
	case ACT_POLL:                         return a->flags & ACT_FAILED ? BLAME_TIMEOUT : BLAME_EXTERNAL;
	case ACT_CHILD:                        return BLAME_EXTERNAL;
	default:                               return a->flags & ACT_FAILED ? BLAME_TIMEOUT : BLAME_NOBODY;
	}
}

/* Where the owner gave up what the act waited for. */
static uint32_t gate_stack(const struct blame_run *r, const struct act *a, uint32_t owner)
{
	const struct act *gate = a->gate < r->m->acts.v.n ? &r->m->acts.v.v[a->gate] : NULL;
	return gate && gate->thread == owner ? gate->stack : 0;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static uint64_t hash(const struct blame_key *k)
{
	uint64_t h = mix(1, (uint64_t)k->owner << 32 | (uint64_t)k->what << 24 | (uint64_t)k->link << 16 | (uint64_t)k->did << 8 | k->did_channel) ^ k->own;
	return mix(mix(h, (uint64_t)k->object << 32 | k->did_object), k->stack);
}

static int same(const struct blame_key *a, const struct blame_key *b)
{
	return a->owner == b->owner && a->own == b->own && a->what == b->what && a->link == b->link && a->did == b->did && a->did_channel == b->did_channel
		&& a->object == b->object && a->did_object == b->did_object && a->stack == b->stack;
}

static uint32_t keep(struct blame_run *r, const struct blame_key *k)
{
	for (uint64_t h = hash(k);; h++) {
		if (h == MAP64_EMPTY)
			continue;
		uint32_t i = map64_get(&r->by_hash, h);
		if (i != MAP64_NONE && !same(&r->out->keys.v[i], k))
			continue;
		if (i != MAP64_NONE)
			return i;
		map64_put(&r->by_hash, h, (uint32_t)r->out->keys.n);
		vec_push(&r->out->keys, *k);
		return (uint32_t)r->out->keys.n - 1;
	}
}

static uint32_t object_of(const struct act *a)
{
	return a->kind == ACT_JOIN || a->kind == ACT_CHILD ? ACT_NONE : a->object;
}

uint32_t blame_key_like(struct blame_run *r, uint32_t key, uint32_t waiter)
{
	struct blame_key k = r->out->keys.v[key];
	k.own = r->threads[waiter].act->kind;
	return keep(r, &k);
}

uint32_t blame_key_of(struct blame_run *r, uint32_t root, uint32_t child, uint32_t waiter)
{
	const struct blame_thread *t = &r->threads[root];
	const struct act *link = r->threads[child].act;
	struct blame_key k = { .owner = root == child ? THREAD_NONE : root, .what = what_of(t), .own = r->threads[waiter].act->kind,
		.object = ACT_NONE, .did_object = ACT_NONE };
	if (link) {
		k.link = link->kind;
		k.object = object_of(link);
	}
	if (k.what != BLAME_RAN) {
		k.did = t->act->kind;
		k.did_object = object_of(t->act);
		k.did_channel = (t->act->flags & ACT_CHANNEL) != 0;
		k.stack = t->act->stack;
	} else if (link) {
		k.stack = gate_stack(r, link, root);
	}
	return keep(r, &k);
}

void blame_charge(struct blame_run *r, uint32_t waiter, uint32_t key, uint64_t from, uint64_t to)
{
	uint64_t ns = model_took(r->m, from, to), pair = (uint64_t)waiter << 32 | key;
	if (!ns)
		return;
	uint32_t i = map64_get(&r->by_pair, pair);
	if (i == MAP64_NONE) {
		i = (uint32_t)r->out->cells.n;
		map64_put(&r->by_pair, pair, i);
		vec_push(&r->out->cells, (struct blame_cell){ waiter, key, 0 });
	}
	r->out->cells.v[i].ns += ns;
	r->out->total_ns += ns;
}

static int cell_order(const void *x, const void *y)
{
	const struct blame_cell *a = x, *b = y;
	if (a->waiter != b->waiter)
		return a->waiter < b->waiter ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns > b->ns ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

void blame_sort(struct blame *b)
{
	vec_sort(&b->cells, cell_order);
}
