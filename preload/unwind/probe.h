/* probe.h - whether memory can be read, asked without touching it. */
#ifndef HP_UNWIND_PROBE_H
#define HP_UNWIND_PROBE_H

#include "sys.h"
#include <errno.h>

extern HP_HIDDEN uint8_t hp_sandboxed;  /* state.h: the process may make no system calls any more */

/* 1: the word at this address can be read. One system call that changes nothing: it fails on the operation, or before. */
static inline int hp_probe(uintptr_t at)
{
	return hp_sys4(SYS_rt_sigprocmask, -1, at, 0, 8) != -EFAULT;
}

/* The same for what is known to be mapped and all but surely readable: believed where it cannot be asked. */
static inline int hp_readable(uintptr_t at)
{
	return HP_RELAXED(&hp_sandboxed) || hp_probe(at);
}

#endif
