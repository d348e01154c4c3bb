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
 * The same for the events that most recordings are made of, entries and exits of functions: DUMP_FN_ENTER, with the low 32 bits
 * of the function's address, or DUMP_FN_EXIT; *ns as in dump_event. 0: the next one is something else, cursor_next tells what.
 * `event` is left as it is but for its ns.
 */
static inline unsigned cursor_function(struct cursor *c, uint64_t *ns, uint32_t *address)
{
	const uint32_t *w = c->walk.at;
	if (w >= c->walk.end || !(*w & 1))
		return 0;
	unsigned kind = *w & 3;
	if (kind == DUMP_FN_ENTER && c->walk.end - w < 2)
		return 0;
	uint64_t now = c->now + (uint64_t)(int64_t)((int32_t)((*w >> 2 << 2) - ((uint32_t)c->now << 2)) >> 2);
	if (now < c->from || now >= c->until || c->cut)
		return 0;
	c->now = now;
	*ns = c->base + (uint64_t)((cursor_u128)(now - c->from) * c->mult >> 32);
	if (__builtin_expect(*ns < c->event.ns, 0)) {
		*ns = c->event.ns;
		c->regressions++;
	}
	c->event.ns = *ns;
	if (kind == DUMP_FN_ENTER)
		*address = w[1];
	c->walk.at = w + 1 + (kind >> 1);
	return kind;
}

#endif
