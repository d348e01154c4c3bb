/* memory_private.h - what memory.c and vm.c keep while events are read. */
#ifndef HP_MODEL_MEMORY_PRIVATE_H
#define HP_MODEL_MEMORY_PRIVATE_H

#include "heap.h"
#include "private.h"

struct mapping { uint64_t lo, hi; };

struct process_memory {
	struct heap heap, ghosts;       /* ghosts: freed since the last fork, but got before it; size: until when */
	VEC(uint64_t) forks;            /* times of its children's forks, in order */
	size_t   forks_past;            /* how many of them are over */
	uint64_t fork_ns;               /* own beginning as a forked child */
	uint32_t parent;
	uint8_t  has_parent, has_break, orphan;
	uint64_t program_break;
	VEC(struct mapping) mappings;   /* made since the start, by address, not overlapping */
};

enum { SWAPS = 32 };
struct swap { uint64_t address, ns; uint32_t process, thread; };

struct memory_private {
	VEC(struct process_memory) processes;
	VEC(uint32_t) site_of;          /* by stack node; UINT32_MAX: none yet */
	uint32_t epoch;                 /* peaks so far, wrapping */
	struct swap swaps[SWAPS];       /* blocks that an allocation found still live, lately */
	unsigned swap_next;
	uint64_t swap_until;            /* the time up to which one of them counts */
};

struct process_memory *memory_of(struct model *, uint32_t process);

#endif
