/* similar.h - the word that somebody meant who typed another: "did you mean". */
#ifndef HP_UTIL_SIMILAR_H
#define HP_UTIL_SIMILAR_H

#include <stddef.h>

/* The best of the words that were offered; `word` NULL: none is like it. Words are borrowed. */
struct similar { const char *typed, *word; size_t distance; };

struct similar similar_begin(const char *typed);
void similar_offer(struct similar *, const char *word);

/* The best of words with blanks between them; good until the next call. NULL: none is like it. */
const char *similar_word(const char *words, const char *typed);

#endif
