/*
 * real.h - the functions behind our hooks: one pointer for each row of hooks.def, typed by the function itself.
 * Resolved once in the constructor by a look-up of our own in the objects after libhp.so (real.c): dlsym would
 * allocate, set the program's dlerror, and choose the wrong version on old systems. Where no library has the function, the
 * hook looks once more at each call, as one may have come since; if there is none it answers with ENOSYS.
 */
#ifndef HP_REAL_H
#define HP_REAL_H

#include "libc_types.h"
#include <link.h>

struct hp_real {
#define HP_HOOK(kind, name) __typeof__(name) *name;
#define HP_HOOK_VERSION(kind, name, member, version) __typeof__(name) *member;
#define HP_HOOK_TAIL(kind, name)
#include "hooks.def"
#undef HP_HOOK
#undef HP_HOOK_VERSION
#undef HP_HOOK_TAIL
};
extern HP_HIDDEN struct hp_real hp_real;

/* The real functions behind the assembler hooks: variables of their own, which assembler can name. */
#define HP_HOOK(kind, name)
#define HP_HOOK_VERSION(kind, name, member, version)
#define HP_HOOK_TAIL(kind, name) extern HP_HIDDEN __typeof__(name) *hp_tail_##name;
#include "hooks.def"
#undef HP_HOOK
#undef HP_HOOK_VERSION
#undef HP_HOOK_TAIL

/* What we call of libc without hooking it. Undefined symbols of ours would tie us to the libc we were built with. */
#define HP_LIBC(X) X(pthread_self) X(pthread_setspecific) X(pthread_key_create) X(on_exit) \
	X(dl_iterate_phdr)
struct hp_libc {
#define X(name) __typeof__(name) *name;
	HP_LIBC(X)
#undef X
};
extern HP_HIDDEN struct hp_libc hp_libc;

/* Fills hp_real. 0, or -1 where the loader's list of objects is not usable yet. */
HP_HIDDEN int hp_real_resolve(void);

#endif
