/* worst.h - the call path that a figure mostly comes from: what somebody wants to know whose check failed. */
#ifndef HP_TABLE_WORST_H
#define HP_TABLE_WORST_H

#include "table/lookup.h"
#include "table/view.h"
#include "util/vec.h"

/* A stack for worst_stacks; 0: there is none to tell. `cell`, `column`: what of the figure comes from there; null: not known, as the path's figure is another. */
struct worst { uint64_t stack; struct cell cell; const struct column *column; };

/* The heaviest path of these findings, with the figure on it. `doc` has all views of `in`. */
struct worst worst_path(const struct view_input *in, const struct doc *doc, const struct findings *found, const char *key);

/* The same of a row of functions[] (worst_calls.c). */
void worst_call(struct worst *, const struct view_input *in, const struct finding *);

/* Stacks of the model, and of its call tree. One in a document; frames are good until the next call. */
struct worst_stacks {
	const struct view_input *in;
	struct stack_source      plain;
	struct { VEC_FIELDS(struct frame) } frames;
};
struct stack_source worst_stacks(struct worst_stacks *, const struct view_input *in, struct stack_source plain);
void worst_stacks_free(struct worst_stacks *);

#endif
