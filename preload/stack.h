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

/* A remembered frame. rule: the step outwards from it; node: its id, where known; info: HP_FRAME_*, see unwind/step.h. */
struct hp_stack_frame { uintptr_t sp, pc, fp; uint64_t rule; uint32_t node, info; };
enum { HP_STACK_REMEMBERED = 128 };
/* Where the words of a stack lie, see unwind/shape.h. */
enum { HP_SHAPE_WORDS = 108, HP_SHAPE_WAYS = 2, HP_SHAPE_BITS = 9, HP_SHAPE_PLACES = 32768 };
struct hp_shape {
	_Alignas(64) uintptr_t pc;
	uintptr_t sp;
	uint64_t sum;                /* over the shape itself */
	uint32_t stamp;              /* valid while it is hp_stack.stamp */
	uint16_t addresses, words;   /* return addresses; these and the frame pointers after them */
	uint16_t at, room;           /* first of its places in hp_stack.places, and how many there are */
	uint32_t uses_fp;
};
/* Starts zeroed. Belongs to one thread; its signal handlers leave it alone while a capture is under way. */
struct hp_stack {
	uint32_t count;              /* frames[0] is the outermost; 0 while they are being changed */
	uint32_t id;                 /* of the whole stack */
	uint32_t generation;         /* of the rules that they were found by */
	uint32_t stamp, next_shape;  /* of the shapes that are valid; where the next one goes */
	uint32_t next_place, reserved_place;
	struct hp_stack_frame *frames, *fresh;
	struct hp_stack_frame *more;  /* NULL, or the mapping of both: room for hp_stack_depth() each */
	uintptr_t end;               /* bound of the stack that they are on */
	uintptr_t busy;              /* stack address of the capture under way, see stack.c */
	uint64_t sum;                /* over all frames, see intern.h */
	uint32_t known, fp_users;    /* so many of them have their node; use their frame pointer */
	uint32_t capacity, no_more;  /* of frames and of fresh; it could not be enlarged */
	uintptr_t floor;             /* below this address the own stack does not go on; 0: unknown */
	uint32_t owner, reserved;    /* uid of the thread whose stack's bounds have been looked at */
	uint64_t area;               /* probed pages of the last stack that was not the thread's own */
	struct hp_stack_frame own[2][HP_STACK_REMEMBERED];
	struct hp_shape shapes[1 << HP_SHAPE_BITS][HP_SHAPE_WAYS];
	uint16_t places[HP_SHAPE_PLACES];  /* words from sp */
};

/*
 * The id of the caller's stack, 0 when stacks are off or nothing could be interned. Errors never surface: a stack that
 * cannot be followed ends with a node marked HP_NODE_STOPPED, one that is too deep with HP_NODE_CUT.
 */
HP_HIDDEN uint32_t hp_stack_capture(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp);

/* In registers: a struct of three words would go through memory, 3.5 ns an event. */
HP_INLINE uint32_t hp_stack_id(struct hp_thread *t, struct hp_caller caller)
{
	return hp_stack_capture(t, caller.pc, caller.sp, caller.fp);
}

/* Called once from the constructor: mode and depth as configured. */
HP_HIDDEN void hp_stack_init(enum hp_stack_mode mode, unsigned depth);
/* The same stack by the means of this unwinder, whatever way is in use. */
HP_HIDDEN uint32_t hp_stack_ours(struct hp_thread *t, struct hp_caller caller);
/* From now on ids come from this function (constructor only). */
HP_HIDDEN void hp_stack_use(uint32_t (*other)(struct hp_thread *t, struct hp_caller caller));
HP_HIDDEN unsigned hp_stack_depth(void);
/* The set of loaded modules may have changed (after dlopen and dlclose): cached rules are checked against it. */
HP_HIDDEN void hp_stack_modules_changed(void);
/* A forked child, before its first event: forgets all ids (the dump's nodes belong to the parent). */
HP_HIDDEN void hp_stack_forked(void);
/* It goes on in a dump of its own, with the same ids. */
HP_HIDDEN void hp_stack_moved(struct hp_thread *t);

#endif
