/*
 * slices.h - a stream of events as slices on one track a thread: function calls, and calls that took time (waits, I/O).
 *
 *     struct slices *s = slices_new(in->model, min_ns, &to);
 *     e->stream(e, in, each, ...);            each event: slices_event(s, event)
 *     slices_finish(s); slices_free(s);
 *
 * What comes out is well nested a thread and in the order of its time: begin and end as brackets do, an outer slice before an
 * inner one that begins at the same ns. Slices shorter than min_ns do not come; what is around one that comes is longer.
 * Calls that are open at the end, or were cut, end there. Memory: open calls, and some calls a thread that are still waiting to
 * be known as inner ones. The model's own time window must be off (slices_window): it would hide the entries before it.
 */
#ifndef HP_EXPORT_SLICES_H
#define HP_EXPORT_SLICES_H

#include "model/model.h"

struct slice {
	uint64_t start_ns, end_ns;       /* end: not known when a call of a function begins */
	struct stack_place function;     /* of function calls */
	const char *name;                /* of others: "read"; NULL: a function call */
	unsigned kind;                   /* HP_* bit */
	uint32_t stack;
	uint64_t object, size;
	int32_t  fd;
	int      error;
	uint8_t  has_object, has_size, has_fd;
};

struct slices_to {
	void *data;
	void (*begin)(void *data, uint32_t thread, const struct slice *);
	void (*end)(void *data, uint32_t thread, uint64_t ns);
	/* Instead of both, if set: each slice when it has ended, in any order. For those who count. */
	void (*whole)(void *data, uint32_t thread, const struct slice *);
};

struct slices;

/* Takes the window over from a model's options, for slices_new. To be called before anything is streamed. */
struct slices_window { uint64_t from_ns, to_ns; };
struct slices_window slices_window(struct model *);

struct slices *slices_new(struct slices_window, uint64_t min_ns, const struct slices_to *);
void slices_event(struct slices *, const struct model_event *);
/* Ends what is open. */
void slices_finish(struct slices *);
/* How many were too short. */
uint64_t slices_dropped(const struct slices *);
void slices_free(struct slices *);

#endif
