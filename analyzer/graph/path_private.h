/* path_private.h - what the parts of path_new share. */
#ifndef HP_GRAPH_PATH_PRIVATE_H
#define HP_GRAPH_PATH_PRIVATE_H

#include "path.h"

static inline const struct act *path_act(const struct graph *g, uint32_t place)
{
	return &g->model->acts.v.v[g->order[place]];
}

static inline int path_is_lock(const struct act *a)
{
	return a->kind == ACT_ACQUIRE || a->kind == ACT_ACQUIRE_SH;
}

/* Who would have ended what had not returned: a thread that was to be joined, the owner of a lock. THREAD_NONE: not known. */
static inline uint32_t path_awaited(const struct act *a)
{
	if (!(a->flags & ACT_OPEN))
		return THREAD_NONE;
	return a->kind == ACT_JOIN ? a->object : path_is_lock(a) ? a->other : THREAD_NONE;
}

/* ---- path_blame.c ---- */
struct path_blame {
	struct path *p;
	struct map64 objects;
	uint64_t join_ns;                /* segments are joined up to that length */
};
/* Segments come from the end to the beginning. */
void path_blame_add(struct path_blame *, const struct path_segment *);
/* The path went from a waiter to the owner of its lock, who let it go at `end` and had it since `begin`. */
void path_blame_lock(struct path_blame *, uint32_t lock, uint64_t begin, uint64_t end, uint64_t hand_over);
void path_blame_free(struct path_blame *);

/* ---- path_kind.c ---- */
/* enum path_kind of an act's own time. */
unsigned path_kind_of(const struct graph *, const struct act *);

/* ---- path_segments.c ---- */
void path_segments_add(struct path_blame *, const struct path_segment *);

/* ---- path_slack.c, path_parallel.c ---- */
void path_slack(struct path *, uint32_t end_act);
void path_parallel(struct path *);

#endif
