/*
 * memory.h - the heap: contract "Memory". All figures are over all processes of the run; the peak is that of their sum, and
 * the shares of it add up to it exactly, for any set of sites: below a call path, of a function, of a module.
 * Sizes are requested sizes. A site is a stack: site.stack; stack 0 collects what had none.
 */
#ifndef HP_MODEL_MEMORY_H
#define HP_MODEL_MEMORY_H

#include "alloc_cost.h"
#include "coarse.h"
#include "resident.h"
#include "timeline.h"
#include "util/vec.h"
#include <stdint.h>

struct memory_site {
	uint32_t stack;
	uint32_t series;            /* private, as is the next: index into what growth.c keeps, 0: nothing */
	uint64_t moment;            /* the peak and the part of the run as of which its figures were noted */
	uint64_t live_bytes, live_blocks;  /* now; at the end: never freed, whether suppressed or not */
	uint64_t calls, bytes;      /* allocations and reallocations here, and their sizes */
	uint64_t own_peak_bytes, own_peak_ns;  /* its own peak, and when */

	uint64_t peak_bytes, peak_blocks;  /* its share at the moment of the run's peak */
	uint64_t temporary_calls, temporary_bytes;
	uint64_t left_bytes, left_blocks;  /* private: of processes that have ended */
	uint64_t late_bytes, late_blocks;  /* lived through the run and were freed in its last 2 % only */

	/* known at the end */
	uint64_t leaked_bytes, leaked_blocks;          /* what is live without what is suppressed; of a running process: live */
	uint64_t suppressed_bytes, suppressed_blocks;
	uint64_t growth;            /* bytes a second that it grew by in the second half of the time; 0 unless `grows` */
	uint8_t  grows;             /* it grew on and on, to the end */

	uint32_t blocks;            /* with MODEL_BLOCKS: index into memory.blocks, else 0 */
};

enum { MEMORY_SIZES = 65 };  /* [0]: size 0; [i]: 2^(i-1) .. 2^i - 1 */

/*
 * With MODEL_BLOCKS: what is known of a site's blocks one by one. Lifetimes are those of blocks that are gone, from the call
 * that got them to the one that gave them up; a realloc gives one up and gets another.
 */
struct site_blocks {
	uint64_t freed;             /* how many are gone; life_*: their lifetimes */
	uint64_t life_ns, life_min_ns, life_max_ns;
	double   byte_ns;           /* sizes times lifetimes, of those that are live at the end, too */
	uint64_t short_calls, short_bytes;  /* gone within options.short_ns */
	uint64_t passed_calls, passed_bytes;     /* freed by another thread than the one that got them */
	uint64_t reallocs, moved, copied_bytes;  /* blocks that went on here; that got another address; what had to be copied */
	uint64_t longest_chain;     /* most reallocs that a block had been through, this one included */
	struct coarse lives;
	struct coarse_sizes sizes;
};

/* Blocks of one thread that another one, or itself, gave up. */
struct memory_owner { uint32_t got_by, freed_by; uint64_t blocks, bytes; };  /* threads; THREAD_NONE: nobody did */

struct memory {
	uint64_t alloc_calls, free_calls, realloc_calls, failed_calls, unknown_frees, inherited_frees;
	uint64_t bytes_allocated;
	uint64_t live_bytes, live_blocks;
	uint64_t peak_bytes, peak_blocks, peak_ns;
	uint64_t leaked_bytes, leaked_blocks;     /* set at the end: live at the last record, without the suppressed */
	uint64_t suppressed_bytes, suppressed_blocks;
	uint64_t late_bytes, late_blocks;
	uint64_t temporary_calls, temporary_bytes;
	uint64_t clock_swaps;       /* an allocation was stamped before the free that made room for it */
	uint64_t lost_frees;        /* an address was given out again though its block was never freed */
	uint64_t mapped_bytes, mapped_peak_bytes; /* by mmap and brk since the start */
	uint64_t rss_peak_bytes;    /* of the process where it was greatest; 0 unknown */
	struct { uint64_t calls, bytes; } sizes[MEMORY_SIZES];
	struct timeline timeline;
	struct alloc_cost cost;     /* of the allocator itself */
	struct resident resident;   /* with samples from outside: where the processes' memory is */
	VEC(struct memory_site) sites;
	VEC(struct site_blocks) blocks;     /* [0]: of all sites together, known at the end */
	VEC(struct memory_owner) owners;    /* with MODEL_BLOCKS; [0]: pairs of threads beyond the first OWNERS_MAX */
	struct coarse_pool coarse;          /* of `blocks` */
	struct memory_private *private;
};

struct model;

/* After model_run: what is live at the sites that are marked, by index, counts as suppressed, no longer as leaked. */
void memory_suppress(struct model *, const uint8_t *marked);

#endif
