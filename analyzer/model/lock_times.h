/*
 * lock_times.h - durations of one lock: as they are while they are few, then as a histogram (hist.h). A program may have a
 * million locks that are taken twice each, and a histogram is a kilobyte. A zeroed one is empty.
 */
#ifndef HP_MODEL_LOCK_TIMES_H
#define HP_MODEL_LOCK_TIMES_H

#include "hist.h"

enum { LOCK_TIMES_FEW = 15 };

struct lock_times {
	struct hist *many;   /* NULL: they are few */
	uint64_t *few;       /* room for LOCK_TIMES_FEW */
	uint32_t n;          /* of the few */
};

void lock_times_add_slow(struct lock_times *, uint64_t ns);

static inline void lock_times_add(struct lock_times *t, uint64_t ns)
{
	if (t->many)
		hist_add(t->many, ns);
	else
		lock_times_add_slow(t, ns);
}

/* One that was added is another one. */
void lock_times_replace(struct lock_times *, uint64_t was, uint64_t is);
uint64_t lock_times_count(const struct lock_times *);
/* As hist_quantile. */
uint64_t lock_times_quantile(const struct lock_times *, double q);
void lock_times_merge(struct lock_times *to, const struct lock_times *from);
void lock_times_free(struct lock_times *);

#endif
