/*
 * edges_channel.c - who wrote what somebody read. Of a stream bytes are counted: what one read was written by the call that wrote its
 * last byte, whether the reader had to wait for it or not. Bytes that nobody is known to have written came from outside.
 */
#include "acts_private.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { WRITERS_MOST = 16, FULL_BYTES = 32768, FULL_WRITES = 200 };

/* A channel's acts, in the order of their ends. */
struct channel_acts {
	struct model *m;
	const uint32_t *v;
	size_t n;
	uint32_t *writes;         /* those that wrote something */
	size_t count, at;         /* at: the one that wrote the last byte that was read, or the next one */
	uint64_t before;          /* bytes that were written before writes[at] */
	uint64_t read;            /* bytes that were read */
	uint64_t steps;           /* that may still be looked ahead: reads of more than was ever written must not cost the square */
	uint32_t last_close;      /* that came before; ACT_NONE: none */
	uint32_t last_buffered;   /* call of stdio that wrote, flushed or closed */
	uint32_t writers[WRITERS_MOST];  /* processes */
	unsigned writer_count;
};

static struct act *at(const struct channel_acts *c, uint32_t act)
{
	return &c->m->acts.v.v[act];
}

static uint64_t bytes_of(const struct act *a)
{
	return a->number > 0 ? (uint64_t)a->number : 0;
}

static int is_closing(const struct act *a)
{
	return a->kind == ACT_IO && op_info(a->op)->class == HP_CLASS_CLOSE;
}

static int is_buffered(const struct act *a)
{
	return op_info(a->op)->kind == HP_STDIO;
}

static uint32_t process_of(const struct channel_acts *c, const struct act *a)
{
	return c->m->threads.v.v[a->thread].process;
}

static void note_writer(struct channel_acts *c, uint32_t process)
{
	for (unsigned i = 0; i < c->writer_count; i++)
		if (c->writers[i] == process)
			return;
	if (c->writer_count < WRITERS_MOST)
		c->writers[c->writer_count++] = process;
}

/* ---- the end of a stream ---- */

/* The last of the writers to end before `ns`, if that was later than `than`. */
static uint32_t writer_end(const struct channel_acts *c, uint64_t than, uint64_t ns, uint32_t gate)
{
	const struct acts_private *p = c->m->acts.private;
	for (unsigned i = 0; i < c->writer_count; i++) {
		uint32_t thread = c->writers[i] < p->exits.n ? p->exits.v[c->writers[i]] : 0, end = thread ? p->end_of[thread - 1] : ACT_NONE;
		if (end == ACT_NONE || at(c, end)->end > ns + ACT_SKEW_NS || at(c, end)->end < than)
			continue;
		than = at(c, end)->end;
		gate = end;
	}
	return gate;
}

/* Nothing more came: the last one that could write has closed it, or ended; not before `from`. */
static void gate_of_end(struct channel_acts *c, uint32_t act, uint64_t from)
{
	uint32_t close = c->last_close != ACT_NONE && at(c, c->last_close)->start >= from ? c->last_close : ACT_NONE;
	edge_set(c->m, act, writer_end(c, close == ACT_NONE ? from : at(c, close)->start, at(c, act)->end, close));
}

/* ---- streams ---- */

/* The write with the byte number `n` (from 1); c->count: it is not known. */
static size_t find_byte(struct channel_acts *c, uint64_t n, uint64_t *before)
{
	size_t i = c->at;
	for (*before = c->before; i < c->count && *before + bytes_of(at(c, c->writes[i])) < n; i++) {
		if (!c->steps--)
			return c->steps = 0, c->count;
		*before += bytes_of(at(c, c->writes[i]));
	}
	return i;
}

static int could_let(const struct channel_acts *c, size_t write, const struct act *a)
{
	return write < c->count && at(c, c->writes[write])->start <= a->end + ACT_SKEW_NS;
}

/*
 * What goes through stdio is on its way only when that writes it out, in a later call of it or when the process ends. The last one
 * before the reader went on has done it, at the latest.
 */
static uint32_t flushed_by(const struct channel_acts *c, uint32_t write, const struct act *reader)
{
	uint32_t last = c->last_buffered != ACT_NONE && at(c, c->last_buffered)->thread == at(c, write)->thread ? c->last_buffered : write;
	if (at(c, last)->end >= reader->start)
		return last;
	return writer_end(c, reader->start, reader->end, last);
}

static void gate_by_write(struct channel_acts *c, uint32_t act, uint32_t write)
{
	int buffered = is_buffered(at(c, write));
	edge_set(c->m, act, buffered ? flushed_by(c, write, at(c, act)) : write);
	if (buffered)
		at(c, act)->flags |= ACT_BUFFERED;
}

static void was_read(struct channel_acts *c, uint32_t act)
{
	const struct act *a = at(c, act);
	uint64_t before;
	if (!bytes_of(a)) {
		gate_of_end(c, act, 0);
		return;
	}
	size_t write = find_byte(c, c->read + bytes_of(a), &before);
	if (!could_let(c, write, a))
		return;  /* by somebody else: these are none of the bytes that are counted */
	c->read += bytes_of(a);
	c->at = write;
	c->before = before;
	gate_by_write(c, act, c->writes[write]);
}

static void was_polled(struct channel_acts *c, uint32_t act)
{
	uint64_t before;
	size_t write = find_byte(c, c->read + 1, &before);
	if (could_let(c, write, at(c, act)))
		gate_by_write(c, act, c->writes[write]);
	else
		gate_of_end(c, act, at(c, act)->start);
}

/* A write that took long while much was unread: the last one who read before it returned made room. */
static void was_written(struct channel_acts *c, uint32_t act, uint32_t last_read, uint64_t written, size_t writes)
{
	const struct act *a = at(c, act);
	uint64_t unread = written - (c->read < written ? c->read : written);
	if (a->end - a->start < ACT_LONG_NS || last_read == ACT_NONE || at(c, last_read)->end <= a->start)
		return;
	if (unread + bytes_of(at(c, last_read)) >= FULL_BYTES || writes - (c->at < writes ? c->at : writes) >= FULL_WRITES)
		edge_set(c->m, act, last_read);
}

static void follow_stream(struct channel_acts *c)
{
	uint32_t last_read = ACT_NONE;
	uint64_t written = 0;
	size_t writes = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct act *a = at(c, c->v[i]);
		int over = !(a->flags & (ACT_FAILED | ACT_OPEN));
		if (a->kind == ACT_READ && over) {
			was_read(c, c->v[i]);
			last_read = bytes_of(a) ? c->v[i] : last_read;
		} else if (a->kind == ACT_POLL && over) {
			was_polled(c, c->v[i]);
		} else if (a->kind == ACT_WRITE) {
			written += bytes_of(a);
			writes += bytes_of(a) != 0;
			was_written(c, c->v[i], last_read, written, writes);
			note_writer(c, process_of(c, a));
		} else if (is_closing(a)) {
			c->last_close = c->v[i];
		}
		if (a->kind != ACT_READ && is_buffered(a))
			c->last_buffered = c->v[i];
	}
}

/* ---- eventfds: a read takes all that was written, or one of it ---- */

/* Those written when the reader returned: woken by the first of them that came while it waited, if it did. */
static int take_all(struct channel_acts *c, uint32_t act, int one)
{
	const struct act *a = at(c, act);
	size_t i = c->at, gate = c->count;
	for (; i < c->count && at(c, c->writes[i])->start <= a->end + ACT_SKEW_NS && !(one && i > c->at); i++) {
		const struct act *w = at(c, c->writes[i]);
		if (gate == c->count || at(c, c->writes[gate])->end < a->start)
			gate = i;
		if (w->end > a->end)
			break;
	}
	if (gate == c->count)
		return 0;
	edge_set(c->m, act, c->writes[gate]);
	if (a->kind == ACT_READ)
		c->at = i < c->count && i > gate ? i : gate + 1;
	return 1;
}

static int follow_eventfd(struct channel_acts *c, int one)
{
	int missed = 0;
	c->at = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct act *a = at(c, c->v[i]);
		if ((a->kind == ACT_READ || a->kind == ACT_POLL) && !(a->flags & (ACT_FAILED | ACT_OPEN)))
			missed += !take_all(c, c->v[i], one);
	}
	return missed;
}

static void clear_gates(struct channel_acts *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (at(c, c->v[i])->kind == ACT_READ || at(c, c->v[i])->kind == ACT_POLL)
			at(c, c->v[i])->gate = ACT_NONE;
}

/* It is not recorded whether each read takes one: it is so if otherwise more reads would have had nothing to take. */
static void follow_events(struct channel_acts *c)
{
	int missed = follow_eventfd(c, 0);
	if (!missed)
		return;
	clear_gates(c);
	int missed_by_one = follow_eventfd(c, 1);
	if (missed_by_one < missed)
		return;
	clear_gates(c);
	follow_eventfd(c, 0);
}

/* ---- all of them ---- */

struct write { uint64_t start; uint32_t act; };

static int write_order(const void *x, const void *y)
{
	const struct write *a = x, *b = y;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->act < b->act ? -1 : a->act > b->act;
}

/*
 * Two who wrote at the same time did so in the order in which they began: a call that has written often returns late, as whom it has
 * woken goes on first.
 */
static void sort_writes(const struct channel_acts *c)
{
	size_t i = 1;
	while (i < c->count && at(c, c->writes[i - 1])->start <= at(c, c->writes[i])->start)
		i++;
	if (i >= c->count)
		return;
	struct write *w = xcalloc(c->count, sizeof *w);
	for (i = 0; i < c->count; i++)
		w[i] = (struct write){ at(c, c->writes[i])->start, c->writes[i] };
	qsort(w, c->count, sizeof *w, write_order);
	for (i = 0; i < c->count; i++)
		c->writes[i] = w[i].act;
	free(w);
}

static int is_on_channel(const struct act *a, size_t channels)
{
	return a->flags & ACT_CHANNEL && a->object < channels;
}

static void follow(struct model *m, uint32_t channel, const uint32_t *v, size_t n, uint32_t *writes)
{
	struct channel_acts c = { .m = m, .v = v, .n = n, .steps = 64 * (uint64_t)n, .writes = writes, .last_close = ACT_NONE, .last_buffered = ACT_NONE };
	for (size_t i = 0; i < n; i++) {
		const struct act *a = &m->acts.v.v[v[i]];
		if (a->kind == ACT_WRITE && bytes_of(a)) {
			writes[c.count++] = v[i];
			m->acts.channels.v[channel].bytes += bytes_of(a);
		}
	}
	sort_writes(&c);
	if (m->acts.channels.v[channel].kind == CHANNEL_EVENTFD)
		follow_events(&c);
	else
		follow_stream(&c);
}

void edges_of_channels(struct model *m)
{
	size_t channels = m->acts.channels.n, n = m->acts.v.n;
	uint32_t *first = xcalloc(channels + 2, sizeof *first), *order, *writes;
	for (size_t i = 0; i < n; i++)
		if (is_on_channel(&m->acts.v.v[i], channels))
			first[m->acts.v.v[i].object + 2]++;
	for (size_t i = 0; i < channels; i++)
		first[i + 2] += first[i + 1];
	order = xcalloc(first[channels + 1] + 1, sizeof *order);
	writes = xcalloc(first[channels + 1] + 1, sizeof *writes);
	for (size_t i = 0; i < n; i++)
		if (is_on_channel(&m->acts.v.v[i], channels))
			order[first[m->acts.v.v[i].object + 1]++] = (uint32_t)i;
	for (uint32_t i = 0; i < channels; i++)
		follow(m, i, order + first[i], first[i + 1] - first[i], writes);
	free(writes);
	free(order);
	free(first);
}
