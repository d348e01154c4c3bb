/*
 * resident.h - where a process's resident memory is: what somebody outside saw of its mappings (dump/resident.h), divided by what
 * the heap's model knew at that time. The parts add up to `rss` exactly.
 *
 * Live blocks count with what was asked for, as far as their mapping is resident; slack is what their allocator gave more,
 * estimated from sampled blocks of the same size; what else is resident of an allocator's mapping is free in it, or its own.
 */
#ifndef HP_MODEL_RESIDENT_H
#define HP_MODEL_RESIDENT_H

#include "util/vec.h"
#include <stdint.h>

#define RESIDENT_PARTS(X) \
	X(LIVE,      "live_heap_bytes",    "live heap") \
	X(SLACK,     "slack_bytes",        "allocator slack") \
	X(FREE,      "free_lists_bytes",   "free lists") \
	X(FILES,     "mapped_files_bytes", "mapped files") \
	X(SHARED,    "shared_bytes",       "shared memory") \
	X(ANONYMOUS, "anonymous_bytes",    "anonymous") \
	X(STACKS,    "stacks_bytes",       "stacks") \
	X(KERNEL,    "kernel_bytes",       "kernel") \
	X(RECORDER,  "recorder_bytes",     "recorder")
enum resident_part {
#define X(name, key, text) RESIDENT_##name,
	RESIDENT_PARTS(X)
#undef X
	RESIDENT_PART_COUNT
};

struct resident_look {
	uint64_t ns, rss;           /* rss: of all mappings together */
	uint64_t parts[RESIDENT_PART_COUNT];
	uint64_t live_bytes;        /* of all live blocks, resident or not */
	uint32_t process;           /* index */
	uint32_t dump, sample;      /* private: where the mappings are read from, as is the next */
	uint64_t kib;               /* what the kernel said just before */
};

struct resident {
	VEC(struct resident_look) looks;  /* by time; the parts are known of all */
	uint64_t samples;                 /* in all, most without mappings */
	uint32_t most;                    /* index of the look with the greatest rss, UINT32_MAX: none */
};

struct model;

void resident_begin(struct model *);
/* Before anything at or after `ns` changes the heap. */
void resident_turn(struct model *, uint64_t ns);
void resident_finish(struct model *);
void resident_free(struct resident *);

#endif
