/*
 * function_stack.c - the shadow stack's memory: it grows by a copy, and a signal handler may make it do so in the middle of an event, which
 * then goes on in the one before. Those that were are kept, each known to the next.
 */
#include "fn_filter.h"
#include "function.h"
#include "state.h"
#include "sys.h"

enum { FIRST_FRAMES = 1024, MOST_FRAMES = 1 << 22 };

struct hp_fn_frame hp_fn_none[2];

/* The first place of each stack is no call's: it says how many there are, and which stack was before. */
static size_t places(const struct hp_fn_frame *base) { return base ? base->start : 0; }

static const struct hp_fn_frame *before(const struct hp_fn_frame *base) { return (const struct hp_fn_frame *)base->site; }

static int lies_in(const struct hp_fn_frame *base, const struct hp_fn_frame *f)
{
	return (uintptr_t)f - (uintptr_t)base < places(base) * sizeof *f;
}

/* The present stack and its innermost call, read together: a handler may replace both. */
static struct hp_fn_frame *base_and_top(const struct hp_thread *t, struct hp_fn_frame **top)
{
	struct hp_fn_frame *base;
	do {
		base = HP_RELAXED(&t->fn_base);
		HP_BARRIER();
		*top = hp_fn_top(t);
	} while (HP_UNLIKELY(HP_RELAXED(&t->fn_base) != base));
	return base;
}

/*
 * The calls of an older stack come into a newer one. Any of them may still be being filled, in the older one, by an event that a
 * handler has interrupted: they have no function here until hp_fn_complete is asked.
 */
static void copy_calls(struct hp_fn_frame *to, const struct hp_fn_frame *from, size_t calls)
{
	for (size_t i = 1; i <= calls; i++) {
		to[i] = from[i];
		to[i].fn = 0;
	}
}

struct hp_fn_frame *hp_fn_complete(const struct hp_fn_frame *base, struct hp_fn_frame *f)
{
	size_t i = (size_t)(f - base);
	for (const struct hp_fn_frame *old = before(base); i && !f->fn && old && i < places(old); old = before(old))
		if (old[i].sp == f->sp)
			*f = old[i];
	return f;
}

/*
 * A bigger stack; the old one stays allocated, as a signal handler may have been interrupted in it. A handler between the
 * stores finds no end: it, or what it jumps out to, begins anew; and if it has done so, we store again.
 */
int hp_fn_grow(struct hp_thread *t)
{
	struct hp_fn_frame *top, *old = base_and_top(t, &top);
	if (!t->live)  /* the two may be wiped by now: see hp_fn_top */
		return -1;
	size_t have = places(old), want = have ? have * 2 : FIRST_FRAMES;
	if (want > MOST_FRAMES || (have && !lies_in(old, top)))  /* a handler has just made one */
		return -1;
	struct hp_fn_frame *base = hp_sys_anonymous(want * sizeof *base, 1);
	if (!base)
		return -1;
	size_t used = have ? (size_t)(top - old) + 1 : 1;
	copy_calls(base, old, used - 1);
	base[0] = (struct hp_fn_frame){ .sp = UINTPTR_MAX, .start = want, .site = (uintptr_t)old };
	do {
		HP_STORE(&t->fn_end, NULL);
		HP_STORE(&t->fn_base, base);
		HP_STORE(&t->fn_top, base + used - 1);
		HP_STORE(&t->fn_room, (want - 2) * sizeof *base);
		HP_STORE(&t->fn_end, base + want);
	} while (HP_UNLIKELY(HP_RELAXED(&t->fn_base) != base));
	return 0;
}

/* An event that a handler interrupted, which made the present stack, has gone on in the one before. */
struct hp_fn_frame *hp_fn_settled_top(struct hp_thread *t)
{
	struct hp_fn_frame *top, *base = base_and_top(t, &top);
	if (!base || !top || top == hp_fn_none || lies_in(base, top))
		return top;
	const struct hp_fn_frame *old = before(base);
	while (old && !lies_in(old, top))
		old = before(old);
	size_t calls = old ? (size_t)(top - old) : 0;
	copy_calls(base, old, calls);
	return t->fn_top = base + calls;
}

void hp_function_reset(struct hp_thread *t)
{
	struct hp_fn_frame *top = hp_fn_settled_top(t);
	t->fn_top = hp_fn_none;
	if (t->fn_base) {
		for (; top > t->fn_base; top--)
			top->record = NULL;  /* its thread never left it */
		t->fn_top = t->fn_base;
	}
	t->fn_state = hp_filter_begin(&hp_fn_filter.rules);
}
