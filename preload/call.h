/*
 * call.h - calls with a duration: what an I/O or waiting hook does before and after its real call.
 *
 *     ssize_t read(int fd, void *buf, size_t n)
 *     {
 *             if (HP_UNLIKELY(!hp_ready)) return hp_early_read(fd, buf, n);
 *             struct hp_call c;
 *             hp_call_begin_in(&c, HP_IO, HP_OP_READ, (unsigned)fd, 0, HP_CALLER());
 *             ssize_t r = hp_real.read(fd, buf, n);
 *             hp_io_end(&c, fd, r);
 *             return r;
 *     }
 *
 * begin puts the call into the thread's slot of the dump, so that a killed or hung process shows it; end clears it and
 * writes the event. If the real call never returns (cancellation, siglongjmp), the slot stays set, gates nothing, and is
 * noted as abandoned at the next call. errno is read (after a failure), never written.
 */
#ifndef HP_CALL_H
#define HP_CALL_H

#include "event.h"

struct hp_call {
	struct hp_thread *t;     /* NULL: not recorded */
	uint64_t start;
	uint64_t object, object2;  /* may be refined before the end: what can be read only after the real call */
	uint32_t stack;
	uint16_t op;
	uint16_t nested;         /* interrupted another call in progress: restore it */
	uintptr_t outer_sp;
	uint32_t outer_op, outer_stack;
	uint64_t outer_object, outer_object2, outer_start;
};

/* kind: HP_IO, HP_STDIO, HP_WAIT, HP_LOCK, HP_THREAD. object: as hp_ops.def says, the descriptor for I/O. */
HP_INLINE struct hp_call hp_call_begin(unsigned kind, unsigned op, uint64_t object, uint64_t object2, struct hp_caller caller);

/*
 * The ends of a call; nothing for one that is not recorded, without a call of ours.
 *
 * hp_io_end: of I/O. result < 0: failed, with errno.
 * hp_io_end_payload: with a payload (see the classes in hp_dump.h); it is read only after the call, at most 3000 bytes are kept.
 * hp_io_end_paths: with one or two paths (b may be NULL) as the payload; left out after an error that may mean a bad pointer.
 * hp_io_end_open: with a path and the flags of open as the payload.
 * hp_io_end_text: of a call whose result is the length of `text` and so many bytes more.
 * hp_io_end_error: for functions that return an error number instead of setting errno (posix_fallocate).
 * hp_wait_end: of a wait. error: 0, or the errno value of a failed call.
 */
#define HP_CALL_ENDS(X) \
	X(hp_io_end,         (struct hp_call *c, int fd, int64_t result), (c, fd, result)) \
	X(hp_io_end_payload, (struct hp_call *c, int fd, int64_t result, const void *payload, size_t bytes), (c, fd, result, payload, bytes)) \
	X(hp_io_end_paths,   (struct hp_call *c, int fd, int64_t result, const char *a, const char *b), (c, fd, result, a, b)) \
	X(hp_io_end_open,    (struct hp_call *c, int fd, int64_t result, const char *path, int flags), (c, fd, result, path, flags)) \
	X(hp_io_end_text,    (struct hp_call *c, int fd, const char *text, size_t more), (c, fd, text, more)) \
	X(hp_io_end_error,   (struct hp_call *c, int fd, int64_t result, int error), (c, fd, result, error)) \
	X(hp_wait_end,       (struct hp_call *c, int64_t result, int error), (c, result, error))
#define X(name, parameters, arguments) \
	HP_HIDDEN void name##_recorded parameters; \
	HP_INLINE void name parameters { if (c->t) name##_recorded arguments; }
HP_CALL_ENDS(X)
#undef X
/* The error of a call that returns -1 and sets errno: 0 when result >= 0. */
HP_HIDDEN int hp_errno_of(int64_t result);
/* Ends the slot only, without an event. */
HP_HIDDEN void hp_call_clear(struct hp_call *c);
/* The thread ends: a call that is still in progress was abandoned. */
HP_HIDDEN void hp_call_thread_ends(struct hp_thread *t);

/* Character-wise stdio: counted per thread and descriptor, and written as STDIO_COUNT every HP_STDIO_CALLS of them. */
enum { HP_STDIO_CALLS = 4096 };
HP_HIDDEN void hp_stdio_count(struct hp_thread *t, unsigned op, int fd, unsigned bytes);
/* Writes the counts out; called at thread end, process end and when the thread's small table is full. */
HP_HIDDEN void hp_stdio_flush(struct hp_thread *t);
/* Writes what is counted so far: at chunk turns and thread end. May itself turn the chunk. */
HP_HIDDEN void hp_stdio_flush(struct hp_thread *t);

/* Fills *c. caller_word: see preload.h. */
HP_HIDDEN void hp_call_begin_at(struct hp_call *c, unsigned kind, unsigned op, uint64_t object, uint64_t object2, uintptr_t caller_word);

/* hp_call_begin for a call that stays where it is: what most hooks use, as a copy of it costs 5 ns. */
HP_INLINE void hp_call_begin_in(struct hp_call *c, unsigned kind, unsigned op, uint64_t object, uint64_t object2, struct hp_caller caller)
{
	c->t = NULL;
	if (HP_RELAXED(hp_control) & kind)
		hp_call_begin_at(c, kind, op, object, object2, hp_caller_word(&caller));
}

HP_INLINE struct hp_call hp_call_begin(unsigned kind, unsigned op, uint64_t object, uint64_t object2, struct hp_caller caller)
{
	struct hp_call c;
	hp_call_begin_in(&c, kind, op, object, object2, caller);
	return c;
}

#endif
