/*
 * what_if.h - what a run would have taken if something in it were different: questions as users ask them, and the answers that a
 * replay of the run gives (graph/replay.h; docs/what-if.md).
 *
 *     function:NAME=F     its own work             lock:NAME.hold=F          all that is done while it is held
 *     path:A;B=F          all below that call path  lock:NAME.contention=0    nobody waits for it
 *     io:PATH=F           calls on a file           lock:NAME.split=K         K locks instead of one
 *     io:PATH:OP=F        one kind of them          lock:NAME.rw=1            readers beside each other
 *     sleep:NAME=F        sleeps below a function   cpus=N                    so many processors
 *
 * F is a factor: 0 removes it, 0.5 halves it, 2 doubles it. Names may stand in double quotes, and are globs.
 */
#ifndef HP_TABLE_WHAT_IF_H
#define HP_TABLE_WHAT_IF_H

#include "table/expr.h"
#include "table/view.h"

enum what_if_kind { ASK_FUNCTION, ASK_PATH, ASK_HOLD, ASK_CONTENTION, ASK_SPLIT, ASK_RW, ASK_IO, ASK_SLEEP, ASK_CPUS };

struct what_if_question {
	const char *text;              /* as it was given */
	enum what_if_kind kind;
	const char *name;              /* without quotes; NULL: none */
	const char *op;                /* ASK_IO: NULL: all */
	double factor;
	uint32_t parts;                /* split, cpus */
	size_t name_at, name_end, op_at, value_at;
};

/* Whether a word is meant as a question, not as the name of a dump. */
bool what_if_is_question(const char *word);
/* 0, or -1 with *error filled. What it makes lives in the arena. */
int what_if_parse(struct what_if_question *, struct arena *, const char *text, struct expr_error *error);

struct what_if;

/* Of a model that has run as a whole with PATH_GRAPH_PARTS (path_graph.h). NULL: there is nothing to be replayed. One a model. */
/* from_ns, to_ns: the time that is replayed; to_ns 0: up to the end. */
struct what_if *what_if_new(const struct view_input *, uint64_t from_ns, uint64_t to_ns);
void what_if_free(struct what_if *);

enum { WHAT_IF_MOST = 60 };  /* questions at a time */

/*
 * The answer to all questions together, and to each alone. -1: something that is asked about does not occur; then *error says so of
 * the question *wrong.
 */
int what_if_ask(struct what_if *, const struct what_if_question *, size_t n, struct doc *, struct expr_error *error, size_t *wrong);
/* What would save most. all: what saves less than a thousandth of the run, too. */
void what_if_rank(struct what_if *, bool all, struct doc *);

#endif
