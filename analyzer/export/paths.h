/*
 * paths.h - the call paths of a reading with all their figures: what exports of totals are made of. A path is a chain of
 * places (addresses with their lines, inlined functions among them) from the outermost to the innermost; what calls main is
 * left out where there is more. Allocations, waits and I/O stand under call stacks, function calls under paths of calls.
 *
 *     struct path_times times = { 0 };
 *     in = export_read(e, metrics_parts(mask), paths_watch(&times));
 *     paths_build(&p, in, &times, mask);
 */
#ifndef HP_EXPORT_PATHS_H
#define HP_EXPORT_PATHS_H

#include "export/metrics.h"
#include "table/view.h"
#include "util/map64.h"
#include "util/vec.h"

enum { PATH_NONE = 0 };  /* the root: no place, no parent */

struct path_function { const char *name, *file; uint32_t module; };  /* file NULL: unknown; module: of the model, or MODULE_NONE */
struct path_line     { uint32_t function, line; };                   /* line 0: unknown */
/* called: a return address, which lies behind the call. Lines: the innermost inlined function first. */
struct path_place    { uint64_t address; uint32_t module, first_line, lines; bool called; };
struct path_node     { uint32_t parent, place, row; };               /* row: index into rows, 0: no figures of its own */
struct path_row      { uint64_t v[METRIC_COUNT]; };

/* Waits and I/O by call stack, noted while events are read. */
struct path_time { uint64_t wait_ns[WAIT_CLASS_COUNT], io_bytes; };
struct path_times {
	VEC(uint32_t)         of_stack;  /* index + 1 into v */
	VEC(struct path_time) v;
	struct model_watch    watch;
};

struct paths {
	const struct view_input  *in;
	uint32_t                  mask;      /* METRIC_BITs that are filled in */
	VEC(struct path_function) functions;
	VEC(struct path_line)     lines;
	VEC(struct path_place)    places;
	VEC(struct path_node)     nodes;     /* [0] the root; a parent's index is less than its children's */
	VEC(struct path_row)      rows;      /* [0] nobody's, all zero */
	VEC(uint32_t)             ranked;    /* nodes with figures, the weightiest first; of several metrics by the greatest share */
	struct path_row           totals;
	struct map64              by_edge, by_place, by_function;
	VEC(uint32_t)             of_stack;  /* private, as is the next: node + 1 of what was looked up */
	VEC(uint32_t)             chain;
};

const struct model_watch *paths_watch(struct path_times *);
/* The model has been read. `times` may be NULL where no metric of the mask needs it. */
void paths_build(struct paths *, const struct view_input *, const struct path_times *, uint32_t mask);
/* Without any figures: for those who ask for stacks one by one. */
void paths_begin(struct paths *, const struct view_input *);
void paths_free(struct paths *);
void path_times_free(struct path_times *);

struct export;
struct sink;
/*
 * A whole file of call paths: reads, and lets `draw` write as many of the ranked ones as there is room for. `use` fills in the
 * data that `draw` gets. 0, or -1: export.h
 */
struct path_drawing {
	uint32_t mask;
	void   (*use)(void *data, struct export *, struct paths *);
	void   (*draw)(void *data, size_t keep, struct sink *);
	void    *data;
};
int paths_write(struct export *, const struct path_drawing *);

/* The node of a stack; PATH_NONE for stack 0. Also for stacks without figures. */
uint32_t paths_of_stack(struct paths *, uint32_t stack);

#endif
