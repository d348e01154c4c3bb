/*
 * stack.h - call stacks: capture, and interning into ids.
 *
 * A stack id names a node of a tree that grows from the outermost frame inwards; the dump gets each node once, before
 * the first event that refers to it. Capture reads the current thread's stack only, calls nothing in libc, takes no
 * lock, and is async-signal-safe: a handler that interrupts a capture does a full one of its own.
 */
#ifndef HP_STACK_H
#define HP_STACK_H

#include "preload.h"

struct hp_thread;

/* Frames of a thread's last capture. slot: address of the return-address slot; node: interned id of this frame. */
struct hp_stack_frame { uintptr_t slot, pc, fp; uint32_t node, flags; };
enum { HP_STACK_REMEMBERED = 128 };
struct hp_stack {
	uint32_t busy, count;       /* busy: a capture is under way (a nested one must not touch frames[]) */
	struct hp_stack_frame frames[HP_STACK_REMEMBERED];  /* outermost first */
};

/*
 * The id of the caller's stack, 0 when stacks are off or nothing could be interned. Errors never surface: a stack that
 * cannot be followed ends with a node marked HP_NODE_STOPPED, one that is too deep with HP_NODE_CUT.
 */
HP_HIDDEN uint32_t hp_stack_id(struct hp_thread *t, struct hp_caller caller);

/* Called once from the constructor: mode and depth as configured. */
HP_HIDDEN void hp_stack_init(enum hp_stack_mode mode, unsigned depth);
/* The set of loaded modules may have changed (after dlopen and dlclose): cached rules are checked against it. */
HP_HIDDEN void hp_stack_modules_changed(void);
/* A forked child, before its first event: forgets all ids (the dump's nodes belong to the parent). */
HP_HIDDEN void hp_stack_forked(void);

#endif
