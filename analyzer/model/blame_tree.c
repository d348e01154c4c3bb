/* blame_tree.c - the forest of those who wait for one another. */
#include "blame_private.h"

/* Calls `visit` for the thread and all that wait for it, however far off; without recursion. */
static void walk(struct blame_run *r, uint32_t top, uint64_t now, void (*visit)(struct blame_run *, uint32_t, uint64_t))
{
	visit(r, top, now);
	if (r->threads[top].first_child == THREAD_NONE)
		return;
	r->todo.n = 0;
	vec_push(&r->todo, r->threads[top].first_child);
	while (r->todo.n) {
		uint32_t i = r->todo.v[--r->todo.n];
		visit(r, i, now);
		if (r->threads[i].next != THREAD_NONE)
			vec_push(&r->todo, r->threads[i].next);
		if (r->threads[i].first_child != THREAD_NONE)
			vec_push(&r->todo, r->threads[i].first_child);
	}
}

static int is_waiting(const struct blame_thread *t)
{
	return t->phase == PHASE_WAITS || t->phase == PHASE_WOKEN;
}

static void settle_one(struct blame_run *r, uint32_t thread, uint64_t now)
{
	struct blame_thread *t = &r->threads[thread];
	if (is_waiting(t) && t->counts)
		blame_charge(r, thread, t->key, t->since, now);
	t->since = now;
}

void blame_settle(struct blame_run *r, uint32_t thread, uint64_t now)
{
	walk(r, thread, now, settle_one);
}

static uint32_t root_of(const struct blame_run *r, uint32_t thread, uint32_t *child)
{
	*child = thread;
	while (r->threads[thread].parent != THREAD_NONE) {
		*child = thread;
		thread = r->threads[thread].parent;
	}
	return thread;
}

/* Parents come first: below the root's children all have their parent's reason. */
static void renew_one(struct blame_run *r, uint32_t thread, uint64_t now)
{
	struct blame_thread *t = &r->threads[thread];
	uint32_t parent = t->parent, child;
	(void)now;
	if (!is_waiting(t))
		return;
	if (parent != THREAD_NONE && r->threads[parent].parent != THREAD_NONE && r->threads[parent].phase != PHASE_UNBORN) {
		t->key = blame_key_like(r, r->threads[parent].key, thread);
	} else {
		uint32_t root = root_of(r, thread, &child);
		t->key = blame_key_of(r, root, child, thread);
	}
}

void blame_renew(struct blame_run *r, uint32_t thread, uint64_t now)
{
	walk(r, thread, now, renew_one);
}

void blame_detach(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	t->in_circle = 0;
	if (t->parent == THREAD_NONE)
		return;
	if (t->prev != THREAD_NONE)
		r->threads[t->prev].next = t->next;
	else
		r->threads[t->parent].first_child = t->next;
	if (t->next != THREAD_NONE)
		r->threads[t->next].prev = t->prev;
	t->parent = t->next = t->prev = THREAD_NONE;
}

void blame_attach(struct blame_run *r, uint32_t thread, uint32_t parent)
{
	struct blame_thread *t = &r->threads[thread];
	uint32_t child;
	blame_detach(r, thread);
	if (parent >= r->thread_count)
		return;
	if (root_of(r, parent, &child) == thread) {
		t->in_circle = 1;
		return;
	}
	t->parent = parent;
	t->next = r->threads[parent].first_child;
	if (t->next != THREAD_NONE)
		r->threads[t->next].prev = thread;
	r->threads[parent].first_child = thread;
}
