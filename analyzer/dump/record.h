/*
 * record.h - walking over records. The only place where a record's length is judged: what dump_walk_next returns lies wholly
 * inside its span and has at least the words that hp_records.def promises, so that any field of its struct may be read.
 * Payloads of variable records go through dump_payload.
 */
#ifndef HP_DUMP_RECORD_H
#define HP_DUMP_RECORD_H

#include <stddef.h>
#include "hp_dump.h"

/* Words by kind, of variable kinds (from 0x80 on) the least; 0: no such kind. */
extern const uint8_t dump_record_words[256];
/*
 * Which word is the event's t32, by kind; 0: the record has no short time, or one that says nothing: CPU is read when a
 * chunk is turned, between the stamp of an event and its record. A new kind of event needs its row.
 */
extern const uint8_t dump_time_word[256];

/* Kinds with a t24 in their first word; dump/near.h turns them into the kind that they stand for. */
static inline int dump_is_near(unsigned kind)
{
	return kind == HP_R_ALLOC_NEAR || kind == HP_R_FREE_NEAR0 || kind == HP_R_FREE_NEAR1 || kind == HP_R_UNLOCK_LAST || kind == HP_R_LOCK_AGAIN || kind == HP_R_IO_NEAR;
}

/* What a function record counts as, beside the kinds of hp_records.def (which are even). */
enum { DUMP_FN_EXIT = 1, DUMP_FN_ENTER = 3 };

/* A stretch of words in private memory: a segment, a piece, or a chunk's records. */
struct dump_walk {
	const uint32_t *at, *end;
	const char *fault;       /* why the walk stopped early, NULL: it did not */
	uint32_t torn;           /* OPEN records stepped over */
};

struct dump_record {
	const uint32_t *w;       /* first word */
	unsigned kind;           /* HP_R_*, DUMP_FN_EXIT or DUMP_FN_ENTER */
	unsigned words;
};

/*
 * > 0: *r is the next record. 0: the end, or damage (fault set): the rest of the span cannot be trusted. Zero words, OPEN
 * records and unknown variable kinds are stepped over.
 */
static inline int dump_walk_next(struct dump_walk *, struct dump_record *);

/* Everything but whole records of known kinds: < 0 damage or end, 0 stepped over something, try again. */
int dump_walk_odd(struct dump_walk *);

/* The bytes behind a record's fixed part: as many as `claimed`, but never beyond the record. */
static inline const char *dump_payload(const struct dump_record *r, uint32_t fixed_words, uint32_t claimed, uint32_t *bytes)
{
	uint32_t room = (r->words - fixed_words) * 4;
	*bytes = claimed < room ? claimed : room;
	return (const char *)(r->w + fixed_words);
}

static inline int dump_walk_next(struct dump_walk *k, struct dump_record *r)
{
	while (k->at < k->end) {
		uint32_t w = *k->at;
		size_t left = (size_t)(k->end - k->at);
		if (w & 1) {
			r->kind = w & 3;
			r->words = 1 + (r->kind == DUMP_FN_ENTER);
		} else {
			r->kind = hp_word_kind(w);
			r->words = r->kind < 0x80 ? dump_record_words[r->kind] : hp_word_arg(w);
			if (r->kind <= HP_R_OPEN || !dump_record_words[r->kind] || r->words < dump_record_words[r->kind])
				r->words = 0;
		}
		if (r->words && r->words <= left) {
			r->w = k->at;
			k->at += r->words;
			return 1;
		}
		if (dump_walk_odd(k) < 0)
			return 0;
	}
	return 0;
}

#endif
