/* probe.h - whether memory can be read, asked without touching it. */
#ifndef HP_UNWIND_PROBE_H
#define HP_UNWIND_PROBE_H

#include "sys.h"
#include <errno.h>
#include <linux/futex.h>
#include <time.h>

extern HP_HIDDEN uint8_t hp_sandboxed;  /* state.h: the process may make no system calls any more */

/*
 * 1: the word at this 4-aligned address can be read. One system call that changes nothing: a wait of no time for the word
 * to differ from a value that it hardly has. (A sigprocmask with an invalid operation would do, but valgrind complains of it.)
 */
static inline int hp_probe(uintptr_t at)
{
	static const struct timespec no_time;
	hp_valgrind(HP_VALGRIND_SILENCE, 1);  /* the word need not be initialised */
	long r = hp_sys4(SYS_futex, at, FUTEX_WAIT_PRIVATE, 0x5eed1e55, &no_time);
	hp_valgrind(HP_VALGRIND_SILENCE, (uint64_t)-1);
	return r != -EFAULT;
}

/* The same for what is known to be mapped and all but surely readable: believed where it cannot be asked. */
static inline int hp_readable(uintptr_t at)
{
	return HP_RELAXED(&hp_sandboxed) || hp_probe(at);
}

#endif
