/* focus.h - call paths through functions of a name, or in modules of one: a model's options.focus, with the names of symbols. */
#ifndef HP_TABLE_FOCUS_H
#define HP_TABLE_FOCUS_H

#include "table/naming.h"

/* Both are globs, or NULL: any. One frame must be as both say. */
struct focus {
	struct model_focus model;
	struct naming *naming;
	const char *function, *module;
	bool found;                 /* there is such a frame */
};

/* The strings and the naming must outlive it. */
void focus_init(struct focus *, struct naming *, const char *function, const char *module);
/* Of a module: its file's name, that name up to ".so", or its path. */
bool focus_is_module(const char *glob, const char *path);

#endif
