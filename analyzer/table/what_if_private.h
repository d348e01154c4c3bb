/* what_if_private.h - what the parts of the what-if share. */
#ifndef HP_TABLE_WHAT_IF_PRIVATE_H
#define HP_TABLE_WHAT_IF_PRIVATE_H

#include "graph/replay.h"
#include "table/what_if.h"
#include "util/map64.h"

struct what_if {
	const struct view_input *in;
	struct graph *graph;
	struct tape *tape;
	struct map64 name_numbers;        /* by hash */
	VEC(const char *) names;          /* [0]: none */
	VEC(uint8_t) own;                 /* by name: 1 if it is the user's own code */
	VEC(uint32_t) frames;             /* index of names */
	uint32_t *first_frame;            /* by path, and one more: of the function that it ends in, after those that are inlined there */
	double *cpu_share;                /* by thread; NULL: no thread's is known */
	double cpus_used;                 /* CPU time by that of the run */
	double actual, baseline, arrivals;  /* arrivals: the baseline of that policy */
	int has_arrivals;                 /* 0: it is too far off to be used */
	uint64_t forced;
};

struct answer {
	const char *expr;
	struct plan plan;
	double saved[2];                  /* in the recorded order, in that of arrival */
	double half;                      /* saved by half of it */
	double low, high, knee;
	uint8_t has_arrivals, has_half, has_knee, has_high, assumes;  /* assumes: `low` is of the case that the change does not help at all */
	const char *refused;
};

enum { REFUSED_PERCENT = 10, MARKED_PERCENT = 2 };

static inline double percent_off(double a, double of)
{
	return of > 0 ? 100 * (a - of) / of : 0;
}

/* ---- what_if_names.c ---- */
void what_if_names(struct what_if *);
/* The function that a path ends in, index of names; 0: unknown. */
static inline uint32_t what_if_function(const struct what_if *w, uint32_t path)
{
	return w->first_frame[path] < w->first_frame[path + 1] ? w->frames.v[w->first_frame[path + 1] - 1] : 0;
}

/* ---- what_if_find.c ---- */
/* Adds the question's term. 0, or -1 with *error filled: there is nothing of that name. */
int what_if_find(struct what_if *, const struct what_if_question *, struct plan *, struct expr_error *);
const char *what_if_class_name(const struct what_if *, const struct tape_class *);

/* ---- what_if_answer.c ---- */
void what_if_baselines(struct what_if *);
/* Of n answers, how many may have the order of arrival, and a knee: as many as take some seconds. */
size_t what_if_most(const struct what_if *, size_t n);
/* What the plan saves, with its range. `most`: how many answers may have the order of arrival; all of them the recorded one. */
void what_if_answers(struct what_if *, struct answer *, size_t n, size_t most);
/* With everything of it removed, how far that has to go. */
void what_if_knee(struct what_if *, struct answer *);
double what_if_saved(const struct what_if *, const struct answer *);

/* ---- what_if_table.c ---- */
void what_if_tables(struct what_if *, const struct answer *, size_t n, bool ranking, struct doc *);

#endif
