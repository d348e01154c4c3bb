/*
 * stretch.h - the records that most recordings are made of, as many of them as come next, without making an event of each:
 *
 *     struct stretch s = stretch_begin(cursor);
 *     while ((kind = stretch_function(&s))) ... s.ns, s.address ...
 *     stretch_end(cursor, &s);
 *
 * It is a copy of what the cursor knows, so that it stays in registers. At the first record of another sort, or whose time needs
 * care, it stops: cursor_next goes on from there.
 */
#ifndef HP_DUMP_STRETCH_H
#define HP_DUMP_STRETCH_H

#include "cursor.h"

struct stretch {
	const uint32_t *at, *end;
	uint64_t now, from, until, base, mult;
	uint64_t ns;                  /* as in dump_event */
	uint64_t address;             /* of a function that is entered: low 32 bits; of a block */
	uint64_t region[2];           /* of blocks: where near ones lie */
	uint64_t regressions;
	uint32_t size, stack;         /* of an allocation */
};

static inline struct stretch stretch_begin(const struct cursor *c)
{
	const uint32_t *near = c->dump->file.header.near;
	return (struct stretch){
		.at = c->walk.at, .end = c->cut ? c->walk.at : c->walk.end, .now = c->now, .from = c->from, .until = c->until,
		.base = c->base, .mult = c->mult, .ns = c->event.ns,
		.region = { (uint64_t)near[0] << HP_NEAR_SHIFT, (uint64_t)near[1] << HP_NEAR_SHIFT },
	};
}

static inline void stretch_end(struct cursor *c, const struct stretch *s)
{
	c->walk.at = s->at;
	c->now = s->now;
	c->event.ns = s->ns;
	c->regressions += s->regressions;
}

/* Takes a time; 0: it is not in the piece of the clock that is known. `limit`: nor may it be later than that. */
static inline int stretch_time(struct stretch *s, uint64_t now, uint64_t limit)
{
	if (now - s->from >= s->until - s->from)
		return 0;
	uint64_t ns = s->base + (uint64_t)((cursor_u128)(now - s->from) * s->mult >> 32);
	if (ns > limit)
		return 0;
	s->now = now;
	if (__builtin_expect(ns < s->ns, 0))
		s->regressions++;
	else
		s->ns = ns;
	return 1;
}

/* DUMP_FN_ENTER or DUMP_FN_EXIT; 0: the next one is something else. */
static inline unsigned stretch_function(struct stretch *s)
{
	if (s->end - s->at < 2)
		return 0;  /* an exit in the last word, too */
	uint32_t w = *s->at;
	uint64_t now = s->now + (uint64_t)(int64_t)((int32_t)((w >> 2 << 2) - ((uint32_t)s->now << 2)) >> 2);
	if (!(w & 1) || !stretch_time(s, now, UINT64_MAX))
		return 0;
	s->address = s->at[1];
	s->at += 1 + (w >> 1 & 1);
	return w & 3;
}

/* HP_R_ALLOC or HP_R_FREE of a block near others, no later than `limit`; 0: the next one is something else. */
static inline unsigned stretch_block(struct stretch *s, uint64_t limit)
{
	if (s->end - s->at < 4)
		return 0;
	uint32_t w = *s->at;
	unsigned kind = hp_word_kind(w);
	if (kind != HP_R_ALLOC_NEAR && kind != HP_R_FREE_NEAR0 && kind != HP_R_FREE_NEAR1)
		return 0;
	if (!stretch_time(s, s->now + (uint64_t)(int64_t)((int32_t)((w >> 8 << 8) - ((uint32_t)s->now << 8)) >> 8), limit))
		return 0;
	uint64_t low = (uint64_t)s->at[1] << 4;
	if (kind != HP_R_ALLOC_NEAR) {
		s->address = s->region[kind == HP_R_FREE_NEAR1] | low;
		s->at += dump_record_words[HP_R_FREE_NEAR0];
		return HP_R_FREE;
	}
	s->address = s->region[s->at[2] >> HP_NEAR_SIZE_BITS & 1] | low;
	s->size = s->at[2] & ((1u << HP_NEAR_SIZE_BITS) - 1);
	s->stack = s->at[3];
	s->at += dump_record_words[HP_R_ALLOC_NEAR];
	return HP_R_ALLOC;
}

/* An exclusive acquisition or its release, not taken yet: what stretch_lock_take is for. */
struct stretch_lock {
	unsigned kind;                /* HP_R_LOCK or HP_R_UNLOCK; 0: the next one is something else */
	uint32_t first, where, words; /* first: the record's first word, in its wide form and without HP_LOCK_TRIED */
	uint32_t tried;               /* that, if it was set */
	uint64_t now, ns;
};

/* Whether it is worth a beginning. */
static inline int stretch_has_lock(const struct cursor *c)
{
	if (c->walk.end - c->walk.at < 3)
		return 0;
	unsigned kind = hp_word_kind(*c->walk.at);
	return kind == HP_R_LOCK || kind == HP_R_UNLOCK || kind == HP_R_LOCK_AGAIN || kind == HP_R_UNLOCK_LAST;
}

static inline struct stretch_lock stretch_lock(const struct stretch *s, const struct near *n)
{
	struct stretch_lock l = { .kind = 0 };
	if (s->end - s->at < 3)
		return l;
	uint32_t w = *s->at;
	unsigned kind = hp_word_kind(w);
	if (kind == HP_R_LOCK || kind == HP_R_UNLOCK) {
		l = (struct stretch_lock){ .first = w & ~((uint32_t)HP_LOCK_TRIED << 16), .tried = hp_word_arg(w) & HP_LOCK_TRIED, .where = s->at[2],
			.now = s->now + (uint64_t)(int64_t)(int32_t)(s->at[1] - (uint32_t)s->now) };
	} else if ((kind == HP_R_LOCK_AGAIN && n->taken) || (kind == HP_R_UNLOCK_LAST && n->count)) {
		l.first = kind == HP_R_LOCK_AGAIN ? near_again(n) : n->held[n->count - 1];
		l.where = s->at[1];
		l.now = s->now + (uint64_t)(int64_t)((int32_t)((w >> 8 << 8) - ((uint32_t)s->now << 8)) >> 8);
	} else {
		return l;
	}
	if (l.now - s->from >= s->until - s->from)
		return l;
	l.ns = s->base + (uint64_t)((cursor_u128)(l.now - s->from) * s->mult >> 32);
	l.words = dump_record_words[kind];
	l.kind = kind == HP_R_LOCK || kind == HP_R_LOCK_AGAIN ? HP_R_LOCK : HP_R_UNLOCK;
	return l;
}

static inline void stretch_lock_take(struct stretch *s, struct near *n, const struct stretch_lock *l)
{
	if (l->kind == HP_R_LOCK)
		near_hold(n, l->first);
	else if (n->count && hp_word_arg(n->held[n->count - 1]) == hp_word_arg(l->first))
		n->count--;
	else
		near_follow(n, &(struct dump_record){ .w = &l->first, .kind = HP_R_UNLOCK });
	s->regressions += l->ns < s->ns;
	s->ns = l->ns > s->ns ? l->ns : s->ns;
	s->now = l->now;
	s->at += l->words;
}

#endif
