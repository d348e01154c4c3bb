/*
 * preload.h - the rules of this folder, and the attributes that keep them.
 *
 * Everything here runs inside somebody else's program, at any instruction of it: in a signal handler, under the
 * loader's lock, between fork and exec, on a stack of a few KiB, before relocation and after thread end. So:
 *
 *  - no malloc, no stdio, no lock, no abort, no libc call that may be hooked or may allocate: the kernel is reached
 *    through sys.h, whose functions return -errno; errno is never written;
 *  - no "in hook" flag: a siglongjmp would leave it set. What can be interrupted must be consistent at each store;
 *  - a hook calls its own real function once, with the caller's arguments, and never another one in its place;
 *  - a release is stamped before the real call, an acquisition after it;
 *  - a failure drops the event and counts it. Nothing is ever printed (HP_VERBOSE=1 apart);
 *  - hook frames stay under 256 bytes; thread-local state is one initial-exec pointer.
 */
#ifndef HP_PRELOAD_H
#define HP_PRELOAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define __NO_INLINE__ 1  /* libc's headers are to declare what we hook, not to define it inline */
#include <stddef.h>
#include <stdint.h>
#include "hp_dump.h"

#define HP_EXPORT  __attribute__((visibility("default")))
#define HP_HIDDEN  __attribute__((visibility("hidden")))
#define HP_COLD    __attribute__((cold, noinline))
#define HP_SLOW    __attribute__((noinline))  /* rare, but not so rare as to be compiled for size and put away */
#define HP_INLINE  static inline __attribute__((always_inline))
#define HP_LIKELY(x)   __builtin_expect(!!(x), 1)
#define HP_UNLIKELY(x) __builtin_expect(!!(x), 0)
/* Initial-exec: general-dynamic TLS may call the loader or malloc on first touch. */
#define HP_TLS     __thread __attribute__((tls_model("initial-exec")))
/* Orders stores against a signal handler on the same thread, and against a reader after SIGKILL. */
#define HP_BARRIER() __asm__ volatile("" ::: "memory")
#define HP_STORE(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define HP_LOAD(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define HP_RELAXED(p) __atomic_load_n(p, __ATOMIC_RELAXED)

#ifdef __SANITIZE_THREAD__
#include "arch/visible.h"
#endif
#if defined(__x86_64__)
#include "arch/x86_64.h"
#elif defined(__aarch64__)
#include "arch/aarch64.h"
#else
#error "hp supports x86-64 and aarch64"
#endif

/*
 * Where a hook was called from: the caller's program counter (the return address), its stack pointer right after the
 * return, and its frame pointer. Take it with HP_CALLER() in the hook itself (all of libhp.so keeps frame pointers).
 */
struct hp_caller { uintptr_t pc, sp, fp; };
#define HP_CALLER() ((struct hp_caller){ \
	(uintptr_t)__builtin_return_address(0), \
	HP_FRAME_TOP() + HP_FRAME_TOP_BYTES, \
	*(uintptr_t *)__builtin_frame_address(0) })

/* The same in one register, for as long as the hook's frame is there: the frame itself, or the address of the three words. */
HP_INLINE uintptr_t hp_caller_word(const struct hp_caller *c)
{
	return HP_FRAME_TOP_BYTES ? c->sp - HP_FRAME_TOP_BYTES : (uintptr_t)c;
}

#define HP_CALLER_WORD() hp_caller_word(&HP_CALLER())

HP_INLINE struct hp_caller hp_caller_at(uintptr_t word)
{
	const uintptr_t *f = (const uintptr_t *)word;
	return HP_FRAME_TOP_BYTES ? (struct hp_caller){ f[1], word + HP_FRAME_TOP_BYTES, f[0] } : *(const struct hp_caller *)word;
}

#endif
