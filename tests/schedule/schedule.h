/*
 * schedule.h - the recorder's real code under schedules made up at random, one for each seed.
 *
 * The code under test is compiled with -fsanitize=thread but linked with accesses.c in place of ThreadSanitizer's library:
 * the compiler calls us before each load and store, plain or atomic. At each of these points another thread may go on, a
 * signal handler may run, or all may be killed. Threads are fibers of one real thread, and nothing else is random: a seed
 * gives the same run each time.
 *
 * Memory: a store waits in a buffer of its thread before the others see it (buffer.h). SCHEDULE_TSO, as x86-64 does it:
 * stores come out in order, atomic read-modify-writes empty the buffer. SCHEDULE_WEAK, as aarch64 may: in any order but for
 * the same address, and release stores come last. What loads reorder is not modelled; ThreadSanitizer sees a missing acquire.
 *
 * The machine can be made to break what the code relies on (schedule_fault): tests show that they would notice. A missing
 * release they hardly do, as stores do not wait for long; ThreadSanitizer does (an idle state taken with relaxed order, say).
 */
#ifndef HP_TESTS_SCHEDULE_H
#define HP_TESTS_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

enum schedule_memory { SCHEDULE_STRONG, SCHEDULE_TSO, SCHEDULE_WEAK, SCHEDULE_MEMORIES };
enum schedule_fault {
	SCHEDULE_SOUND,
	SCHEDULE_SPLIT_ADD,      /* an atomic addition is a load and a store */
	SCHEDULE_SPLIT_SWAP,     /* so are exchange, and compare and exchange */
	SCHEDULE_SPLIT_PAIR,     /* two words stored at once are stored one after the other */
};
enum { SCHEDULE_THREADS_MAX = 8 };

struct schedule {
	uint64_t seed;
	enum schedule_memory memory;
	enum schedule_fault fault;
	unsigned switch_in, handler_in;  /* one point in so many: another thread goes on, a handler runs; 0: never */
	uint64_t kill_at;                /* everything stops at this point; 0: never */
	int unseen;                      /* what waits in buffers then is lost: what a reader of a running process sees */
};

/* ---- one run ---- */
void schedule_begin(struct schedule);
/* One more thread. handler: NULL, or what a signal runs; it comes at any point of `run` and of itself, two deep. */
void schedule_thread(void (*run)(unsigned me), void (*handler)(unsigned me));
/* Thread-local memory: each thread finds its own there. Zeroed. */
void schedule_local(void *at, size_t bytes);
/* Runs the threads. 1: all came to their end, 0: killed. What they stored can be read in memory then. */
int schedule_run(void);
/* 0..n-1, from the seed. */
uint32_t schedule_random(uint32_t n);
unsigned schedule_current(void);
/* After a run: had any thread, or handler that runs, so few points of its own since a handler last interrupted it? */
int schedule_handler_ended(unsigned within);
/* The upper end of the current thread's stack. */
uintptr_t schedule_stack_top(void);
/* The run is wrong: says so with the seed, and ends the process of this run. */
_Noreturn void schedule_fail(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* ---- many runs, each in a process of its own ---- */
/*
 * Calls run(seed, fault) for `count` seeds from 1 on, or for the one in the environment's SEED (SEEDS: another count). The
 * number of the runs that failed, ten at most; each of them prints its seed. With a fault, silently, and one is enough.
 */
unsigned schedule_seeds(void (*run)(uint64_t seed, enum schedule_fault fault), enum schedule_fault fault, unsigned count);

/* ---- for accesses.c: a point, and a store of `bytes` that comes next ---- */
void schedule_point(void);
void schedule_store(void *at, size_t bytes, int release);
/* An atomic read-modify-write comes next. */
void schedule_swap(void *at, size_t bytes, int release);
enum schedule_fault schedule_fault_now(void);

#endif
