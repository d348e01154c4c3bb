#include "thread_pass.h"

#include <errno.h>

enum { SAMPLE_EVERY = 64 };  /* one of so many allocator calls has its duration taken */

static uint32_t new_path(struct call_paths *p, uint64_t key, uint32_t node, uint32_t stack)
{
	uint32_t i = (uint32_t)p->v.n;
	map64_put(&p->by_key, key, i);
	vec_ensure(&p->of_stack, stack);
	vec_push(&p->v, (struct path_costs){ .node = node, .stack = stack, .next = p->of_stack.v[stack] });
	p->of_stack.v[stack] = i + 1;
	return i;
}

/* A stack belongs to one node but for cut ones, and those that have no frames: the newest is tried first. */
static uint32_t path_at(struct call_paths *p, uint32_t node, uint32_t stack)
{
	uint32_t newest = stack < p->of_stack.n ? p->of_stack.v[stack] : 0;
	if (newest && p->v.v[newest - 1].node == node)
		return newest - 1;
	uint64_t key = (uint64_t)node << 32 | stack;
	uint32_t i = map64_get(&p->by_key, key);
	return i == MAP64_NONE ? new_path(p, key, node, stack) : i;
}

static struct path_costs *path_of(struct feed *f, uint32_t stack)
{
	uint32_t i = path_at(&f->pass->fn.paths, functions_innermost(f->c), stack);
	f->c->last_path = i + 1;
	return &f->pass->fn.paths.v.v[i];
}

/* ---- what events cost ---- */

static struct path_costs *count_event(struct feed *f, uint32_t stack_id)
{
	struct path_costs *c = path_of(f, pass_stack(f, stack_id));
	c->events += (uint64_t)f->count;
	return c;
}

static void count_alloc(struct feed *f, uint64_t address, uint64_t size, uint32_t stack_id)
{
	struct path_costs *c = count_event(f, stack_id);
	if (!f->count || !address)
		return;
	c->alloc_calls++;
	c->alloc_bytes += size;
}

void call_paths_alloc(struct feed *f, uint32_t stack, uint64_t size)
{
	struct path_costs *c = path_of(f, stack);
	c->events++;
	c->alloc_calls++;
	c->alloc_bytes += size;
}

static void count_took(struct feed *f, uint32_t stack_id, unsigned wait_class, uint64_t start)
{
	struct path_costs *c = count_event(f, stack_id);
	uint64_t took = model_took(f->m, start, f->e->ns);
	if (wait_class < WAIT_CLASS_COUNT)
		c->wait_ns[wait_class] += took;
	else
		c->other_ns += took;
}

static void count_io(struct feed *f, unsigned op, int64_t result, uint64_t start, uint32_t stack_id)
{
	const struct op_info *o = op_info(op);
	int carries = o->class == HP_CLASS_READ || o->class == HP_CLASS_WRITE || o->class == HP_CLASS_COPY;
	count_took(f, stack_id, o->kind == HP_STDIO ? WAIT_CLASS_COUNT : WAIT_IO, start);
	struct path_costs *c = &f->pass->fn.paths.v.v[f->c->last_path - 1];
	if (o->kind == HP_STDIO) {
		c->stdio_ns += model_took(f->m, start, f->e->ns);
	} else if (f->count) {
		c->io_calls++;
		c->io_bytes += carries && result > 0 ? (uint64_t)result : 0;
	}
}

static void count_io_record(struct feed *f)
{
	const struct hp_r_io *r = (const void *)f->e->r.w;
	const struct hp_r_io_x *x = (const void *)f->e->r.w;
	if (f->e->r.kind == HP_R_IO)
		count_io(f, hp_word_sub(r->w), r->result, feed_start_ns(f, f->e->ticks - r->ticks), r->stack);
	else
		count_io(f, x->op, (int64_t)hp_u64(x->result), feed_start_ns(f, hp_u64(x->start)), x->stack);
}

/* kind: of the record that it is, or stands for. A lock that was refused at once took no time that matters. */
static void count_lock(struct feed *f, unsigned kind, unsigned error, uint32_t stack_id, uint64_t start)
{
	switch (kind) {
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH:
		count_took(f, stack_id, WAIT_LOCK, feed_start_ns(f, start));
		break;
	case HP_R_LOCK_FAIL:
		count_took(f, stack_id, error == (ETIMEDOUT & 0xff) ? WAIT_LOCK : WAIT_CLASS_COUNT, feed_start_ns(f, start));
		break;
	default:
		break;
	}
}

static void count_lock_record(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_wait *r = (const void *)w;
	const struct hp_r_lock_x *x = (const void *)w;
	if (f->e->r.kind == HP_R_LOCK_X)
		count_lock(f, hp_word_sub(w[0]), x->seq & 0xff, x->where, hp_u64(x->start));
	else
		count_lock(f, f->e->r.kind, hp_word_sub(w[0]), r->stack, hp_u64(r->start));
}

/* It refines the record before it. */
static void count_sample(struct feed *f)
{
	const struct hp_r_alloc_sample *r = (const void *)f->e->r.w;
	if (f->c->last_path && f->count)
		f->pass->fn.paths.v.v[f->c->last_path - 1].alloc_ns += clock_span(f->clock, f->e->ticks, r->ticks) * SAMPLE_EVERY;
}

static void count_record(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_alloc *a = (const void *)w;
	const struct hp_r_alloc_wide *x = (const void *)w;
	switch (f->e->r.kind) {
	case HP_R_ALLOC: case HP_R_REALLOC_END: count_alloc(f, address48(w), a->size, a->stack); break;
	case HP_R_ALLOC_WIDE:                   count_alloc(f, hp_u64(x->addr), hp_u64(x->size), x->stack); break;
	case HP_R_VM:                           count_event(f, ((const struct hp_r_vm *)(const void *)w)->stack); break;
	case HP_R_SYNC:                         count_event(f, ((const struct hp_r_sync *)(const void *)w)->stack); break;
	case HP_R_IO: case HP_R_IO_X:           count_io_record(f); break;
	case HP_R_WAIT:
		count_took(f, ((const struct hp_r_wait *)(const void *)w)->stack, wait_class_of(hp_word_sub(w[0])),
		           feed_start_ns(f, hp_u64(((const struct hp_r_wait *)(const void *)w)->start)));
		break;
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		count_lock_record(f);
		break;
	default:
		break;
	}
}

void call_paths_event(struct feed *f)
{
	if (f->e->r.kind == HP_R_ALLOC_SAMPLE)
		count_sample(f);
	f->c->last_path = 0;
	count_record(f);
}

void call_paths_still(struct feed *f, uint32_t stack, unsigned wait_class, uint64_t ns)
{
	struct path_costs *c = path_of(f, stack);
	if (wait_class < WAIT_CLASS_COUNT)
		c->wait_ns[wait_class] += ns;
	else
		c->other_ns += ns, c->stdio_ns += ns;
}

void call_paths_between(struct feed *f, uint32_t stack, uint64_t ns)
{
	path_of(f, stack)->between_ns += ns;
}

void call_paths_merge(struct call_paths *to, const struct call_paths *from, const uint32_t *nodes)
{
	for (size_t i = 0; i < from->v.n; i++) {
		const struct path_costs *x = &from->v.v[i];
		uint32_t at = path_at(to, nodes[x->node], x->stack);  /* first: it may add one */
		struct path_costs *c = &to->v.v[at];
		c->events += x->events;
		for (unsigned k = 0; k < WAIT_CLASS_COUNT; k++)
			c->wait_ns[k] += x->wait_ns[k];
		c->between_ns += x->between_ns;
		c->other_ns += x->other_ns;
		c->stdio_ns += x->stdio_ns;
		c->alloc_calls += x->alloc_calls;
		c->alloc_bytes += x->alloc_bytes;
		c->alloc_ns += x->alloc_ns;
		c->io_calls += x->io_calls;
		c->io_bytes += x->io_bytes;
	}
}

static int path_order(const void *a, const void *b)
{
	const struct path_costs *x = a, *y = b;
	if (x->stack != y->stack)
		return x->stack < y->stack ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

void call_paths_renumber(struct call_paths *p, const uint32_t *nodes)
{
	for (size_t i = 0; nodes && i < p->v.n; i++)
		p->v.v[i].node = nodes[p->v.v[i].node];
	vec_sort(&p->v, path_order);
	map64_free(&p->by_key);
	for (size_t i = 0; i < p->v.n; i++)
		p->of_stack.v[p->v.v[i].stack] = 0;
	for (size_t i = 0; i < p->v.n; i++) {
		p->v.v[i].next = p->of_stack.v[p->v.v[i].stack];
		p->of_stack.v[p->v.v[i].stack] = (uint32_t)i + 1;
	}
}

void call_paths_free(struct call_paths *p)
{
	vec_free(&p->v);
	vec_free(&p->of_stack);
	map64_free(&p->by_key);
}
