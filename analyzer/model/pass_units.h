/* pass_units.h - what the thread pass has to do: whole threads, the largest first, so that no worker is left with one at the end. */
#ifndef HP_MODEL_PASS_UNITS_H
#define HP_MODEL_PASS_UNITS_H

#include "model.h"

/* A piece of a thread: most have one; a forked child that went on in a dump of its own has two. */
struct piece { uint32_t thread; uint64_t from_ns, bytes; struct dump *dump; struct dump_thread *of; };

/* Pieces of one thread, which one worker goes over. */
struct unit { uint32_t first, count; uint64_t bytes; };

struct pass_units {
	VEC(struct piece) pieces;        /* by thread and time */
	VEC(struct unit) units;          /* the largest first */
	uint64_t bytes;
};

/* Whether the report is on this thread's events, too. */
int pass_units_chosen(const struct model *, const struct dump_thread *);
void pass_units_list(const struct model *, struct pass_units *);
void pass_units_free(struct pass_units *);

#endif
