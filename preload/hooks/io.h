/*
 * io.h - what the hooks of I/O, waits and stdio share. The shape of each:
 *
 *     too early?     one raw system call where the function is one (a resolver may need it), else a harmless failure
 *     begin          the call is in progress
 *     real call      once, with the caller's arguments
 *     end            the event; everything behind the caller's pointers is read here, after libc has accepted it
 *
 * Calls on a path without a descriptor of its own count as calls relative to AT_FDCWD.
 */
#ifndef HP_HOOKS_IO_H
#define HP_HOOKS_IO_H

#include "call.h"
#include "real.h"
#include "state.h"
#include "sys.h"

/* libhp.so is not relocated yet: no libc, no thread-local state, no data but our own. */
HP_INLINE int hp_too_early(void)
{
	return HP_UNLIKELY(!hp_ready) && !hp_start_early();
}

/* A raw system call's result as libc's function returns it; errno is out of reach. */
HP_INLINE long hp_early(long result)
{
	return result < 0 ? -1 : result;
}

HP_INLINE void hp_io_begin(struct hp_call *c, unsigned op, int fd, struct hp_caller caller)
{
	hp_call_begin_in(c, HP_IO, op, (unsigned)fd, 0, caller);
}

HP_INLINE void hp_stdio_begin(struct hp_call *c, unsigned op, int fd, struct hp_caller caller)
{
	hp_call_begin_in(c, HP_STDIO, op, (unsigned)fd, 0, caller);
}

/* The descriptor will mean another file, or none: what was counted for it belongs to the present one. */
HP_INLINE void hp_stdio_counted(struct hp_call *c)
{
	if (c->t && c->t != &hp_late)
		hp_stdio_flush(c->t);
}

HP_INLINE void hp_wait_begin(struct hp_call *c, unsigned op, uint64_t object, struct hp_caller caller)
{
	hp_call_begin_in(c, HP_WAIT, op, object, 0, caller);
}

/* The end of a call that made two descriptors. */
HP_INLINE void hp_pair_end(struct hp_call *c, int result, const int pair[2])
{
	hp_io_end_payload(c, -1, result, pair, result < 0 ? 0 : 2 * sizeof(int));
}

/* glibc's _IO_IS_FILEBUF: a stream with a descriptor. The others leave _fileno at 0, or at a negative number. */
enum { HP_STREAM_HAS_FD = 0x2000 };

/* The descriptor of a stream; -1 when there is none (a cookie, a memory stream, no stream). */
HP_INLINE int hp_fileno(const FILE *fp)
{
	return fp && fp->_flags & HP_STREAM_HAS_FD && fp->_fileno >= 0 ? fp->_fileno : -1;
}

#endif
