/*
 * sys.h - the kernel, without libc: raw system calls that return -errno and never touch errno.
 * Every function is async-signal-safe and thread-safe. Pointers that the kernel rejects give -EFAULT, not a signal.
 */
#ifndef HP_SYS_H
#define HP_SYS_H

#include "preload.h"
#include <string.h>
#include <sys/syscall.h>

/* What hp_valgrind asks: whether it is there; more (1) or fewer (-1) reasons not to complain of this thread. */
enum { HP_VALGRIND_THERE = 0x1001, HP_VALGRIND_SILENCE = 0x1801 };

#define hp_sys0(n)                hp_syscall6(n, 0, 0, 0, 0, 0, 0)
#define hp_sys1(n, a)             hp_syscall6(n, (long)(a), 0, 0, 0, 0, 0)
#define hp_sys2(n, a, b)          hp_syscall6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define hp_sys3(n, a, b, c)       hp_syscall6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define hp_sys4(n, a, b, c, d)    hp_syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define hp_sys6(n, a, b, c, d, e, f) hp_syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Anonymous private memory, zeroed, optionally wiped in a forked child. NULL when refused. */
HP_HIDDEN void *hp_sys_anonymous(size_t bytes, int wipe_on_fork);
/* Reads a whole small file into buf, which is NUL-terminated. Bytes read, or -errno. */
HP_HIDDEN long hp_sys_slurp(const char *path, char *buf, size_t size);

/* memcpy and friends of libc are IFUNCs and may be unrelocated; these are ours (mem.c). */
HP_HIDDEN size_t hp_strlen(const char *s);
HP_HIDDEN int hp_streq(const char *a, const char *b);
/* 1 when the first n bytes of s are prefix, n its length. */
HP_HIDDEN int hp_starts(const char *s, const char *prefix);

#endif
