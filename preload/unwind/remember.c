/* remember.c - the remembered frames, changed as little as the stack has. */
#include "unwind/remember.h"
#include "intern.h"
#include "sys.h"

extern HP_HIDDEN uint8_t hp_sandboxed;

struct walk {
	struct hp_cursor c;
	struct hp_stack *st;
	struct hp_stack_frame *f;  /* st->frames */
	uint32_t outer;            /* f[0..outer) is not confirmed yet */
	uint32_t in, end;          /* f[in..end) is; the cursor is at its outermost, unless .. */
	uint32_t fresh;            /* .. these come after it, innermost first */
	uint32_t clean;            /* f[0..clean) is as remembered, should all of it be confirmed */
	uint32_t limit, depth;     /* frames that there is room for; that are wanted */
	uint8_t resum, relive;     /* st->sum, HP_FRAME_LIVE have to be made anew */
	uint8_t fp_known;          /* the cursor's fp is right; else, true_fp */
	uintptr_t caller_fp;
	uint64_t sum;
};

static uint64_t term(const struct walk *w, uint32_t i)
{
	return hp_frame_term(hp_frame_key(w->f[i].pc, w->f[i].info & HP_FRAME_NODE), i);
}

/* The barrier keeps loops around this from becoming calls of memmove, which is slow here. */
HP_INLINE void copy_frame(struct hp_stack_frame *to, const struct hp_stack_frame *from)
{
	*to = *from;
	HP_BARRIER();
}

static void move_frames(struct hp_stack_frame *to, const struct hp_stack_frame *from, uint32_t n)
{
	if (to < from)
		for (uint32_t i = 0; i < n; i++)
			copy_frame(&to[i], &from[i]);
	else
		for (uint32_t i = n; i-- > 0;)
			copy_frame(&to[i], &from[i]);
}

/* ---- the frame pointer, which is followed only where it matters ---- */

/* 1: the frame pointer was loaded on the way to this frame. */
static int fp_entered(const struct hp_stack_frame *f, uintptr_t *fp)
{
	if (f->info & HP_FRAME_UNSURE)
		*fp = f->fp;
	else if (hp_frame_fp(f->info))
		*fp = hp_frame_fp_now(f);
	else
		return 0;
	return 1;
}

/* That of f[i]: loaded on the way to it, or to a frame further in, else the innermost frame's. */
static uintptr_t fp_of(const struct walk *w, uint32_t i)
{
	uintptr_t fp;
	for (; i < w->end; i++)
		if (fp_entered(&w->f[i], &fp))
			return fp;
	return w->caller_fp;
}

static void know_fp(struct walk *w)
{
	if (w->fp_known)
		return;
	w->fp_known = 1;
	for (uint32_t i = w->fresh; i-- > 0;)
		if (fp_entered(&w->st->fresh[i], &w->c.fp))
			return;
	w->c.fp = fp_of(w, w->in);
}

/* From the first changed frame inwards: whose frame pointer matters, and what it is. */
static void find_live(struct walk *w)
{
	for (uint32_t i = w->clean; i < w->end; i++) {
		struct hp_stack_frame *f = &w->f[i];
		int live = hp_rule_uses_fp(f->rule);
		if (!live && i && (f[-1].info & HP_FRAME_LIVE))
			live = !hp_frame_fp(f[-1].info) && !(f[-1].info & HP_FRAME_UNSURE);
		f->info = (f->info & ~(uint32_t)HP_FRAME_LIVE) | (live ? HP_FRAME_LIVE : 0);
		if (live)
			f->fp = fp_of(w, i);
	}
}

/* ---- changes ---- */

/* The array is full of outer frames that are not confirmed: forgets some of the outermost. */
static HP_SLOW void drop_outer(struct walk *w, uint32_t n)
{
	move_frames(w->f, w->f + n, w->outer - n);
	w->outer -= n;
	w->clean = 0;
	w->resum = 1;
	w->f[0].info &= ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED);
}

/* Closes the gap between the confirmed inner frames and the outer ones, with the fresh ones in it. */
static void splice(struct walk *w)
{
	uint32_t inner = w->end - w->in, need = w->outer + w->fresh + inner;
	if (HP_UNLIKELY(need > w->st->capacity))
		drop_outer(w, need - w->st->capacity);
	uint32_t to = w->outer + w->fresh, moves = inner && to != w->in;
	if (w->fresh || moves)
		w->clean = w->outer;
	if (inner && w->fresh) {
		w->resum |= w->f[w->in].info & HP_FRAME_ENDS ? 1 : 0;
		w->f[w->in].info &= ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED);
	}
	if (moves) {
		move_frames(w->f + to, w->f + w->in, inner);
		w->resum = 1;
	}
	for (uint32_t i = to; i-- > w->outer;) {
		copy_frame(&w->f[i], &w->st->fresh[to - 1 - i]);
		w->sum += term(w, i);
		w->relive = 1;
	}
	w->in = w->outer;
	w->end = to + inner;
	w->fresh = 0;
}

static void fill(struct hp_stack_frame *f, struct walk *w)
{
	f->pc = w->c.pc;
	f->sp = w->c.sp;
	f->fp = w->c.fp;
	f->info = w->c.info;
	f->rule = hp_step_rule(w->c.pc, w->c.info);
}

/* The cursor is a frame in the place of f[outer]. */
static void change(struct walk *w)
{
	w->sum -= term(w, w->outer);
	fill(&w->f[w->outer], w);
	w->sum += term(w, w->outer);
	w->clean = w->outer;
	w->relive = 1;
}

/*
 * The frame outside of f[outer] differs. If only in its pc, and by the same rule, all outer ones are still where they
 * were: it is changed, and 1. Else 0.
 */
static int other_call_site(struct walk *w)
{
	struct hp_stack_frame *g = &w->f[w->outer - 1];
	if (g->info & HP_FRAME_UNSURE)
		return 0;
	uintptr_t pc = hp_frame_pc_now(g);
	if (pc == g->pc || pc - 1 >= 1ull << HP_RULE_PC_BITS || hp_step_rule(pc, 0) != g->rule)
		return 0;
	if ((g->info & HP_FRAME_LIVE) && hp_frame_fp(g->info) && hp_frame_fp_now(g) != g->fp)
		return 0;
	w->outer--;
	w->sum -= term(w, w->outer);
	g->pc = pc;
	w->sum += term(w, w->outer);
	w->clean = w->outer;
	return 1;
}

static void go_to(struct walk *w, const struct hp_stack_frame *f)
{
	w->c.pc = f->pc;
	w->c.sp = f->sp;
	w->c.fp = f->fp;
	w->c.lr = 0;
	w->c.info = f->info & HP_FRAME_ENTRY;
	w->fp_known = f->info & HP_FRAME_LIVE ? 1 : 0;
}

/* From f[outer], which is as remembered, outwards. 1: to the end of the stack, 0: the cursor is where a step is due. */
static int confirm(struct walk *w)
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

/* Puts the frame at the cursor into its place. 1: it and all outer ones are as remembered. */
static int place(struct walk *w)
{
	for (; w->outer && w->f[w->outer - 1].sp < w->c.sp; w->outer--)
		w->sum -= term(w, w->outer - 1);
	if (!w->outer || w->f[w->outer - 1].sp != w->c.sp) {
		fill(&w->st->fresh[w->fresh++], w);
		return 0;
	}
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

/* Room for more than HP_STACK_REMEMBERED frames, once they are there. 0, or -1. */
static HP_SLOW int enlarge(struct walk *w)
{
	struct hp_stack *st = w->st;
	size_t bytes = 2 * w->depth * sizeof *st->frames;
	struct hp_stack_frame *more = st->no_more || HP_RELAXED(&hp_sandboxed) ? NULL : hp_sys_anonymous(bytes, 1);
	if (!more) {
		st->no_more = 1;
		return -1;
	}
	move_frames(more, st->frames, st->capacity);
	move_frames(more + w->depth, st->fresh, w->fresh);
	st->frames = w->f = more;
	st->fresh = more + w->depth;
	st->capacity = w->limit = w->depth;
	return 0;
}

/* The outermost frame is reached: what is left of the remembered ones is gone. */
static void finish(struct walk *w, uint32_t flags)
{
	w->resum |= w->outer ? 1 : 0;
	w->outer = 0;
	splice(w);
	if ((w->f[0].info ^ flags) & HP_FRAME_ENDS) {
		w->clean = 0;
		w->resum = 1;
	}
	w->f[0].info = (w->f[0].info & ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED)) | flags;
}

/* Goes outwards from the frame at the cursor until all is confirmed or the stack ends. 0, or -1: it left this stack. */
static int walk(struct walk *w)
{
	uintptr_t hi = w->c.hi;
	do {
		uint64_t rule = w->fresh ? w->st->fresh[w->fresh - 1].rule : w->f[w->outer].rule;
		if (hp_rule_uses_fp(rule) || !hp_rule_common(rule))
			know_fp(w);
		unsigned step = hp_step(&w->c, rule), result = step & HP_STEP_RESULT;
		if (HP_UNLIKELY(w->c.hi != hi))
			return -1;
		if (result != HP_STEP_OK) {
			finish(w, (result == HP_STEP_STOP ? HP_NODE_STOPPED : 0) | (step & HP_STEP_SETTLED));
			return 0;
		}
		w->fp_known |= hp_frame_fp(w->c.info) ? 1 : 0;
		if (HP_UNLIKELY(w->end - w->in + w->fresh >= w->limit && (w->limit == w->depth || enlarge(w)))) {
			finish(w, HP_NODE_CUT);
			return 0;
		}
	} while (!place(w));
	return 0;
}

/* ---- the id ---- */

/* Nodes of the frames from f[known] on. The innermost one's id, or 0. */
static HP_SLOW uint32_t intern(struct hp_thread *t, struct hp_stack *st, uint32_t count)
{
	struct hp_stack_frame *f = st->frames;
	uint32_t i = st->known, id = i ? f[i - 1].node : 0;
	for (; i < count; i++) {
		f[i].node = id = hp_node(t, id, hp_frame_key(f[i].pc, f[i].info & HP_FRAME_NODE));
		if (!id)
			return 0;
		st->known = i + 1;
	}
	hp_memo_keep(st->sum, id);
	return id;
}

static uint32_t find_id(struct walk *w)
{
	struct hp_stack *st = w->st;
	if (w->relive)
		find_live(w);
	if (w->resum) {
		w->sum = 0;
		for (uint32_t i = 0; i < w->end; i++)
			w->sum += term(w, i);
	}
	st->sum = w->sum;
	if (st->known > w->clean)
		st->known = w->clean;
	uint32_t id = hp_memo_find(w->sum);
	return HP_LIKELY(id) ? id : intern(w->c.t, st, w->end);
}

static HP_SLOW void forget(struct hp_thread *t, struct hp_stack *st)
{
	if (!st->frames) {
		st->frames = st->own[0];
		st->fresh = st->own[1];
		st->capacity = HP_STACK_REMEMBERED;
	}
	st->count = st->known = 0;
	st->sum = 0;
	st->generation = HP_RELAXED(&hp_rule_generation);
	st->end = t->stack_hi;
}

int hp_remember(struct hp_thread *t, struct hp_caller caller, uint32_t confirmed, unsigned depth, uint32_t *id)
{
	struct hp_stack *st = &t->stack;
	struct walk w;
	if (HP_UNLIKELY(st->generation != HP_RELAXED(&hp_rule_generation) || st->end != t->stack_hi)) {
		forget(t, st);
		confirmed = 0;
	}
	uint32_t count = w.end = w.clean = st->count;
	w.outer = w.in = confirmed;
	w.c = (struct hp_cursor){ caller.pc, caller.sp, caller.fp, t->stack_hi, 0, 0, t };
	w.st = st;
	w.f = st->frames;
	w.fresh = 0;
	w.depth = depth;
	w.limit = depth < st->capacity ? depth : st->capacity;
	w.resum = w.relive = 0;
	w.fp_known = 1;
	w.caller_fp = caller.fp;
	w.sum = count ? st->sum : 0;
	HP_STORE(&st->count, 0);  /* a handler may jump out of here for good, and leave the frames as they are then */
	w.resum |= !count;
	if (confirmed + 1 < count)
		go_to(&w, &w.f[confirmed]);
	if (!(confirmed < count ? confirm(&w) : place(&w)) && walk(&w))
		return -1;
	if (w.clean > w.end)
		w.clean = w.end;
	if (w.clean != w.end || w.end != count)
		st->id = find_id(&w);
	*id = st->id;
	HP_STORE(&st->count, w.end);
	return 0;
}
