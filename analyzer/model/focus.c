#include "focus.h"

#include <stdlib.h>

#include "memory_private.h"
#include "util/alloc.h"

static uint8_t is_inside(const struct model *m, uint32_t stack, const uint8_t *of_parent)
{
	const struct model_focus *o = m->options.focus;
	return stack && (of_parent[m->stacks.nodes.v[stack].parent] || o->on_path(o->data, stack));
}

void focus_begin(struct model *m)
{
	struct model_private *p = m->private;
	if (!m->options.focus)
		return;
	p->focus_count = m->stacks.nodes.n;
	p->focus = xcalloc(p->focus_count, 1);
	for (uint32_t i = 1; i < p->focus_count; i++)
		p->focus[i] = is_inside(m, i, p->focus);
}

void focus_free(struct model_private *p)
{
	free(p->focus);
	vec_free(&p->focus_sites);
}

/* A call site has one frame and no callers. 0: not asked yet. */
static int site_is_inside(struct feed *f, uint32_t low32)
{
	const struct model_focus *o = f->m->options.focus;
	struct model_private *p = f->m->private;
	uint32_t stack = stacks_site(&f->m->stacks, f->scope, low32, f->e->ticks);
	if (stack < p->focus_count)
		return p->focus[stack];
	vec_ensure(&p->focus_sites, stack - p->focus_count);
	uint8_t *known = &p->focus_sites.v[stack - p->focus_count];
	if (!*known)
		*known = stack && o->on_path(o->data, stack) ? 2 : 1;
	return *known == 2;
}

static int block_is_known(struct feed *f, uint64_t address)
{
	return heap_find(&memory_of(f->m, f->process)->heap, address) != NULL;
}

/* What an event has to say for itself. */
enum answer { OUTSIDE, INSIDE, NOT_COUNTED };  /* NOT_COUNTED: it is not an event by itself, but its time matters */

static enum answer of_stack(struct feed *f, uint32_t id)
{
	return focus_has(f->m, feed_stack(f, id)) ? INSIDE : OUTSIDE;
}

static enum answer of_lock(struct feed *f, unsigned kind, uint32_t where)
{
	switch (kind) {
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_LOCK_TRYFAIL:
		return site_is_inside(f, where) ? INSIDE : OUTSIDE;
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL:
		return of_stack(f, where);
	default:
		return NOT_COUNTED;
	}
}

static enum answer of_free(struct feed *f, uint64_t address, int tracked)
{
	return tracked && block_is_known(f, address) ? INSIDE : OUTSIDE;
}

static enum answer ask(struct feed *f, int tracked)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_x *x = (const void *)w;
	const struct hp_r_exec *exec = (const void *)w;
	switch (f->e->r.kind) {
	case HP_R_ALLOC: case HP_R_REALLOC_END: case HP_R_SYNC: return of_stack(f, w[4]);
	case HP_R_ALLOC_WIDE:    return of_stack(f, ((const struct hp_r_alloc_wide *)(const void *)w)->stack);
	case HP_R_ALLOC_FAIL:    return of_stack(f, ((const struct hp_r_alloc_fail *)(const void *)w)->stack);
	case HP_R_FREE: case HP_R_REALLOC_BEGIN: return of_free(f, address48(w), tracked);
	case HP_R_FREE_WIDE:     return of_free(f, hp_u64(((const struct hp_r_free_wide *)(const void *)w)->addr), tracked);
	case HP_R_ALLOC_SAMPLE:  return f->s->in_focus ? INSIDE : OUTSIDE;  /* as the event before it */
	case HP_R_VM:            return of_stack(f, ((const struct hp_r_vm *)(const void *)w)->stack);
	case HP_R_WAIT:          return of_stack(f, ((const struct hp_r_wait *)(const void *)w)->stack);
	case HP_R_ABANDONED:     return of_stack(f, ((const struct hp_r_abandoned *)(const void *)w)->stack);
	case HP_R_IO:            return of_stack(f, ((const struct hp_r_io *)(const void *)w)->stack);
	case HP_R_IO_X:          return of_stack(f, ((const struct hp_r_io_x *)(const void *)w)->stack);
	case HP_R_THREAD_CREATE: return of_stack(f, ((const struct hp_r_thread_create *)(const void *)w)->stack);
	case HP_R_FORK:          return of_stack(f, ((const struct hp_r_fork *)(const void *)w)->stack);
	case HP_R_EXEC:          return of_stack(f, exec->stack);
	case HP_R_STDIO_COUNT:   return OUTSIDE;
	case HP_R_LOCK_X:        return of_lock(f, hp_word_sub(w[0]), x->where);
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_LOCK_TRYFAIL: case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL:
		return of_lock(f, f->e->r.kind, w[2]);
	case HP_R_MARK: case DUMP_FN_ENTER: case DUMP_FN_EXIT: case HP_R_FN_ENTER_WIDE: case HP_R_FN_CUT:
		return INSIDE;
	default:
		return NOT_COUNTED;
	}
}

void focus_event(struct feed *f, int tracked)
{
	int thread = !f->m->options.tid || f->t->tid == f->m->options.tid;
	enum answer a = thread ? ask(f, tracked) : OUTSIDE;
	f->count = a == INSIDE;
	f->time = a != OUTSIDE;
	f->s->in_focus = a == INSIDE;
}
