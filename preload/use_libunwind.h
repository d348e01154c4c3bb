/*
 * use_libunwind.h - the other unwinder: HP_STACK=libunwind takes all stacks by it, HP_STACK=check compares ours with its.
 *
 * libunwind.so.8 is loaded by the constructor, for us alone: a dependency would put its _Unwind_* and backtrace in front of
 * the program's own. Its calls of hooked functions are bound to the real ones, so that it records nothing and does not
 * come back to us; it gets modules from _dl_find_object in place of the loader's lock, and asks whether memory can be
 * read without a pipe of its own (the program may close that, and get its number for a file).
 *
 * It takes locks, masks signals, and needs some KiB of stack: in a sandbox, in a child forked by one of several
 * threads, and after a thread's end stacks are taken our way.
 */
#ifndef HP_USE_LIBUNWIND_H
#define HP_USE_LIBUNWIND_H

#include "stack.h"

/* Loads it and puts it to use. Constructor only, after hp_stack_init. 0, or -1: stacks are taken our way. */
HP_HIDDEN int hp_libunwind_start(enum hp_stack_mode mode);
/* The id of the stack from the caller on, which is one of ours if the stacks are equal. 0: not to be had. */
HP_HIDDEN uint32_t hp_libunwind_id(struct hp_thread *t, struct hp_caller caller);
/* HP_STACK=check: our id; what libunwind finds is compared with it (stack_check.c). */
HP_HIDDEN uint32_t hp_stack_check(struct hp_thread *t, struct hp_caller caller);

#endif
