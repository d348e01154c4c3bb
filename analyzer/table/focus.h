/* focus.h - call paths through functions of a name, or in modules of one: a model's options.focus, with the names of symbols. */
#ifndef HP_TABLE_FOCUS_H
#define HP_TABLE_FOCUS_H

#include "table/filter.h"
#include "table/naming.h"

/* Both are globs, or NULL: any. One frame must be as both say. */
struct focus {
	struct model_focus model;
	struct naming *naming;
	const char *function, *module;
	bool found;                 /* there is such a frame */
	struct filter calls;        /* what options.filter has to be: the same of function calls */
	const char *filter;         /* its text */
};

/* filter: of function calls, NULL or what the user has asked for besides. The strings and the naming must outlive it. */
void focus_init(struct focus *, struct naming *, const char *function, const char *module, const char *filter);
/* Of a module: its file's name, that name up to ".so", or its path. */
bool focus_is_module(const char *glob, const char *path);

#endif
