/*
 * call.h - calls with a duration: what an I/O or waiting hook does before and after its real call.
 *
 *     ssize_t read(int fd, void *buf, size_t n)
 *     {
 *             if (HP_UNLIKELY(!hp_ready)) return hp_early_read(fd, buf, n);
 *             struct hp_call c = hp_call_begin(HP_IO, HP_OP_READ, (unsigned)fd, 0, HP_CALLER());
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
	uint32_t stack;
	uint16_t op;
	uint16_t nested;         /* interrupted another call in progress: restore it */
	uint64_t outer_sp;
	uint32_t outer_op, outer_stack;
	uint64_t outer_object, outer_object2, outer_start;
};

/* kind: HP_IO, HP_STDIO, HP_WAIT, HP_LOCK, HP_THREAD. object: as hp_ops.def says, the descriptor for I/O. */
HP_HIDDEN struct hp_call hp_call_begin(unsigned kind, unsigned op, uint64_t object, uint64_t object2, struct hp_caller caller);

/* Ends an I/O call. result < 0: failed, with errno. */
HP_HIDDEN void hp_io_end(struct hp_call *c, int fd, int64_t result);
/* The same with a payload (see the classes in hp_dump.h); payload is read only after the call, at most 3000 bytes are kept. */
HP_HIDDEN void hp_io_end_payload(struct hp_call *c, int fd, int64_t result, const void *payload, size_t bytes);
/* For functions that return an error number instead of setting errno (posix_fallocate). */
HP_HIDDEN void hp_io_end_error(struct hp_call *c, int fd, int64_t result, int error);
/* Ends a wait. error: 0, or the errno value of a failed call. */
HP_HIDDEN void hp_wait_end(struct hp_call *c, int64_t result, int error);
/* The error of a call that returns -1 and sets errno: 0 when result >= 0. */
HP_HIDDEN int hp_errno_of(int64_t result);
/* Ends the slot only, without an event. */
HP_HIDDEN void hp_call_clear(struct hp_call *c);

/* Character-wise stdio: counted per thread and descriptor, written as STDIO_COUNT at chunk turns and thread end. */
HP_HIDDEN void hp_stdio_count(struct hp_thread *t, unsigned op, int fd, unsigned bytes);

#endif
