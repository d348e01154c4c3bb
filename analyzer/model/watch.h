/*
 * watch.h - looking on while model_run reads: for those who need what the figures are the sum of, such as each block that
 * came and went. Set model_options.watch; any of the functions may be NULL. They must change nothing of the model.
 */
#ifndef HP_MODEL_WATCH_H
#define HP_MODEL_WATCH_H

#include "waits.h"

struct model;

/* A block that a thread got (got = 1) or gave up. site: index into memory.sites. */
struct watched_block { uint64_t ns, size; uint32_t site, process, thread; int got; };

/* Time that counts as a wait or as I/O, and the bytes that were moved meanwhile. stack: node of stacks.h */
struct watched_time { uint64_t ns, bytes; uint32_t stack; unsigned wait_class; };

struct model_watch {
	void *data;
	/* After the change, with the sums up to date. */
	void (*block)(void *data, const struct model *, const struct watched_block *);
	void (*time)(void *data, const struct watched_time *);
	/* All figures but what is live begin at zero again: the recording was cleared, or the time asked for begins. */
	void (*clear)(void *data, const struct model *, uint64_t ns);
};

#endif
