/*
 * view.h - a view turns a model into the tables of one topic. Each is one file with a const struct at its end, and one row
 * in view.c, in the order of the report.
 */
#ifndef HP_TABLE_VIEW_H
#define HP_TABLE_VIEW_H

#include "table/naming.h"
#include "table/table.h"
#include "util/arena.h"

struct suppressions;
struct functions_options;

struct view_input {
	const struct model *model;   /* model_run is over */
	struct naming      *naming;
	struct arena       *arena;   /* the document's */
	const char         *dumps;   /* what the user typed to name them, for advice */
	const struct suppressions *suppressions;
	bool                no_cmdline;
	const struct functions_options *functions;  /* functions.h; NULL: as usual */
};

struct view {
	const char *name;            /* the word of --view; NULL: part of every report */
	unsigned    parts;           /* MODEL_*: what of the model it reads */
	void      (*add)(const struct view_input *, struct doc *);
};

/* Ends with NULL. The summary stands in front for readers; in JSON the order means nothing. */
extern const struct view *const views[];
/* NULL: there is none of that name. */
const struct view *view_find(const char *name);

/* A string in the document's arena. */
const char *view_text(const struct view_input *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "1 call", "1,234 calls" */
const char *view_count(const struct view_input *, uint64_t count, const char *noun);

/* In whole percent, rounded; of damaged figures, where the part is more than the whole, a bounded one. */
unsigned view_percent(uint64_t part, uint64_t whole);

/* " in FUNCTION (FILE:LINE)" of the innermost frame that is the user's own; "" if it is not known. For sentences. */
const char *view_in(const struct view_input *, uint32_t stack);

/* Null when nothing was measured. */
struct cell view_quantile(const struct hist *, double q);
struct cell view_least(const struct hist *);
struct cell view_most(const struct hist *);

/* Whether the report is on this thread's events, too: --thread may have chosen another one. */
bool view_has_thread(const struct model *, const struct thread *);

/* How much of its life lies in the time that is reported on. */
uint64_t view_life(const struct model *, const struct thread *);

/* The last part of a path. */
const char *view_base_name(const char *path);

/* What fork, kill or exit made of a process, for people: "exited with status 3". */
const char *view_end(const struct view_input *, const struct process *);

#endif
