#include "util/similar.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters are to be changed, left out or put in, two neighbours in the wrong order being one; SIZE_MAX for long words. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[3][LONGEST + 1], *before = row[0], *above = row[1], *now = row[2];

	if (n > LONGEST || m > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		above[j] = j;
	memset(before, 0, sizeof(row[0]));
	for (size_t i = 1; i <= n; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(least(above[j], now[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		before = above;
		above = now;
		now = spare;
	}
	return above[m];
}

/* A word that is much different was not meant. */
static size_t most_distance(const char *typed)
{
	return strlen(typed) / 3 + 1;
}

struct similar similar_begin(const char *typed)
{
	return (struct similar){ .typed = typed, .distance = most_distance(typed) + 1 };
}

void similar_offer(struct similar *s, const char *word)
{
	size_t d = distance(s->typed, word);

	/* "calls" for "alloc_calls", "peak" for "peak_bytes" */
	if (d >= s->distance && strlen(s->typed) > 2 && strstr(word, s->typed))
		d = most_distance(s->typed);
	if (d >= s->distance)
		return;
	s->distance = d;
	s->word = word;
}

const char *similar_word(const char *words, const char *typed)
{
	static char found[LONGEST + 1];
	char word[LONGEST + 1];
	struct similar best = similar_begin(typed);

	for (size_t n; *words; words += n + (words[n] == ' ')) {
		size_t before = best.distance;

		n = strcspn(words, " ");
		if (!n || n > LONGEST)
			continue;
		memcpy(word, words, n);
		word[n] = '\0';
		similar_offer(&best, word);
		if (best.distance < before)
			memcpy(found, word, n + 1);
	}
	return best.word ? found : NULL;
}
