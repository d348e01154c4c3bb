/*
 * stack.c - the id of the current call stack: by its shape, where it has been met before; by the remembered frames of
 * the last one; else the plain way.
 *
 * A signal handler that interrupts a capture, and a capture on another stack, go the plain way: no memory but their own
 * frame. `busy` tells, and heals itself after a siglongjmp out of the handler: it is the address of a mark in the frame
 * of the capture under way. Either the present sp is above it, or something else has been written there by now, or the
 * plain way is taken once more, which is slow but right.
 */
#include "stack.h"
#include "intern.h"
#include "unwind/remember.h"
#include "unwind/shape.h"

enum { PLAIN_BLOCK = 32 };
static const uintptr_t MARK = 0x5afec0de;

static uint32_t depth_limit;
static uint8_t ours;  /* 0: stacks are off, or taken in another way */
static uint32_t (*other_way)(struct hp_thread *t, struct hp_caller caller);

/* Keys of the frames from the innermost to the n-th, in a ring: the last ones remain. How many there are.
 * n = depth_limit: the outermost one is marked, if the stack doesn't simply end there. */
static uint32_t collect(struct hp_thread *t, struct hp_caller caller, uint32_t n, uint64_t ring[PLAIN_BLOCK])
{
	struct hp_cursor c = { caller.pc, caller.sp, caller.fp, hp_stack_end(t, caller.sp, 1), 0, 0, t };
	unsigned result = HP_STEP_OK;
	uint32_t i = 0;
	while (result == HP_STEP_OK && i < n) {
		ring[i++ % PLAIN_BLOCK] = hp_frame_key(c.pc, c.info & HP_NODE_EXACT);
		result = hp_step(&c, hp_step_rule(c.pc, c.info)) & HP_STEP_RESULT;
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
	return busy > here && hp_stack_word(busy) == (busy ^ MARK);
}

static HP_SLOW void forget(struct hp_thread *t, struct hp_stack *st)
{
	if (!st->frames) {
		st->frames = st->own[0];
		st->fresh = st->own[1];
		st->capacity = HP_STACK_REMEMBERED;
	}
	st->count = st->known = 0;
	st->stamp++;
	st->next_place = 0;
	st->generation = HP_RELAXED(&hp_rule_generation);
	st->end = t->stack_hi;
}

/*
 * A thread's first capture may be on a signal stack or a coroutine's: what lies between that and the outer bound is only
 * taken for the thread's own stack once it has been found to be readable, from the bound inwards.
 */
static HP_SLOW void find_bounds(struct hp_thread *t, struct hp_stack *st)
{
	st->floor = 0;
	if (t->stack_hi)
		t->stack_lo = (t->stack_hi - 8) & ~(uintptr_t)4095;
	st->owner = t->uid;
}

/* Follows the stack, and learns its shape when it is met for the second time. */
static HP_SLOW int follow(struct hp_thread *t, struct hp_caller caller, uintptr_t here, uint32_t *id)
{
	int seen = 0;
	if (hp_remember(t, caller, here, depth_limit, &seen))
		return -1;
	*id = t->stack.id;
	if (seen && HP_RELAXED(&t->stack.busy) == here)
		hp_shape_learn(t, caller);
	return 0;
}

/*
 * Another one took this for abandoned, and changed frames and shapes in the meantime: a handler's, on a signal stack that is a part of the
 * thread's own. What both have left is not to be relied on.
 */
static HP_SLOW void disturbed(struct hp_stack *st)
{
	HP_STORE(&st->count, 0);
	st->stamp++;
	HP_STORE(&st->busy, 0);
}

/* The first one of a thread, rules that went, other stacks, captures under way, and stacks without a shape. */
static HP_SLOW uint32_t capture_rare(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp)
{
	const struct hp_caller caller = { pc, sp, fp };
	volatile uintptr_t mark;
	uintptr_t here = (uintptr_t)&mark;
	struct hp_stack *st = &t->stack;
	uint32_t id = 0;
	if (st->owner != t->uid)
		find_bounds(t, st);
	if (!hp_own_stack(t, here) || !hp_own_stack(t, sp) || (st->busy && is_busy(st->busy, here)))
		return plain(t, caller);
	mark = here ^ MARK;
	HP_STORE(&st->busy, here);
	if (HP_UNLIKELY(!HP_RELAXED(&t->live)))  /* forked by a handler that came before: what is known of the stack is wiped */
		return 0;
	if (st->generation != HP_RELAXED(&hp_rule_generation) || st->end != t->stack_hi)
		forget(t, st);
	id = hp_shape_find_further(st, caller);
	int failed = !id && follow(t, caller, here, &id);
	HP_BARRIER();
	if (HP_UNLIKELY(HP_RELAXED(&st->busy) != here)) {
		disturbed(st);
		return plain(t, caller);
	}
	HP_STORE(&st->busy, 0);
	return failed ? plain(t, caller) : id;
}

/* Usually no capture is under way, the stack is the thread's own, and its shape is known: no call. */
HP_INLINE uint32_t capture(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp)
{
	struct hp_stack *st = &t->stack;
	if (HP_LIKELY(st->generation == HP_RELAXED(&hp_rule_generation) && sp - 8 - t->stack_lo < t->stack_hi - t->stack_lo && !HP_RELAXED(&st->busy))) {
		volatile uintptr_t mark;
		uintptr_t here = (uintptr_t)&mark;
		mark = here ^ MARK;
		HP_STORE(&st->busy, here);
		uint32_t id = hp_shape_find(st, (struct hp_caller){ pc, sp, fp });
		HP_BARRIER();
		int undisturbed = HP_RELAXED(&st->busy) == here;
		if (HP_LIKELY(undisturbed))
			HP_STORE(&st->busy, 0);
		if (HP_LIKELY(id && undisturbed))
			return id;
	}
	return capture_rare(t, pc, sp, fp);
}

HP_SLOW uint32_t hp_stack_ours(struct hp_thread *t, struct hp_caller caller)
{
	return capture(t, caller.pc, caller.sp, caller.fp);
}

static HP_SLOW uint32_t otherwise(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp)
{
	return other_way ? other_way(t, (struct hp_caller){ pc, sp, fp }) : 0;
}

uint32_t hp_stack_capture(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp)
{
	return HP_LIKELY(ours) ? capture(t, pc, sp, fp) : otherwise(t, pc, sp, fp);
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
	ours = 1;
}

void hp_stack_use(uint32_t (*other)(struct hp_thread *t, struct hp_caller caller))
{
	other_way = other;
	ours = 0;
}

unsigned hp_stack_depth(void)
{
	return depth_limit;
}

void hp_stack_modules_changed(void)
{
	hp_rule_forget();
}

void hp_stack_forked(void)
{
	hp_intern_forked();
}

void hp_stack_moved(struct hp_thread *t)
{
	hp_intern_moved(t);
}
