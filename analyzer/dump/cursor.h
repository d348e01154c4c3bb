/*
 * cursor.h - the events of one thread (or of a dump's late chunks) in the order of the file, with their times; the pieces
 * that merge.h puts together. A cursor holds the bytes of one segment.
 */
#ifndef HP_DUMP_CURSOR_H
#define HP_DUMP_CURSOR_H

#include "merge.h"
#include "near.h"

struct cursor {
	struct dump_event event;      /* the current one */
	struct dump_walk walk;
	struct dump *dump;
	struct dump_thread *thread;   /* NULL: late chunks */
	struct dump_scope *scope;     /* of the late chunk */
	uint32_t *buf;
	uint32_t room;                /* bytes that buf holds */
	uint64_t offset;              /* of buf in the file */
	size_t   next;                /* segment or late chunk to read when this one is over */
	uint64_t now;                 /* running time in ticks */
	uint64_t from, until;         /* ticks that the piece of the clock below is good for */
	uint64_t base, mult;          /* ns at `from`, and ns per tick << 32 */
	struct near near;
	int      cut;                 /* some time was past the dump's cut */
	int      skip_functions;      /* entries, exits and cuts of calls are passed over */
	uint64_t regressions, done;   /* done: bytes of records read */
};

void cursor_init(struct cursor *, struct dump *, struct dump_thread *);
/* Goes to the next event: 1, or 0 at the end. */
int cursor_next(struct cursor *);
void cursor_free(struct cursor *);
/* Goes on with another thread, as after cursor_init, but in the same memory; sums go on. */
void cursor_restart(struct cursor *, struct dump *, struct dump_thread *);

__extension__ typedef unsigned __int128 cursor_u128;

/*
 * The same for what most recordings are made of, entries and exits of functions, as many as come next:
 *
 *     struct cursor_stretch s = cursor_stretch(c);
 *     while ((kind = cursor_function(&s))) ... s.ns, s.address ...
 *     cursor_stretched(c, &s);
 *
 * A copy, so that it stays in registers. `event` is left as it is but for its ns.
 */
struct cursor_stretch {
	const uint32_t *at, *end;
	uint64_t now, from, until, base, mult;
	uint64_t ns;                  /* as in dump_event */
	uint32_t address;             /* of DUMP_FN_ENTER: low 32 bits */
	uint64_t regressions;
};

static inline struct cursor_stretch cursor_stretch(const struct cursor *c)
{
	return (struct cursor_stretch){ c->walk.at, c->cut ? c->walk.at : c->walk.end, c->now, c->from, c->until, c->base, c->mult,
		c->event.ns, 0, 0 };
}

/* DUMP_FN_ENTER or DUMP_FN_EXIT; 0: the next one is something else, cursor_next tells what. */
static inline unsigned cursor_function(struct cursor_stretch *s)
{
	if (s->end - s->at < 2)
		return 0;  /* an exit in the last word, too */
	uint32_t w = *s->at;
	uint64_t now = s->now + (uint64_t)(int64_t)((int32_t)((w >> 2 << 2) - ((uint32_t)s->now << 2)) >> 2);
	if (!(w & 1) || now - s->from >= s->until - s->from)
		return 0;
	s->now = now;
	uint64_t ns = s->base + (uint64_t)((cursor_u128)(now - s->from) * s->mult >> 32);
	if (__builtin_expect(ns < s->ns, 0))
		s->regressions++;
	else
		s->ns = ns;
	s->address = s->at[1];
	s->at += 1 + (w >> 1 & 1);
	return w & 3;
}

static inline void cursor_stretched(struct cursor *c, const struct cursor_stretch *s)
{
	c->walk.at = s->at;
	c->now = s->now;
	c->event.ns = s->ns;
	c->regressions += s->regressions;
}

#endif
