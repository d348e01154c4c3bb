/* path_blame.c - adds up what the path spent on what. */
#include "path_private.h"

/* What acts are about, as far as it is told apart. */
static uint64_t object_key(const struct act *a, unsigned kind)
{
	uint64_t what = (uint64_t)(a->flags & ACT_CHANNEL ? 1 : 0) << 40 | (uint64_t)(a->op & 0xff) << 32 | a->object;
	return (uint64_t)kind << 56 | (uint64_t)a->kind << 48 | what;
}

static void add_object(struct path_blame *b, const struct path_segment *s)
{
	struct path *p = b->p;
	uint64_t key = object_key(&p->graph->model->acts.v.v[s->act], s->kind);
	uint32_t i = map64_get(&b->objects, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)p->objects.n;
		map64_put(&b->objects, key, i);
		vec_push(&p->objects, (struct path_object){ .kind = s->kind, .act = s->act });
	}
	p->objects.v[i].ns += s->end - s->start;
	p->objects.v[i].times++;
}

void path_blame_add(struct path_blame *b, const struct path_segment *s)
{
	struct path *p = b->p;
	uint64_t ns = s->end - s->start;
	p->kind_ns[s->kind] += ns;
	p->threads[s->thread].on_path_ns += ns;
	if (s->act != ACT_NONE)
		add_object(b, s);
	else if (s->kind == PATH_WORK)
		p->work_ns[s->path] += ns;
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
