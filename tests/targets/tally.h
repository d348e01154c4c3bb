/* tally.h - for the targets: a program's own count of what it did, printed without the heap and without stdio. */
#ifndef TALLY_H
#define TALLY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void tally(const char *key, long long value)
{
	dprintf(1, "%s %lld\n", key, value);
}

/* The argument at `index`, or `otherwise` without one. */
static inline long number_at(int argc, char **argv, int index, long otherwise)
{
	return index < argc ? atol(argv[index]) : otherwise;
}

static inline const char *word_at(int argc, char **argv, int index, const char *otherwise)
{
	return index < argc ? argv[index] : otherwise;
}

static inline int is(const char *word, const char *name) { return !strcmp(word, name); }

#endif
