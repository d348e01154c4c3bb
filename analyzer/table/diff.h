/* diff.h - what changed from one side's runs to the other's (compare.h), and whether it is more than chance (noise.h). */
#ifndef HP_TABLE_DIFF_H
#define HP_TABLE_DIFF_H

#include "table/compare.h"
#include "table/noise.h"

/* OTHER: it differs, but neither way is better. */
enum verdict { VERDICT_SAME, VERDICT_NOISE, VERDICT_WORSE, VERDICT_BETTER, VERDICT_OTHER };

struct change {
	uint32_t      row, figure;
	enum noise    noise;
	enum verdict  verdict;
	struct sample old, new;
	double        score;     /* how much it matters: its share of all that was spent of this, mostly */
};

struct diff {
	const struct compare *compare;
	VEC(struct change) changes;  /* all figures that are not zero on both sides; worse ones first, the largest first */
	size_t        counts[VERDICT_OTHER + 1];
	bool          noise_unknown; /* a side has too few runs to tell chance from change */
	VEC(const char *) notes;     /* what was not compared, and why; of what to beware. In the arena */
	size_t        not_compared;  /* tables left out */
};

/* -1: nothing can be compared; the notes say why. */
int  diff_make(struct diff *, const struct compare *, struct arena *);
void diff_free(struct diff *);

const char *verdict_name(enum verdict);

/*
 * As tables: the sides, what could not be compared, the changes by topic. all: those within the noise, too. sort: a figure's key, by
 * whose change rows are ordered, or NULL. `complete`: rows[] instead, of everything.
 */
struct diff_options { bool all, complete; const char *sort; };
void diff_tables(const struct diff *, struct doc *, const struct diff_options *);
/* Whether any table has such a figure. */
bool diff_has_figure(const struct diff *, const char *key);

#endif
