/* remember.c - the remembered frames, changed as little as the stack has. */
#include "unwind/remember.h"
#include "sys.h"
#include "unwind/walk.h"

extern HP_HIDDEN uint8_t hp_sandboxed;

/* The frame at the cursor. */
HP_INLINE void fill(struct hp_stack_frame *f, struct walk *w)
{
	uint64_t rule = hp_step_rule(w->c.pc, w->c.info);
	f->pc = w->c.pc;
	f->sp = w->c.sp;
	f->fp = w->c.fp;
	f->info = w->c.info;
	f->rule = rule;
	if (HP_UNLIKELY(hp_rule_uses_fp(rule))) {
		f->info |= HP_FRAME_USES_FP;
		w->fp_users++;
	}
}

/* The cursor is a frame in the place of f[outer]. */
HP_INLINE void change(struct walk *w)
{
	w->sum -= term(w->f, w->outer);
	fill(&w->f[w->outer], w);
	w->sum += term(w->f, w->outer);
	w->clean = w->outer;
}

/*
 * The frame outside of f[outer] differs. If only in its pc, and by the same rule, all outer ones are still where they
 * were: it is changed, and 1. Else 0.
 */
HP_INLINE int other_call_site(struct walk *w)
{
	struct hp_stack_frame *g = &w->f[w->outer - 1];
	if (g->info & HP_FRAME_UNSURE)
		return 0;
	uintptr_t pc = hp_frame_pc_now(g);
	if (HP_UNLIKELY(pc == g->pc || pc - 1 >= 1ull << HP_RULE_PC_BITS) || hp_step_rule(pc, 0) != g->rule)
		return 0;
	if ((g->info & HP_FRAME_LIVE) && hp_frame_fp(g->info) && hp_frame_fp_now(g) != g->fp)
		return 0;
	w->outer--;
	w->sum -= term(w->f, w->outer);
	g->pc = pc;
	w->sum += term(w->f, w->outer);
	w->clean = w->outer;
	return 1;
}

HP_INLINE void go_to(struct walk *w, const struct hp_stack_frame *f)
{
	w->c.pc = f->pc;
	w->c.sp = f->sp;
	w->c.fp = f->fp;
	w->c.lr = 0;
	w->c.info = f->info & HP_FRAME_ENTRY;
	w->fp_known = f->info & HP_FRAME_LIVE;
}

/* From f[outer], which is as remembered, outwards. 1: to the end of the stack, 0: the cursor is where a step is due. */
HP_INLINE int confirm(struct walk *w)
{
	uint32_t start = w->outer, last = w->end > w->limit ? w->end - w->limit : 0;
	do
		w->outer = hp_confirm(w->f, w->outer, last);
	while (w->outer > last && other_call_site(w));
	const struct hp_stack_frame *f = &w->f[w->outer];
	w->in = w->outer;
	if (!w->outer && ((f->info & HP_FRAME_SETTLED) || ((f->info & HP_NODE_CUT) && w->end == w->limit)))
		return 1;
	if (w->outer != start)
		go_to(w, f);
	return 0;
}

/* The frame at the cursor has the stack pointer of f[outer - 1]. 1: it and all outer ones are as remembered. */
HP_INLINE int meet(struct walk *w)
{
	if (w->fresh || w->in != w->outer)
		splice(w);
	struct hp_stack_frame *f = &w->f[w->outer - 1];
	if (f->info & HP_FRAME_LIVE)
		know_fp(w);
	w->in = --w->outer;
	if (!hp_same_frame(f, w->c.pc, w->c.fp, w->c.info)) {
		change(w);
		return 0;
	}
	f->info = (f->info & ~HP_FRAME_ENTRY) | w->c.info;
	if (w->c.info & HP_FRAME_UNSURE)
		f->fp = w->c.fp;
	return confirm(w);
}

/* Puts the frame at the cursor into its place. 1: it and all outer ones are as remembered. */
HP_INLINE int place(struct walk *w)
{
	const struct hp_stack_frame *f = w->f;
	uint32_t i = w->outer;
	for (; i && f[i - 1].sp < w->c.sp; i--)
		w->sum -= term(f, i - 1);
	w->outer = i;
	if (i && f[i - 1].sp == w->c.sp)
		return meet(w);
	fill(&w->st->fresh[w->fresh++], w);
	return 0;
}

/* Room for more than HP_STACK_REMEMBERED frames, once they are there. 0, or -1. */
static HP_SLOW int enlarge(struct hp_stack *st, uint32_t depth)
{
	size_t bytes = 2 * depth * sizeof *st->frames;
	struct hp_stack_frame *more = st->no_more || HP_RELAXED(&hp_sandboxed) ? NULL : hp_sys_anonymous(bytes, 1);
	if (!more) {
		st->no_more = 1;
		return -1;
	}
	HP_STORE(&st->more, more);  /* from here on a fork by a handler keeps what is there */
	move_frames(more, st->frames, st->capacity);
	move_frames(more + depth, st->fresh, st->capacity);
	st->frames = more;
	st->fresh = more + depth;
	st->capacity = depth;
	return 0;
}

/* The next frame out would be one too many. 1: it is. */
HP_INLINE int is_full(struct walk *w)
{
	if (HP_LIKELY(w->end - w->in + w->fresh < w->limit))
		return 0;
	if (w->limit == w->depth || enlarge(w->st, w->depth))
		return 1;
	w->f = w->st->frames;
	w->limit = w->depth;
	return 0;
}

/* The outermost frame is reached: what is left of the remembered ones is gone. */
HP_INLINE void finish(struct walk *w, uint32_t flags)
{
	w->resum |= w->outer;
	w->outer = 0;
	splice(w);
	if ((w->f[0].info ^ flags) & HP_FRAME_ENDS) {
		w->clean = 0;
		w->resum = 1;
	}
	w->f[0].info = (w->f[0].info & ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED)) | flags;
}

/* Goes outwards from the frame at the cursor until all is confirmed or the stack ends. 0, or -1: it left this stack. */
HP_INLINE int walk(struct walk *w)
{
	uintptr_t hi = w->c.hi;
	do {
		uint64_t rule = w->fresh ? w->st->fresh[w->fresh - 1].rule : w->f[w->outer].rule;
		if (HP_UNLIKELY(hp_rule_uses_fp(rule) || !hp_rule_common(rule)))
			know_fp(w);
		unsigned step = hp_step(&w->c, rule), result = step & HP_STEP_RESULT;
		if (HP_UNLIKELY(w->c.hi != hi))
			return -1;
		if (HP_UNLIKELY(result != HP_STEP_OK)) {
			finish(w, (result == HP_STEP_STOP ? HP_NODE_STOPPED : 0) | (step & HP_STEP_SETTLED));
			return 0;
		}
		w->fp_known |= hp_frame_fp(w->c.info);
		if (HP_UNLIKELY(is_full(w))) {
			finish(w, HP_NODE_CUT);
			return 0;
		}
	} while (!place(w));
	return 0;
}

/* ---- the id ---- */

/* Nodes of the frames from f[known] on. The innermost one's id, or 0. It is kept unless another one has changed the frames meanwhile. */
static HP_SLOW uint32_t intern(struct hp_thread *t, struct hp_stack *st, uint32_t count, uint64_t sum, uintptr_t here)
{
	struct hp_stack_frame *f = st->frames;
	uint32_t i = st->known, id = i ? f[i - 1].node : 0;
	for (; i < count; i++) {
		f[i].node = id = hp_node(t, id, hp_frame_key(f[i].pc, f[i].info & HP_FRAME_NODE));
		if (!id)
			return 0;
		st->known = i + 1;
	}
	if (HP_LIKELY(HP_RELAXED(&st->busy) == here))
		hp_memo_keep(t, sum, id);
	return id;
}

HP_INLINE uint32_t find_id(struct walk *w, int *seen)
{
	struct hp_stack *st = w->st;
	if (HP_UNLIKELY(w->fp_users))
		w->fp_users = find_live(w->f, w->clean, w->end, w->caller_fp);
	st->fp_users = w->fp_users;
	if (HP_UNLIKELY(w->resum)) {
		w->sum = hp_fold(HP_RELAXED(&hp_intern_era), 0x9216d5d98979fb1bull);  /* as it is: nothing was remembered before it changed */
		for (uint32_t i = 0; i < w->end; i++)
			w->sum += term(w->f, i);
	}
	st->sum = w->sum;
	if (st->known > w->clean)
		st->known = w->clean;
	uint32_t id = hp_memo_find(w->sum);
	if (HP_LIKELY(id))
		return id;
	*seen = 0;
	return intern(w->c.t, st, w->end, w->sum, w->here);
}

int hp_remember(struct hp_thread *t, struct hp_caller caller, uintptr_t here, unsigned depth, int *seen)
{
	struct hp_stack *st = &t->stack;
	struct walk w;
	uint32_t count = w.outer = w.in = w.end = w.clean = st->count;
	w.c = (struct hp_cursor){ caller.pc, caller.sp, caller.fp, t->stack_hi, 0, 0, t };
	w.st = st;
	w.f = st->frames;
	w.fresh = 0;
	w.depth = depth;
	w.limit = depth < st->capacity ? depth : st->capacity;
	w.fp_users = st->fp_users;
	w.fp_known = 1;
	w.caller_fp = caller.fp;
	w.here = here;
	w.sum = st->sum;
	w.resum = !count;  /* what was there may have been abandoned halfway */
	HP_STORE(&st->count, 0);  /* a handler may jump out of here for good, and leave the frames as they are then */
	if (!place(&w) && walk(&w))
		return -1;
	if (w.clean > w.end)
		w.clean = w.end;
	*seen = 1;
	if (w.clean != w.end || w.end != count)
		st->id = find_id(&w, seen);
	HP_STORE(&st->count, w.end);
	return 0;
}
