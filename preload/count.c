/*
 * count.c - character-wise stdio: counted per thread, descriptor and operation, in a few counters of the thread.
 * A signal handler that turns the chunk between two instructions of ours writes the counters out; what we then add
 * starts the next count. Ended threads share their state, so theirs are written one by one.
 */
#include "call.h"
#include "state.h"

enum { COUNTERS = sizeof ((struct hp_thread *)0)->stdio / sizeof(struct hp_stdio_count) };

static void count_event(struct hp_thread *t, struct hp_stdio_count *e)
{
	uint64_t now = hp_ticks();
	uint32_t calls = e->calls, bytes = e->bytes;
	e->calls = e->bytes = 0;  /* before the record: making room for it may turn the chunk, which flushes */
	HP_BARRIER();
	if (!calls)
		return;
	uint32_t *r = hp_open(t, now, HP_R_STDIO_COUNT, sizeof(struct hp_r_stdio_count) / 4);
	r[1] = (uint32_t)now;
	r[2] = (uint32_t)e->fd;
	r[3] = calls;
	r[4] = bytes;
	hp_commit(r, hp_word(HP_R_STDIO_COUNT, e->op, 0));
}

void hp_stdio_flush(struct hp_thread *t)
{
	for (unsigned i = 0; i < COUNTERS; i++)
		count_event(t, &t->stdio[i]);
}

/* A counter for another descriptor: an unused one, or else the first is written out. */
static HP_COLD struct hp_stdio_count *counter_take(struct hp_thread *t, unsigned op, int fd)
{
	struct hp_stdio_count *e = t->stdio;
	while (e < t->stdio + COUNTERS && e->calls)
		e++;
	if (e == t->stdio + COUNTERS)
		count_event(t, e = t->stdio);
	e->fd = fd;
	e->op = op;
	return e;
}

void hp_stdio_count(struct hp_thread *t, unsigned op, int fd, unsigned bytes)
{
	struct hp_stdio_count *e = t->stdio;
	if (HP_UNLIKELY(t == &hp_late)) {
		struct hp_stdio_count one = { fd, op, 1, bytes };
		count_event(t, &one);
		return;
	}
	while (e < t->stdio + COUNTERS && (e->fd != fd || e->op != op))
		e++;
	if (HP_UNLIKELY(e == t->stdio + COUNTERS))
		e = counter_take(t, op, fd);
	e->calls++;
	e->bytes += bytes;
	if (HP_UNLIKELY(e->calls >= HP_STDIO_CALLS))
		count_event(t, e);
}
