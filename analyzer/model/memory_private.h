/* memory_private.h - what the files of the memory model keep while events are read. */
#ifndef HP_MODEL_MEMORY_PRIVATE_H
#define HP_MODEL_MEMORY_PRIVATE_H

#include "heap.h"
#include "private.h"

struct mapping { uint64_t lo, hi; };

/* A block that was freed after a fork that it had lived through: the child has it still. */
struct ghost { uint64_t from, until; uint32_t next; };  /* next: an older one at the same address, UINT32_MAX: none */

struct process_memory {
	struct heap heap;
	struct map64 ghost_of;          /* address -> the newest of its ghosts */
	VEC(struct ghost) ghosts;
	VEC(uint64_t) forks;            /* times of its children's forks at the latest, in order */
	size_t   forks_past;            /* how many of them are over */
	uint64_t last_fork_ns;          /* of the last FORK record */
	uint64_t fork_ns;               /* own beginning as a forked child */
	uint32_t parent, same_pid;      /* same_pid: another child of the parent with this pid, UINT32_MAX: none */
	uint8_t  has_parent, has_break, orphan;
	uint8_t  adopted;               /* who forked it has ended and left no recording: `parent` is an older ancestor */
	uint64_t program_break;
	VEC(struct mapping) mappings;   /* made since the start, by address, not overlapping */
};

enum { SWAPS = 32 };
struct swap { uint64_t address, ns; uint32_t process, thread; };

struct memory_private {
	VEC(struct process_memory) processes;
	struct map64 children;          /* (parent, pid) -> process */
	VEC(uint32_t) site_of;          /* by stack node; UINT32_MAX: none yet */
	uint32_t epoch;                 /* peaks so far, wrapping */
	struct swap swaps[SWAPS];       /* blocks that an allocation found still live, lately */
	unsigned swap_next;
	uint64_t swap_until;            /* the time up to which one of them counts */
};

struct memory_private *memory_private(struct model *);
struct process_memory *memory_of(struct model *, uint32_t process);

/* ---- blocks.c ---- */
enum { SWAP_NS = 200 };  /* how far apart two cores' stamps may put a free and the allocation after it */

/* A site, ready to be changed: its share of the last peak is noted. */
struct memory_site *blocks_site(struct model *, uint32_t site);
/* A block that the event's thread got. A live one at that address makes room. */
void blocks_add(struct feed *, uint64_t address, uint64_t size, uint32_t stack_id);
/* The block is gone. */
void blocks_retire(struct feed *, struct process_memory *, struct block *);

/* ---- inherited.c ---- */
/* A block goes at time `now`; it is remembered if forked children have a copy of it. */
void memory_keep_ghost(struct process_memory *, const struct block *, uint64_t now);
/* Whether a forked process got the block from those that it comes from, or may have: their recording is not here. */
int memory_is_inherited(struct model *, uint32_t process, uint64_t address);

#endif
