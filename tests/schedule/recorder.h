/*
 * recorder.h - what the scheduled parts of preload/ need around them: a dump in memory, a clock that leaps, and what stands
 * in for the parts that are left out. And hooks, scheduled too, that record as the real ones do.
 */
#ifndef HP_TESTS_RECORDER_H
#define HP_TESTS_RECORDER_H

#include "call.h"
#include "state.h"

struct recorder_how {
	uint32_t chunks, window_chunks;  /* of the file, and of each window of its mapping: a power of two */
	int sandboxed, forked;           /* hp_sandboxed, hp_live->forked */
};

/* A new dump and a new recorder; once in a process. */
void recorder_start(struct recorder_how);
/* A path by which the dump can be opened. */
const char *recorder_dump(void);
/* The current thread's clock: a few ticks more each time it is read; a little later if it is kept from running. */
uint64_t recorder_now(void);
/* The current thread is in no hook, perhaps for a long time. */
void recorder_between_hooks(void);
/* The current thread becomes a new one. */
void recorder_new_thread(void);
/* ... and its destructors run. */
void recorder_end_thread(void);

/* ---- hooks.c ---- */
enum { HOOK_WORDS_LEAST = 8 };
/* A MARK of so many words: its time, number, stamp (2), pthread (2), and then its number multiplied by each word's place. */
void hook_mark(uint32_t number, unsigned words);
/* A call with a slot and an IO event. */
void hook_call(uint64_t object);
/* The id of a node, by any thread. */
uint32_t hook_node(uint32_t parent, uintptr_t pc);

/* ---- hooks_locks.c ---- */
void hook_lock(unsigned mutex);
int hook_trylock(unsigned mutex);  /* 0: it is held */
void hook_unlock(unsigned mutex);

/* ---- the test's: called by the hooks ---- */
/* The record of this number was committed (or written to where the lost ones go). */
void hook_done(uint32_t number, int lost);
/* A mutex that the program would have; 0: it is held. With a point in it. */
int test_lock(unsigned mutex);
void test_unlock(unsigned mutex);
const void *test_mutex(unsigned mutex);

#endif
