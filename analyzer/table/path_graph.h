/* path_graph.h - the graph of a run (graph/graph.h) with names: what the critical path and the what-if are drawn with. */
#ifndef HP_TABLE_PATH_GRAPH_H
#define HP_TABLE_PATH_GRAPH_H

#include "graph/graph.h"
#include "table/view.h"

/* What is to be read for it. */
enum { PATH_GRAPH_PARTS = MODEL_ACTS | MODEL_GRAPH | MODEL_LOCKS | MODEL_WAITS | MODEL_IO | MODEL_FUNCTIONS | MODEL_BETWEEN };

/* Of a model that has run as a whole: without a window, a thread or a focus. The caller's. */
struct graph *path_graph(const struct view_input *);

/* The functions of a graph's paths: those of one name in one module are one. */
struct path_names {
	const struct view_input *in;
	const struct graph *g;
	VEC(struct function_name) functions;
	struct map64 by_name;
	uint32_t *of_path;       /* by path: 1 + index, 0: not looked up */
	const struct names **stacks;  /* by path: NULL: not put together yet */
};
void path_names_init(struct path_names *, const struct view_input *, const struct graph *);
void path_names_free(struct path_names *);

/* The function that a path ends in: index into functions. Of path 0 one that is called "unknown code". */
uint32_t path_function(struct path_names *, uint32_t path);
const char *path_function_name(struct path_names *, uint32_t path);
/* The innermost function of it that is the user's own; the innermost one if there is none. */
uint32_t path_own_function(struct path_names *, uint32_t path);
/* The names of all functions of it, innermost first; in the document's arena. */
const struct names *path_stack(struct path_names *, uint32_t path);

/* A hash of a text, going on from another one's; of the first one 0. */
uint64_t path_hash(uint64_t hash, const char *text);

/* What an act is about, for people: a lock's name, a file's path, "child process". */
const char *path_what(const struct view_input *, const struct act *);
/* What was done to it: "read", "fsync", "lock", "join", ... */
const char *path_call(const struct act *);
/* "name (tid)", "thread TID" */
const char *path_thread_name(const struct view_input *, uint32_t thread);

#endif
