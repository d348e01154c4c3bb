/* event_calls.c - how events of locks, and of calls with an operation, are shown. */
#include "events_private.h"

/* ---- locks ---- */

static const char *lock_verb(unsigned kind)
{
	switch (kind) {
	case HP_R_LOCK: case HP_R_LOCK_SH:           return "lock";
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: return "lock after wait";
	case HP_R_LOCK_TRYFAIL:                      return "trylock refused";
	case HP_R_LOCK_FAIL:                         return "lock failed";
	case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED:   return "unlock";
	default:                                     return "?";
	}
}

static int where_is_stack(unsigned kind)
{
	return kind == HP_R_LOCK_WAIT || kind == HP_R_LOCK_WAIT_SH || kind == HP_R_LOCK_FAIL || kind == HP_R_UNLOCK_WAITED;
}

/* The address that an index of the table means at a time: its last definition before it, else the first one; 0 unknown. */
static uint64_t lock_address(const struct dump_scope *s, uint32_t index, uint64_t ticks)
{
	const struct dump_lock_def *v = s->lock_defs.v;
	size_t a = 0, b = s->lock_defs.n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (v[mid].index < index || (v[mid].index == index && v[mid].ticks <= ticks))
			a = mid + 1;
		else
			b = mid;
	}
	if (a && v[a - 1].index == index)
		return v[a - 1].address;
	return a < s->lock_defs.n && v[a].index == index ? v[a].address : 0;
}

/* Which owner of the lock this is, by its sequence. */
static void with_order(struct feed *f, struct model_event *v, uint32_t index, unsigned low8)
{
	struct model_private *p = f->m->private;
	uint64_t key = (uint64_t)f->scope << 16 | index;
	uint32_t i = map64_get(&p->lock_indices, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)p->lock_numbers.n;
		map64_put(&p->lock_indices, key, i);
		vec_push(&p->lock_numbers, 0);
	}
	v->order = lock_order_number(p->lock_numbers.v[i], low8);
	v->has_order = 1;
	if (v->order > p->lock_numbers.v[i])
		p->lock_numbers.v[i] = v->order;
}

void show_lock(struct feed *f, struct model_event *v)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_wait *r = (const void *)w;
	const struct hp_r_lock_x *x = (const void *)w;
	unsigned kind = f->e->r.kind, sub = hp_word_sub(w[0]);
	uint32_t where = w[2];
	if (kind == HP_R_LOCK_X) {
		kind = sub;
		where = x->where;
		with_object(v, hp_u64(x->addr));
		with_start(f, v, hp_u64(x->start));
	} else {
		with_object(v, lock_address(f->dump_thread->scope, hp_word_arg(w[0]) & ~HP_LOCK_TRIED, f->e->ticks));
		if (kind == HP_R_LOCK_WAIT || kind == HP_R_LOCK_WAIT_SH || kind == HP_R_LOCK_FAIL)
			with_start(f, v, hp_u64(r->start));
	}
	if (kind == HP_R_LOCK_FAIL)
		with_result(v, -1, (int)(f->e->r.kind == HP_R_LOCK_X ? x->seq & 0xff : sub));
	if (f->e->r.kind == HP_R_LOCK || f->e->r.kind == HP_R_LOCK_WAIT)
		with_order(f, v, hp_word_arg(w[0]) & ~HP_LOCK_TRIED, sub);
	v->name = lock_verb(kind);
	v->stack = where_is_stack(kind) ? feed_stack(f, where) : stacks_site(&f->m->stacks, f->scope, where, f->e->ticks);
}

/* ---- calls with an operation ---- */

static int has_path(unsigned class)
{
	return class == HP_CLASS_OPEN || class == HP_CLASS_PATH || class == HP_CLASS_CHDIR;
}

void show_io(struct feed *f, struct model_event *v)
{
	const struct hp_r_io *r = (const void *)f->e->r.w;
	const struct hp_r_io_x *x = (const void *)f->e->r.w;
	int wide = f->e->r.kind == HP_R_IO_X;
	unsigned op = wide ? x->op : hp_word_sub(r->w), class = op_info(op)->class;
	int64_t result = wide ? (int64_t)hp_u64(x->result) : r->result;
	v->name = op_name(op);
	v->fd = wide ? x->fd : r->fd;
	v->has_fd = v->fd >= 0;
	v->stack = feed_stack(f, wide ? x->stack : r->stack);
	with_start(f, v, wide ? hp_u64(x->start) : f->e->ticks - r->ticks);
	with_result(v, result, wide ? x->err : (int)hp_word_arg(r->w));
	if (result >= 0 && (class == HP_CLASS_READ || class == HP_CLASS_WRITE || class == HP_CLASS_COPY))
		with_size(v, (uint64_t)result);
	if (wide && has_path(class))
		with_text(v, &f->e->r, sizeof *x / 4, x->payload_bytes);
}

void show_wait(struct feed *f, struct model_event *v)
{
	const struct hp_r_wait *r = (const void *)f->e->r.w;
	v->name = op_name(hp_word_sub(r->w));
	with_object(v, hp_u64(r->object));
	with_start(f, v, hp_u64(r->start));
	with_result(v, r->result, wait_errno(r->w));
	v->stack = feed_stack(f, r->stack);
}

void show_sync(struct feed *f, struct model_event *v)
{
	const struct hp_r_sync *r = (const void *)f->e->r.w;
	v->name = op_name(hp_word_sub(r->w));
	with_object(v, hp_u64(r->object));
	with_result(v, r->value, 0);
	v->stack = feed_stack(f, r->stack);
}

void show_abandoned(struct feed *f, struct model_event *v)
{
	const struct hp_r_abandoned *r = (const void *)f->e->r.w;
	v->name = op_name(hp_word_sub(r->w));
	with_object(v, hp_u64(r->object));
	with_start(f, v, hp_u64(r->start));
	v->stack = feed_stack(f, r->stack);
}
