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

#endif
