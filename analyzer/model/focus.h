/*
 * focus.h - options.focus: only what is done on call paths through some functions is counted, in any part of the model. Events
 * that carry no path go with what they belong to: a free with its block, a release with its acquisition. Function calls have
 * options.filter for that.
 *
 * What each stack says is worked out before events are read; threads may ask then. Call sites, which become stacks while
 * events are read, are for the time pass alone.
 */
#ifndef HP_MODEL_FOCUS_H
#define HP_MODEL_FOCUS_H

#include "private.h"

/* Before the first event. */
void focus_begin(struct model *);
void focus_free(struct model_private *);

/* Sets count and time of an event of the time pass, or of model_events. tracked: blocks are known, frees go with them. */
void focus_event(struct feed *, int tracked);

/* Whether the path goes through one of the functions; 1 without a focus. */
static inline int focus_has(const struct model *m, uint32_t stack)
{
	const struct model_private *p = m->private;
	return !p->focus || (stack < p->focus_count && p->focus[stack]);
}

#endif
