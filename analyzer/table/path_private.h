/* path_private.h - what the parts of the critical path's document share. */
#ifndef HP_TABLE_PATH_PRIVATE_H
#define HP_TABLE_PATH_PRIVATE_H

#include "graph/path.h"
#include "table/path.h"
#include "table/path_graph.h"

/*
 * What the path has to do with a function. On it: its own work, and calls that it made (those of libc's functions below it are
 * its own); all that with what is below it; all of its work, and the slack of that.
 */
struct path_function { uint64_t run_ns, calls_ns, on_path_ns, total_ns, work_ns, slack_ns; };

struct path_doc {
	const struct view_input *in;
	const struct graph *graph;
	const struct path *path;
	struct path_names names;
	VEC(struct path_function) functions;  /* by index of names.functions */
	VEC(struct path_wait) waits;          /* the longest first */
	uint64_t length;                      /* of the window */
};

/* What was waited for, or done to a file, in a function. others: sockets that this is of, too. */
struct path_wait { uint64_t ns, times; uint32_t kind, act, function, others; };

/* Steps of the chain: segments that are drawn together. */
struct path_step {
	uint64_t start, end;
	uint32_t thread;                /* THREAD_NONE: several */
	uint32_t kind;                  /* enum path_kind; PATH_KIND_COUNT: several */
	const struct path_segment *longest;
	uint64_t segments;
};

/* ---- path_functions.c ---- */
void path_functions_sum(struct path_doc *);
struct table *path_functions(const struct path_doc *);
/* ---- path_waits.c ---- */
/* Sums up what the path's objects amount to, by their names; `together`: sockets are all one. */
void path_waits_sum(struct path_doc *, bool together);
struct table *path_waits(const struct path_doc *);
/* ---- path_chain.c ---- */
struct table *path_chain(struct path_doc *, size_t steps);
/* ---- path_words.c: text only ---- */
struct table *path_words(struct path_doc *);

/* "read /tmp/x in load()"; what: "/tmp/x", or NULL. */
const char *path_call_of(struct path_doc *, const struct act *, const char *what);
/* The same, or of work (ACT_NONE) "compress()". */
const char *path_thing(struct path_doc *, unsigned kind, uint32_t path, uint32_t act);

/* The same of a row of waits. */
const char *path_wait_thing(struct path_doc *, const struct path_wait *);
/* What had not returned at the end; NULL: nothing. */
const char *path_open(struct path_doc *);
/* "NAME()" of a function. */
const char *path_code(const struct view_input *, const char *name);

/* Null for what nothing depends on. */
static inline struct cell path_slack_cell(uint64_t slack)
{
	return slack == PATH_FREE ? CELL_UNKNOWN : cell_int(slack);
}

#endif
