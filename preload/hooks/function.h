/*
 * function.h - the shadow stack of an instrumented program: which calls are open, and at which stack pointer each was
 * entered. It tells when frames have gone without an exit (longjmp, exceptions under clang, pthread_exit).
 */
#ifndef HP_HOOKS_FUNCTION_H
#define HP_HOOKS_FUNCTION_H

#include "thread.h"

/* site: where the function returns to; calls that the compiler inlined share sp and site with the call around them. */
struct hp_fn_frame { uintptr_t fn, sp, site; };

/* A thread begins, or a forked child: no open calls. */
HP_HIDDEN void hp_function_reset(struct hp_thread *t);

#endif
