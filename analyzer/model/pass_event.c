/* pass_event.c - an event in the thread pass: a call's beginning or end, or something that happened inside of one. */
#include "focus.h"
#include "dump/stretch.h"
#include "thread_pass.h"

#include <errno.h>

/* Where an event was, and since when; wait_class: WAIT_CLASS_COUNT if the thread was not kept waiting. */
struct happening { uint32_t stack; unsigned wait_class; uint64_t start; int stdio; };

/* stack_id 0 is a stack, too: none. */
static struct happening at_point(const struct feed *f, uint32_t stack_id)
{
	return (struct happening){ .stack = stack_id, .wait_class = WAIT_CLASS_COUNT, .start = f->e->ns };
}

static int io_call(const struct feed *f, struct happening *h)
{
	const struct hp_r_io *r = (const void *)f->e->r.w;
	const struct hp_r_io_x *x = (const void *)f->e->r.w;
	int wide = f->e->r.kind == HP_R_IO_X, stdio = op_info(wide ? x->op : hp_word_sub(r->w))->kind == HP_STDIO;
	*h = (struct happening){
		.stack = wide ? x->stack : r->stack, .stdio = stdio,
		.wait_class = stdio ? WAIT_CLASS_COUNT : WAIT_IO,
		.start = feed_start_ns(f, wide ? hp_u64(x->start) : f->e->ticks - r->ticks),
	};
	return 1;
}

static int lock_wait(const struct feed *f, struct happening *h)
{
	const struct hp_r_lock_wait *r = (const void *)f->e->r.w;
	const struct hp_r_lock_x *x = (const void *)f->e->r.w;
	int wide = f->e->r.kind == HP_R_LOCK_X, timed_out;
	unsigned kind = wide ? hp_word_sub(r->w) : f->e->r.kind;
	if (kind != HP_R_LOCK_WAIT && kind != HP_R_LOCK_WAIT_SH && kind != HP_R_LOCK_FAIL)
		return 0;
	timed_out = (wide ? x->seq & 0xff : hp_word_sub(r->w)) == (ETIMEDOUT & 0xff);
	*h = (struct happening){
		.stack = wide ? x->where : f->e->r.w[2],
		.wait_class = kind != HP_R_LOCK_FAIL || timed_out ? WAIT_LOCK : WAIT_CLASS_COUNT,
		.start = feed_start_ns(f, hp_u64(wide ? x->start : r->start)),
	};
	return 1;
}

/* 0: an event without a place. */
static int happening_of(const struct feed *f, struct happening *h)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_wait *wait = (const void *)w;
	switch (f->e->r.kind) {
	case HP_R_ALLOC: case HP_R_REALLOC_END: case HP_R_SYNC:
		*h = at_point(f, w[4]);
		return 1;
	case HP_R_ALLOC_WIDE:
		*h = at_point(f, ((const struct hp_r_alloc_wide *)(const void *)w)->stack);
		return 1;
	case HP_R_VM:
		*h = at_point(f, w[6]);
		return 1;
	case HP_R_WAIT:
		*h = (struct happening){ .stack = wait->stack, .wait_class = wait_class_of(hp_word_sub(wait->w)),
			.start = feed_start_ns(f, hp_u64(wait->start)) };
		return 1;
	case HP_R_IO: case HP_R_IO_X:
		return io_call(f, h);
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		return lock_wait(f, h);
	default:
		return 0;
	}
}

/* Whether options.focus counts it. What says nothing goes with the event before it; what has no stack with the call around it. */
static int is_in_focus(struct feed *f)
{
	struct happening h;
	if (happening_of(f, &h)) {
		uint32_t stack = pass_stack(f, h.stack);
		f->c->in_focus = stack ? (uint8_t)focus_has(f->m, stack) : f->c->calls.n > 0;
	}
	return f->c->in_focus;
}

/* An event in the list of what the thread worked on: what is an act is no work, other calls are work of who made them. */
static void worked(struct feed *f, const struct happening *h)
{
	if (acts_is_event(&f->e->r))
		work_act(f, h ? h->start : f->e->ns);
	else if (h)
		work_inside(f, pass_stack(f, h->stack));
}

/* Time between events goes on, whoever it belongs to. */
static void took_place(struct feed *f, int counts)
{
	struct happening h;
	int has_place = happening_of(f, &h);
	if (f->c->work && has_place)
		work_charge(f, h.start);
	if (has_place && f->m->options.parts & MODEL_BETWEEN)
		between_event(f, pass_stack(f, h.stack), h.start);
	if (f->c->work)
		worked(f, has_place ? &h : NULL);
	if (!has_place)
		return;
	if (!counts)
		return;
	if (h.wait_class < WAIT_CLASS_COUNT)
		functions_wait(f, h.wait_class, model_took(f->m, h.start, f->e->ns));
	else if (h.stdio)
		functions_stdio(f, model_took(f->m, h.start, f->e->ns));
}

/* What an allocation costs the function that it is made in. */
static void allocated(struct feed *f)
{
	const struct hp_r_alloc *a = (const void *)f->e->r.w;
	const struct hp_r_alloc_wide *x = (const void *)f->e->r.w;
	const struct hp_r_alloc_sample *s = (const void *)f->e->r.w;
	switch (f->e->r.kind) {
	case HP_R_ALLOC: case HP_R_REALLOC_END:
		if (address48(f->e->r.w))
			functions_alloc(f, a->size);
		break;
	case HP_R_ALLOC_WIDE:
		if (hp_u64(x->addr))
			functions_alloc(f, hp_u64(x->size));
		break;
	case HP_R_ALLOC_SAMPLE:
		functions_alloc_time(f, alloc_cost_ns(f, s));
		break;
	default: break;
	}
}

/* 0: not a call's beginning or end. */
static int function_event(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	if (!(f->m->options.parts & MODEL_FUNCTIONS)) {
		int enters = f->e->r.kind == DUMP_FN_ENTER || f->e->r.kind == HP_R_FN_ENTER_WIDE;
		f->pass->entries += enters && f->count;
		return enters || f->e->r.kind == DUMP_FN_EXIT || f->e->r.kind == HP_R_FN_CUT;
	}
	switch (f->e->r.kind) {
	case DUMP_FN_ENTER:      functions_enter(f, w[1], 1); return 1;
	case DUMP_FN_EXIT:       functions_exit(f); return 1;
	case HP_R_FN_ENTER_WIDE: functions_enter(f, hp_u64(((const struct hp_r_fn_wide *)(const void *)w)->fn), 0); return 1;
	case HP_R_FN_CUT:        functions_cut(f, w[2]); return 1;
	default:                 return 0;
	}
}

int pass_minds(const struct model *m, unsigned kind)
{
	static const uint8_t minded[256] = {
		[DUMP_FN_ENTER] = 1, [DUMP_FN_EXIT] = 1, [HP_R_FN_ENTER_WIDE] = 1, [HP_R_FN_CUT] = 1, [HP_R_EXEC] = 1,
		[HP_R_ALLOC] = 1, [HP_R_REALLOC_END] = 1, [HP_R_ALLOC_WIDE] = 1, [HP_R_ALLOC_SAMPLE] = 1, [HP_R_VM] = 1, [HP_R_SYNC] = 1,
		[HP_R_WAIT] = 1, [HP_R_IO] = 1, [HP_R_IO_X] = 1,
		[HP_R_LOCK_WAIT] = 1, [HP_R_LOCK_WAIT_SH] = 1, [HP_R_LOCK_FAIL] = 1, [HP_R_LOCK_X] = 1,
	};
	return minded[kind] || m->options.compensate || m->options.parts & (MODEL_PATHS | MODEL_GRAPH);
}

/* What pass_event does for each of them, if all are counted. */
void pass_stretch(struct feed *f, struct cursor *cursor)
{
	struct call_state *c = f->c;
	unsigned parts = f->m->options.parts;
	uint64_t n = 0;
	if (!c->counting || f->compensate || f->m->private->focus)
		return;
	f->count = 1;
	struct stretch s = stretch_begin(cursor);
	for (unsigned kind; (kind = stretch_block(&s, f->m->private->to_ns)); n++) {
		c->last_path = 0;
		if (kind == HP_R_FREE)
			continue;
		uint32_t stack = pass_stack(f, s.stack);
		cursor->event.ns = s.ns;
		if (c->work)
			work_charge(f, s.ns);
		if (parts & MODEL_BETWEEN)
			between_event(f, stack, s.ns);
		if (parts & MODEL_PATHS)
			call_paths_alloc(f, stack, s.size);
		functions_alloc(f, s.size);
	}
	stretch_end(cursor, &s);
	if (!n)
		return;
	c->events += n;
	c->last_ns = s.ns;
}

/* What ends after the time that is reported on may have begun in it; calls stay as they were then. */
void pass_event(struct feed *f)
{
	const struct model_private *p = f->m->private;
	struct call_state *s = f->c;
	s->last_ns = f->e->ns;
	s->events++;
	if (f->e->r.kind == HP_R_EXEC)
		s->exec_events = s->events;
	if (!s->counting && f->e->ns >= p->from_ns)
		functions_count_from(f->m, s);
	int after = f->e->ns > p->to_ns;
	f->count = s->counting && !after;
	if (!after && function_event(f))
		return;
	int counts = !p->focus || is_in_focus(f);
	took_place(f, counts);
	if (counts && f->m->options.parts & MODEL_PATHS)
		call_paths_event(f);
	if (after)
		return;
	if (counts)
		allocated(f);
	if (f->compensate)
		compensate_event(f);
}

void pass_still_waits(struct model *m, struct call_state *s, const struct pending_call *p)
{
	const struct thread *t = &m->threads.v.v[p->thread];
	unsigned wait_class = wait_class_of(p->op);
	uint64_t ns = model_took(m, p->start_ns, t->end_ns);
	struct feed f = { .m = m, .pass = s->pass, .c = s, .t = &m->threads.v.v[p->thread], .thread = p->thread };
	int stdio = op_info(p->op)->kind == HP_STDIO;
	if (s->pass && s->work && !p->abandoned)
		work_still_waits(&f, p->stack, p->start_ns);
	if (!s->pass || p->abandoned || !ns || (wait_class == WAIT_CLASS_COUNT && !stdio) || !focus_has(m, p->stack))
		return;
	if (stdio)
		functions_stdio(&f, ns);
	else
		functions_wait(&f, wait_class, ns);
	if (m->options.parts & MODEL_PATHS)
		call_paths_still(&f, p->stack, wait_class, ns);
	if (m->options.parts & MODEL_BETWEEN && !s->calls.n && p->stack < s->pass->fn.between.n)
		s->pass->fn.between.v[p->stack].wait_ns += ns;
}
