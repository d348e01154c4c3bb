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
	struct heap chains;             /* live blocks that were realloced: size: how often */
	struct map64 ghost_of;          /* address -> the newest of its ghosts */
	VEC(struct ghost) ghosts;
	VEC(uint64_t) forks;            /* times of its children's forks at the latest, in order */
	size_t   forks_past;            /* how many of them are over */
	uint64_t last_fork_ns;          /* when the forks of its FORK records were over */
	uint64_t fork_from, fork_until; /* own fork as a child, at the earliest and at the latest */
	uint32_t parent, same_pid;      /* same_pid: another child of the parent with this pid, UINT32_MAX: none */
	uint64_t ended_ns;              /* its blocks have left when it ended; 0: they have not */
	uint8_t  has_parent, has_break, orphan, revived;
	uint8_t  adopted;               /* who forked it has ended and left no recording: `parent` is an older ancestor */
	uint64_t program_break;
	VEC(struct mapping) mappings;   /* made since the start, by address, not overlapping */
};

enum { SWAPS = 32 };
struct swap { uint64_t address, ns; uint32_t process, thread; };

/*
 * growth.c: a site's live bytes at the end of each of GROWTH_POINTS parts of the time, as far as it was touched in them.
 * moment = part << MOMENT_BITS | peaks so far: one comparison tells whether either has moved on since a site was touched.
 */
enum { GROWTH_POINTS = 32, MOMENT_BITS = 58 };
struct site_series { uint64_t live[GROWTH_POINTS]; };

enum { OWNERS_MAX = 1 << 16, KNOWN_IDS_MAX = 1 << 24 };

struct known_sites { VEC_FIELDS(uint32_t) };  /* by stack id of a scope; UINT32_MAX: look it up */

struct memory_private {
	VEC(struct process_memory) processes;
	struct map64 children;          /* (parent, pid) -> process */
	VEC(uint32_t) site_of;          /* by stack node; UINT32_MAX: none yet */
	VEC(struct known_sites) known;  /* by scope: a short cut past stack nodes */
	size_t   known_ids;             /* all of them together */
	uint64_t moment;
	uint64_t look_ns, look_places;  /* resident.c: when the next look was; places of heaps that were gone through */
	size_t   look;                  /* the next one */
	uint64_t turn_ns;               /* when the timeline's next interval begins */
	uint64_t turn_most, turn_most_blocks;  /* live bytes and blocks, at most, in this interval */
	uint64_t late_ns;               /* when the last 2 % begin */
	unsigned turn;                  /* the timeline's interval */
	VEC(struct site_series) series; /* [0] is not used */
	uint32_t ending;                /* 1 + the process that has ended last, whose blocks are still counted; 0: none */
	uint32_t ended;                 /* processes whose blocks have left */
	struct map64 owner_of;          /* (who got it, who freed it) -> memory.owners */
	struct swap swaps[SWAPS];       /* blocks that an allocation found still live, lately */
	unsigned swap_next;
	uint64_t swap_until;            /* the time up to which one of them counts */
};

static inline struct process_memory *memory_of(struct model *m, uint32_t process)
{
	return &m->memory.private->processes.v[process];
}

/* ---- blocks.c ---- */
enum { SWAP_NS = 200 };  /* how far apart two cores' stamps may put a free and the allocation after it */

/* A block that the event's thread got. A live one at that address makes room. */
void blocks_add(struct feed *, uint64_t address, uint64_t size, uint32_t stack_id);
/* After live bytes have grown: the most of an interval of the timeline, or even of the run. */
void blocks_most(struct feed *);
/* The block is gone. */
void blocks_retire(struct feed *, struct process_memory *, struct block *);

/* ---- growth.c ---- */
/* The time that is reported on begins anew. */
void growth_begin(struct model *, uint64_t from_ns);
/* Before the first event at or after turn_ns changes anything. */
void growth_turn(struct model *, uint64_t ns);
/* Before a site is changed that was touched in another moment. */
void growth_note(struct memory *, struct memory_site *);
/* All sites begin with what they have now. */
void growth_clear(struct memory *);
void growth_finish(struct model *);

/* A site, ready to be changed: its share of the last peak is noted. */
static inline struct memory_site *blocks_site(struct memory *mem, uint32_t site)
{
	struct memory_site *s = &mem->sites.v[site];
	if (s->moment != mem->private->moment)
		growth_note(mem, s);
	return s;
}

/* ---- ended.c ---- */
/* Before a memory event, when a process has ended. */
void ended_check(struct feed *);
/* All that is left counts as live: nobody has freed it. */
void ended_finish(struct memory *);

/* ---- lives.c: with MODEL_BLOCKS ---- */
void lives_clear(struct memory *);
void lives_site(struct memory *, struct memory_site *);  /* a new one */
void lives_got(struct memory *, const struct memory_site *, uint64_t size);
void lives_gone(struct feed *, struct process_memory *, const struct memory_site *, const struct block *);
/* How often a block was realloced. */
uint64_t lives_chain(const struct process_memory *, const struct block *);
/* A block that had been through `chain` reallocs went on as another one, which is there, or at the same address. */
void lives_moved(struct feed *, const struct block *old, uint64_t chain, uint64_t address);
void lives_finish(struct model *);

/* ---- inherited.c ---- */
/* A block goes at time `now`; it is remembered if forked children have a copy of it. */
void memory_keep_ghost(struct process_memory *, const struct block *, uint64_t now);
/* Whether a forked process got the block from those that it comes from, or may have: their recording is not here. */
int memory_is_inherited(struct model *, uint32_t process, uint64_t address);

#endif
