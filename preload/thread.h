/*
 * thread.h - what the recorder keeps for each thread, and the one test that a hook starts with.
 *
 * A thread is known from its first event on (hp_attach); no trampoline, no wrapper around its start. Its state lives in
 * private memory that the kernel wipes in a forked child (MADV_WIPEONFORK), so that a fork by any means is seen: `live`
 * reads 0 there. vfork and CLONE_VM children share the memory, and rightly go on as the thread that they borrow.
 */
#ifndef HP_THREAD_H
#define HP_THREAD_H

#include "preload.h"
#include "stack.h"

/* Calls before the next one that is sampled, and those behind it in its block; see hooks/memory_sample.h. */
struct hp_sampling { int32_t in; uint8_t rest, drawn; };

struct hp_thread {
	_Alignas(64) char *cursor;  /* next free byte of the thread's chunk, moved by hp_xadd alone */
	char *limit;                /* end of the committed part; changed together with cursor (hp_store_pair) */
	uint64_t time_mark;         /* ticks of the last absolute time in the stream */
	uint32_t live;              /* 0: forked child, before the first event, after the end */
	uint32_t uid;
	struct hp_slot *slot;       /* in the dump: the call in progress */
	struct hp_fn_frame *fn_top; /* innermost open function call, see hooks/function.c */
	struct hp_fn_frame *fn_base, *fn_end;
	uintptr_t fn_room;          /* bytes between them, less two frames; see hp_fn_has_room */
	uintptr_t fn_module_lo, fn_module_bytes;  /* the module of the last checked function */
	uint32_t fn_generation;
	uint32_t fn_state;          /* what the filter makes of calls that begin now, see hp_filter.h */
	uint64_t last_taken;        /* (lock index + 1) << 32 | its sequence, of the stream's last LOCK or LOCK_WAIT; 0: unknown */
	struct hp_lock *last_lock;  /* what UNLOCK_LAST would release; NULL: its LOCK record is not known to be the last one */
	struct hp_sampling freed;   /* calls that give memory up, or move it */

	_Alignas(16) char *filtered; /* the thread's chunk of struct hp_filtered, NULL: none yet */
	char *filtered_end;         /* of its committed part; changed together */

	char *chunk_end;
	uint32_t tid, pid, seq, chunks;
	uintptr_t slot_sp;          /* stack pointer of the call in progress; tells a nested one from an abandoned one */
	uintptr_t stack_lo, stack_hi;  /* bounds of the thread's own stack; 0, 0: unknown */
	uint64_t pthread;
	uint32_t key_rounds;
	uint32_t reallocs;          /* realloc calls so far: tells whether libc's reallocarray passed our hook */
	struct hp_stdio_count { int32_t fd; uint32_t op, calls, bytes; } stdio[8];
	struct hp_thread *next_idle;  /* in hp_live->more_idle */
	struct hp_slot private_slot;  /* stands in where the dump has no slot left, and in the child of a fork by a handler */
	_Alignas(16) char scratch[4096];  /* where the bytes of dropped records go */
	/* Remembered frames, owned by stack.c. On pages of their own: what a fork by a handler keeps while they are in use. */
	_Alignas(HP_PAGE_ALIGN) struct hp_stack stack;
};

/* vforked: a vfork has begun; its child runs in our memory, as us, until it execs or ends. got: calls that get memory. */
struct hp_tls { struct hp_thread *t; uint32_t uid; uint16_t ended, vforked; struct hp_sampling got; };
enum { HP_ENDED = 1, HP_ENDED_FORBIDDEN };
extern HP_HIDDEN HP_TLS struct hp_tls hp_tls;

/* Stands in for every thread after its end. */
HP_HIDDEN extern struct hp_thread hp_late;

/* Which kinds are recorded now: the header's control word, a zero before the start and when there is no dump. */
extern HP_HIDDEN const uint32_t *hp_control;
/* 0 until the constructor has run. Tested first, PC-relative: a hook may run before our own relocation. */
extern HP_HIDDEN uint8_t hp_ready;

/* Slow path of hp_enter: makes the thread known. NULL: nothing is recorded (counted). Async-signal-safe. */
HP_HIDDEN HP_COLD struct hp_thread *hp_attach(unsigned kinds);

/* The calling thread's state if it has one, whatever is recorded now; NULL in a forked child before its first event. */
HP_INLINE struct hp_thread *hp_known(void)
{
	struct hp_thread *t = hp_tls.t;
	return t && t->live ? t : NULL;
}

/* Is the caller the child of a vfork, which borrows its parent's state? Only asked while hp_tls.vforked is set. */
HP_HIDDEN HP_COLD int hp_vfork_child(const struct hp_thread *t);

/* hp_enter, where it has been seen that these are recorded. */
HP_INLINE struct hp_thread *hp_enter_on(unsigned kinds)
{
	struct hp_thread *t = hp_tls.t;
	return HP_LIKELY(t && t->live) ? t : hp_attach(kinds);
}

/*
 * First line of every hook: the calling thread's state, or NULL when events of this kind are not recorded.
 * Off costs a load and a branch.
 */
HP_INLINE struct hp_thread *hp_enter(unsigned kinds)
{
	return HP_RELAXED(hp_control) & kinds ? hp_enter_on(kinds) : NULL;
}

#endif
