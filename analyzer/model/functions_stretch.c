/*
 * functions_stretch.c - the way of most events: entries and exits that are all counted, of whole functions, with nothing taken out
 * of their times. What functions_enter and functions_exit do, with what they need in registers.
 */
#include "dump/stretch.h"
#include "thread_pass.h"

/* What is not usual is left to those. */
static int is_usual(const struct feed *f)
{
	const struct functions *fn = &f->pass->fn;
	return f->c->counting && !f->compensate && !f->m->options.filter && !f->mixed && fn->private && !fn->calls.private;
}

static inline uint32_t child_of(struct feed *f, uint32_t node, uint32_t address)
{
	const struct call_node *n = &f->pass->fn.nodes.v[node];
	return n->last_fn32 == address && n->last_process == f->process ? n->last_child : functions_child(f, node, address, 1);
}

static inline void leave(struct functions *fn, const struct call_frame *c, uint64_t took)
{
	struct call_node *n = &fn->nodes.v[c->node];
	n->total_ns += took;
	n->self_ns += took - (uint64_t)c->child_ns;
	if (!c->cut)
		hist_add(&fn->v.v[n->function].times, took);
}

void functions_stretch(struct feed *f, struct cursor *cursor)
{
	struct call_state *s = f->c;
	struct functions *fn = &f->pass->fn;
	uint64_t to = f->m->private->to_ns, n = 0, entries = 0;
	size_t depth = s->calls.n;
	if (!is_usual(f))
		return;
	f->count = 1;
	struct stretch c = stretch_begin(cursor);
	for (unsigned kind; (kind = stretch_function(&c)); n++) {
		if (__builtin_expect(c.ns > to, 0))
			continue;
		if (s->work)
			work_step(f->pass, s, depth ? s->calls.v[depth - 1].node : 0, c.ns);
		if (kind == DUMP_FN_ENTER) {
			uint32_t child = child_of(f, depth ? s->calls.v[depth - 1].node : s->base, (uint32_t)c.address);
			fn->nodes.v[child].calls++;
			s->calls.n = depth;
			vec_push(&s->calls, (struct call_frame){ child, 0, c.ns, 0 });
			depth++;
			entries++;
		} else if (depth) {
			const struct call_frame *frame = &s->calls.v[--depth];
			uint64_t took = c.ns - frame->start;
			leave(fn, frame, took);
			if (depth)
				s->calls.v[depth - 1].child_ns += (int64_t)took;
		} else {
			fn->unmatched_exits++;
		}
	}
	stretch_end(cursor, &c);
	if (!n)
		return;
	s->calls.n = depth;
	s->events += n;
	s->last_ns = c.ns;
	s->function_calls += entries;
	f->pass->entries += entries;
}
