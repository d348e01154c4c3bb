/*
 * stack.c - capture of the current call stack against the remembered one.
 *
 * A frame's registers (pc, sp, and fp where its rule uses it) determine its caller but for the words that are loaded. So
 * from a frame that is as remembered, the next ones are found by loading those words at the remembered addresses and
 * comparing: no rule is looked up until one differs. Frames that differ are changed in place where their stack pointer is
 * that of the remembered frame (another call site of the same function), else collected in fresh[] and put between.
 *
 * A signal handler that interrupts a capture, and a capture on another stack, go the plain way: no memory but their own
 * frame. `busy` tells, and heals itself after a siglongjmp out of the handler: it is the address of a mark in the frame
 * of the capture under way. Either the present sp is above it, or something else has been written there by now, or the
 * plain way is taken once more, which is slow but right.
 */
#include "stack.h"
#include "intern.h"
#include "sys.h"
#include "unwind/step.h"

extern HP_HIDDEN uint8_t hp_sandboxed;

enum { PLAIN_BLOCK = 32, INTERRUPTED = -1 };
static const uintptr_t MARK = 0x5afec0de;

static uint32_t depth_limit;  /* 0: stacks are off */

struct walk {
	struct hp_cursor c;
	struct hp_stack *st;
	struct hp_stack_frame *f;  /* st->frames */
	uint32_t outer;            /* f[0..outer) is not confirmed yet */
	uint32_t in, end;          /* f[in..end) is confirmed, its outermost being where the cursor is, unless .. */
	uint32_t fresh;            /* .. these come after it, innermost first */
	uint32_t clean;            /* f[0..clean) is as remembered, should all of it be confirmed */
	uint32_t limit;
};

static uint64_t frame_key(const struct hp_stack_frame *f)
{
	return hp_frame_key(f->pc, f->info & HP_FRAME_NODE);
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

/* The array is full of outer frames that are not confirmed: forgets some of the outermost. */
static void drop_outer(struct walk *w, uint32_t n)
{
	move_frames(w->f, w->f + n, w->outer - n);
	w->outer -= n;
	w->clean = 0;
	w->f[0].info &= ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED);
}

/* Closes the gap between the confirmed inner frames and the outer ones, with the fresh ones in it. */
static void splice(struct walk *w)
{
	uint32_t inner = w->end - w->in, need = w->outer + w->fresh + inner;
	if (need > w->st->capacity)
		drop_outer(w, need - w->st->capacity);
	uint32_t to = w->outer + w->fresh;
	if (inner && w->fresh)
		w->f[w->in].info &= ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED);
	if (w->fresh || (inner && to != w->in))
		w->clean = w->outer;
	if (inner && to != w->in)
		move_frames(w->f + to, w->f + w->in, inner);
	for (uint32_t i = 0; i < w->fresh; i++)
		copy_frame(&w->f[to - 1 - i], &w->st->fresh[i]);
	w->in = w->outer;
	w->end = to + inner;
	w->fresh = 0;
}

/* f[outer] differs from the cursor: another frame in the same place. */
static void change(struct walk *w)
{
	struct hp_stack_frame *f = &w->f[w->outer];
	f->pc = w->c.pc;
	f->fp = w->c.fp;
	f->info = w->c.info;
	w->clean = w->outer;
}

/*
 * From f[outer], which is as remembered, outwards: as long as the words on the stack are. About 1 ns a frame.
 * 1: the cursor is at a frame that has changed, 0: at one that has not.
 */
static int confirm(struct walk *w)
{
	uintptr_t fp = w->c.fp, pc = w->c.pc;
	uint32_t start = w->outer, i = start, last = w->end > w->limit ? w->end - w->limit : 0;
	int changed = 0;
	for (; i > last; i--) {
		const struct hp_stack_frame *f = &w->f[i - 1];
		uint32_t info = f->info, back = info >> HP_FRAME_FP;
		if (info & HP_FRAME_UNSURE)
			break;
		pc = hp_strip_pc(*(uintptr_t *)(f->sp - 8 * (info >> HP_FRAME_RA & HP_FRAME_DISTANCE)));
		if (back)
			fp = *(uintptr_t *)(f->sp - 8 * back);
		if (HP_UNLIKELY(pc != f->pc || ((info & HP_FRAME_USES_FP) && fp != f->fp))) {
			changed = pc - 1 < 1ull << HP_RULE_PC_BITS;  /* else the step finds that the stack ends */
			i -= (uint32_t)changed;
			break;
		}
	}
	const struct hp_stack_frame *f = &w->f[i];
	w->outer = w->in = i;
	w->c.pc = changed ? pc : f->pc;
	w->c.sp = f->sp;
	w->c.fp = fp;
	w->c.info = f->info & (uint32_t)HP_FRAME_ENTRY;
	if (i != start)
		w->c.lr = 0;
	return changed;
}

/* f[outer] has the cursor's stack pointer. 1: all frames from here on are as remembered. */
static int meet(struct walk *w)
{
	struct hp_stack_frame *f = &w->f[w->outer];
	int same = f->pc == w->c.pc && !((f->info ^ w->c.info) & HP_NODE_EXACT)
		&& (!(f->info & HP_FRAME_USES_FP) || f->fp == w->c.fp);
	if (!same) {
		change(w);
		return 0;
	}
	f->info = (f->info & ~(uint32_t)HP_FRAME_ENTRY) | w->c.info;
	if (confirm(w)) {
		change(w);
		return 0;
	}
	f = &w->f[w->outer];
	return !w->outer && ((f->info & HP_FRAME_SETTLED) || ((f->info & HP_NODE_CUT) && w->end == w->limit));
}

/* Puts the frame at the cursor into its place. 1: it and all outer ones are as remembered. */
static int place(struct walk *w)
{
	while (w->outer && w->f[w->outer - 1].sp < w->c.sp)
		w->outer--;
	if (w->outer && w->f[w->outer - 1].sp == w->c.sp) {
		if (w->fresh || w->in != w->outer)
			splice(w);
		w->in = --w->outer;
		return meet(w);
	}
	struct hp_stack_frame *f = &w->st->fresh[w->fresh++];
	f->pc = w->c.pc;
	f->sp = w->c.sp;
	f->fp = w->c.fp;
	f->info = w->c.info;
	return 0;
}

/* Room for more than HP_STACK_REMEMBERED frames, once they are there. 0, or -1. */
static HP_SLOW int enlarge(struct walk *w)
{
	struct hp_stack *st = w->st;
	size_t bytes = 2 * depth_limit * sizeof *st->frames;
	struct hp_stack_frame *more = st->no_more || HP_RELAXED(&hp_sandboxed) ? NULL : hp_sys_anonymous(bytes, 1);
	if (!more) {
		st->no_more = 1;
		return -1;
	}
	move_frames(more, st->frames, st->capacity);
	move_frames(more + depth_limit, st->fresh, w->fresh);
	st->frames = w->f = more;
	st->fresh = more + depth_limit;
	st->capacity = w->limit = depth_limit;
	return 0;
}

/* The outermost frame is reached: what is left of the remembered ones is gone. */
static void finish(struct walk *w, uint32_t flags)
{
	w->outer = 0;
	splice(w);
	if ((w->f[0].info ^ flags) & HP_FRAME_ENDS)
		w->clean = 0;
	w->f[0].info = (w->f[0].info & ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED)) | flags;
}

/* Goes outwards from the cursor until all is confirmed or the stack ends. 0, or INTERRUPTED: it left this stack. */
static int walk(struct walk *w)
{
	uintptr_t hi = w->c.hi;
	while (!place(w)) {
		unsigned step = hp_step(&w->c), result = step & HP_STEP_RESULT;
		uint32_t *info = w->fresh ? &w->st->fresh[w->fresh - 1].info : &w->f[w->outer].info;
		*info = (*info & ~(uint32_t)HP_FRAME_USES_FP) | (step & HP_STEP_USES_FP);
		if (w->c.hi != hi)
			return INTERRUPTED;
		uint32_t placed = w->end - w->in + w->fresh;
		if (result == HP_STEP_OK && placed >= w->limit && (w->limit == depth_limit || enlarge(w))) {
			finish(w, HP_NODE_CUT);
			return 0;
		}
		if (result != HP_STEP_OK) {
			finish(w, (result == HP_STEP_STOP ? HP_NODE_STOPPED : 0) | (step & HP_STEP_SETTLED));
			return 0;
		}
	}
	return 0;
}

/* The id of f[count - 1], of which f[0..clean) is as before. */
static uint32_t intern(struct hp_thread *t, struct hp_stack *st, uint32_t count, uint32_t clean)
{
	struct hp_stack_frame *f = st->frames;
	uint64_t sum = clean ? f[clean - 1].sum : 0;
	for (uint32_t i = clean; i < count; i++)
		f[i].sum = sum += hp_frame_term(frame_key(&f[i]), i);
	if (st->known > clean)
		st->known = clean;
	uint32_t id = hp_memo_find(sum), i = st->known;
	if (HP_LIKELY(id))
		return id;
	for (id = i ? f[i - 1].node : 0; i < count; i++) {
		f[i].node = id = hp_node(t, id, frame_key(&f[i]));
		if (!id)
			return 0;
		st->known = i + 1;
	}
	hp_memo_keep(sum, id);
	return id;
}

static HP_SLOW void forget(struct hp_thread *t, struct hp_stack *st)
{
	if (!st->frames) {
		st->frames = st->own[0];
		st->fresh = st->own[1];
		st->capacity = HP_STACK_REMEMBERED;
	}
	st->count = st->known = 0;
	st->generation = HP_RELAXED(&hp_rule_generation);
	st->end = t->stack_hi;
}

/* count is 0 while the frames are in a state that nobody may trust (a handler may jump out of here for good). */
static int remembered(struct hp_thread *t, struct hp_caller caller, uint32_t *id)
{
	struct hp_stack *st = &t->stack;
	if (HP_UNLIKELY(st->generation != HP_RELAXED(&hp_rule_generation) || st->end != t->stack_hi))
		forget(t, st);
	struct walk w;
	uint32_t count = w.outer = w.in = w.end = w.clean = st->count;
	w.c = (struct hp_cursor){ caller.pc, caller.sp, caller.fp, t->stack_hi, 0, 0, t };
	w.st = st;
	w.f = st->frames;
	w.fresh = 0;
	w.limit = depth_limit < st->capacity ? depth_limit : st->capacity;
	HP_STORE(&st->count, 0);
	if (HP_UNLIKELY(walk(&w)))
		return INTERRUPTED;
	if (w.clean > w.end)
		w.clean = w.end;
	if (w.clean != w.end || w.end != count)
		st->id = intern(t, st, w.end, w.clean);
	*id = st->id;
	HP_STORE(&st->count, w.end);
	return 0;
}

/* Keys of the frames from the innermost to the n-th, in a ring: the last ones remain. How many there are.
 * n = depth_limit: the outermost one is marked, if the stack doesn't simply end there. */
static uint32_t collect(struct hp_thread *t, struct hp_caller caller, uint32_t n, uint64_t ring[PLAIN_BLOCK])
{
	struct hp_cursor c = { caller.pc, caller.sp, caller.fp, hp_stack_end(t, caller.sp, 1), 0, 0, t };
	unsigned result = HP_STEP_OK;
	uint32_t i = 0;
	while (result == HP_STEP_OK && i < n) {
		ring[i++ % PLAIN_BLOCK] = hp_frame_key(c.pc, c.info & HP_NODE_EXACT);
		result = hp_step(&c) & HP_STEP_RESULT;
	}
	if (n == depth_limit && result != HP_STEP_END)
		ring[(i - 1) % PLAIN_BLOCK] |= hp_frame_key(0, result == HP_STEP_STOP ? HP_NODE_STOPPED : HP_NODE_CUT);
	return i;
}

/* Without memory but its own frame: walks again for every block of frames, from the outermost block inwards. */
static HP_SLOW uint32_t plain(struct hp_thread *t, struct hp_caller caller)
{
	uint64_t ring[PLAIN_BLOCK];
	uint32_t id = 0, n = collect(t, caller, depth_limit, ring);
	for (;;) {
		uint32_t last = n > PLAIN_BLOCK ? n - PLAIN_BLOCK : 0;
		for (; n > last; n--)
			if (!(id = hp_node(t, id, ring[(n - 1) % PLAIN_BLOCK])))
				return 0;
		if (!n)
			return id;
		collect(t, caller, n, ring);
	}
}

/* The mark at `busy` is another capture's that is still under way, as far as can be told. */
static int is_busy(uintptr_t busy, uintptr_t here)
{
	return busy > here && *(volatile uintptr_t *)busy == (busy ^ MARK);
}

__attribute__((hot)) uint32_t hp_stack_id(struct hp_thread *t, struct hp_caller caller)
{
	volatile uintptr_t mark;
	uintptr_t here = (uintptr_t)&mark, *busy = &t->stack.busy;
	uint32_t id = 0;
	if (HP_UNLIKELY(!depth_limit))
		return 0;
	if (HP_UNLIKELY(!hp_own_stack(t, here) || !hp_own_stack(t, caller.sp) || (*busy && is_busy(*busy, here))))
		return plain(t, caller);
	mark = here ^ MARK;
	HP_STORE(busy, here);
	int result = remembered(t, caller, &id);
	HP_BARRIER();
	/* Another one took this for abandoned, and changed the frames in the meantime. */
	int disturbed = HP_RELAXED(busy) != here;
	if (!disturbed)
		HP_STORE(busy, 0);
	return HP_UNLIKELY(result || disturbed) ? plain(t, caller) : id;
}

void hp_stack_init(enum hp_stack_mode mode, unsigned depth)
{
	if (mode == HP_STACK_NONE)
		return;
	if (mode == HP_STACK_FP)
		hp_rule_fixed = HP_RULE_FP | HP_RULE_FP_AT_CFA << 3 | (uint64_t)(0x1ffff & -2) << 6 | (uint64_t)(0x1ffff & -1) << 23
			| 2ull << 40;
	hp_intern_init();
	depth_limit = depth < 1 ? 1 : depth > HP_DEPTH_MAX ? HP_DEPTH_MAX : depth;
}

void hp_stack_modules_changed(void)
{
	hp_rule_forget();
}

void hp_stack_forked(void)
{
	hp_intern_forked();
}
