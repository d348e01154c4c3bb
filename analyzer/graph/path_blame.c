/* path_blame.c - adds up what the path spent on what. */
#include "path_private.h"

/* What is told apart: what was done to what, and where it was called from. */
static int are_alike(const struct path *p, const struct path_object *o, const struct path_segment *s)
{
	const struct act *a = &p->graph->model->acts.v.v[o->act], *b = &p->graph->model->acts.v.v[s->act];
	return o->kind == s->kind && a->kind == b->kind && a->op == b->op && a->object == b->object && a->stack == b->stack
		&& (a->flags & ACT_CHANNEL) == (b->flags & ACT_CHANNEL);
}

static uint64_t object_key(const struct act *a, unsigned kind)
{
	uint64_t what = (uint64_t)kind << 16 | (uint64_t)a->kind << 8 | (a->flags & ACT_CHANNEL);
	return ((uint64_t)a->object << 32 | a->stack) ^ (what << 20 | a->op) * 0x9e3779b97f4a7c15u;
}

static struct path_object *object_of(struct path_blame *b, const struct path_segment *s)
{
	struct path *p = b->p;
	for (uint64_t key = object_key(&p->graph->model->acts.v.v[s->act], s->kind);; key++) {
		uint32_t i = key == MAP64_EMPTY ? MAP64_NONE : map64_get(&b->objects, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY) {
			map64_put(&b->objects, key, (uint32_t)p->objects.n);
			vec_push(&p->objects, (struct path_object){ .kind = s->kind, .act = s->act });
			return &p->objects.v[p->objects.n - 1];
		}
		if (i != MAP64_NONE && are_alike(p, &p->objects.v[i], s))
			return &p->objects.v[i];
	}
}

static void add_object(struct path_blame *b, const struct path_segment *s)
{
	struct path_object *o = object_of(b, s);
	o->ns += s->end - s->start;
	o->times++;
}

void path_blame_add(struct path_blame *b, const struct path_segment *s)
{
	struct path *p = b->p;
	uint64_t ns = s->end - s->start;
	p->kind_ns[s->kind] += ns;
	p->threads[s->thread].on_path_ns += ns;
	if (s->kind == PATH_WORK)
		p->work_ns[s->path] += ns;
	else if (s->act != ACT_NONE)
		p->calls_ns[s->path] += ns, add_object(b, s);
}

/* Readers hold a lock at the same time: what has been counted is not counted again. */
void path_blame_lock(struct path_blame *b, uint32_t lock, uint64_t begin, uint64_t end, uint64_t hand_over)
{
	struct path *p = b->p;
	if (lock >= p->locks.n) {
		size_t n = p->locks.n;
		vec_ensure(&p->locks, lock);
		for (; n < p->locks.n; n++)
			p->locks.v[n].down_to = UINT64_MAX;
	}
	struct path_lock *l = &p->locks.v[lock];
	begin = begin > p->from_ns ? begin : p->from_ns;
	end = end < p->to_ns ? end : p->to_ns;
	end = end < l->down_to ? end : l->down_to;
	l->hand_overs++;
	l->hand_over_ns += hand_over;
	if (begin >= end)
		return;
	l->held_ns += end - begin;
	l->down_to = begin;
}

void path_blame_free(struct path_blame *b)
{
	map64_free(&b->objects);
}
