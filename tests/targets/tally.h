/* tally.h - for the targets: a program's own count of what it did. A line is one write(); dprintf would use the heap. */
#ifndef TALLY_H
#define TALLY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void tally(const char *key, long long value)
{
	char line[64];
	int n = snprintf(line, sizeof line, "%s %lld\n", key, value);
	if (write(1, line, (size_t)n) != n)
		_exit(125);
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
