/*
 * meta.h - metadata: what events refer to. It goes to chunks of its own, so that recycling event chunks never loses it;
 * in a forked child that still writes into its parent's dump it goes into the child's own piece.
 * All functions are async-signal-safe and never fail loudly.
 */
#ifndef HP_META_H
#define HP_META_H

#include "state.h"

/* Room for one metadata record of so many words, its first word OPEN. Finish with hp_commit. Never NULL. */
HP_HIDDEN uint32_t *hp_meta_open(struct hp_thread *t, unsigned kind, unsigned words);

HP_HIDDEN void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags);
HP_HIDDEN void hp_meta_thread(struct hp_thread *t, uint64_t now);
/* A thread got a name (an event, in time). */
HP_HIDDEN void hp_meta_name(struct hp_thread *t, uint64_t pthread, const char *name);
/* The process itself, its strings, the options that were not understood, and the descriptors open now. */
HP_HIDDEN void hp_meta_process(struct hp_thread *t);
HP_HIDDEN void hp_meta_descriptors(struct hp_thread *t);
/* A variable that has no effect, or not the one that was asked for: NAME=value, and why. */
HP_HIDDEN void hp_meta_option(struct hp_thread *t, const char *text, size_t bytes);

struct hp_image;
HP_HIDDEN void hp_meta_module(struct hp_thread *t, uint64_t base, const struct hp_image *image, const char *path);
HP_HIDDEN void hp_meta_module_gone(struct hp_thread *t, uint64_t base);

/* ---- modules.c ---- */
/* Notes every module that is loaded now. Constructor only, and a forked child's new dump: walks the loader's list. */
HP_HIDDEN void hp_modules_start(struct hp_thread *t);
/* Notes the module of this pc, which must be on the calling thread's stack, if it is new. */
HP_HIDDEN void hp_modules_note(struct hp_thread *t, uintptr_t pc);
/* A function of a module that may be new: after dlopen, until the thread knows the module that it runs in. */
HP_HIDDEN HP_COLD void hp_modules_check(struct hp_thread *t, uintptr_t fn);
/* Changes when a module goes: what threads remember of modules is void then. */
extern HP_HIDDEN uint32_t hp_modules_generation;
/* Before dlclose, in its hook: from now on modules are looked at anew. */
HP_HIDDEN void hp_modules_closing(const void *handle);
/* After dlclose, in its hook, if the other was called: notes what is gone. Takes the loader's lock, as dlclose did. t may be NULL. */
HP_HIDDEN void hp_modules_closed(struct hp_thread *t);

#endif
