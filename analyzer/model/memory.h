/*
 * memory.h - the heap: contract "Memory". All figures are over all processes of the run; the peak is that of their sum.
 * Sizes are requested sizes. A site is a stack: site.stack; stack 0 collects what had none.
 */
#ifndef HP_MODEL_MEMORY_H
#define HP_MODEL_MEMORY_H

#include "util/vec.h"
#include <stdint.h>

struct memory_site {
	uint32_t stack;
	uint32_t epoch;             /* private: peak_bytes is up to date as of this peak */
	uint64_t calls, bytes;      /* allocations and reallocations here, and their sizes */
	uint64_t live_bytes, live_blocks;  /* now; at the end: leaked, or live of a running process */
	uint64_t peak_bytes, peak_blocks;  /* its share at the moment of the run's peak */
	uint64_t temporary_calls;
};

enum { MEMORY_SIZES = 65 };  /* [0]: size 0; [i]: 2^(i-1) .. 2^i - 1 */

struct memory {
	uint64_t alloc_calls, free_calls, realloc_calls, failed_calls, unknown_frees, inherited_frees;
	uint64_t bytes_allocated;
	uint64_t live_bytes, live_blocks;
	uint64_t peak_bytes, peak_blocks, peak_ns;
	uint64_t leaked_bytes, leaked_blocks;     /* set at the end: live at the last record */
	uint64_t temporary_calls;
	uint64_t clock_swaps;       /* an allocation was stamped before the free that made room for it */
	uint64_t lost_frees;        /* an address was given out again though its block was never freed */
	uint64_t mapped_bytes, mapped_peak_bytes; /* by mmap and brk since the start */
	uint64_t rss_peak_bytes;    /* of the process where it was greatest; 0 unknown */
	uint64_t sampled_calls, sampled_ns;       /* calls with a measured duration */
	struct { uint64_t calls, bytes; } sizes[MEMORY_SIZES];
	VEC(struct memory_site) sites;
	struct memory_private *private;
};

#endif
