/*
 * edges_stream.c - streams: bytes are counted. What one read was written by the call that wrote its last byte, whether the reader had
 * to wait for it or not. Bytes that nobody is known to have written came from outside.
 */
#include "edges_channel.h"

enum { FULL_BYTES = 32768, FULL_WRITES = 200 };

static int is_closing(const struct act *a)
{
	return a->kind == ACT_IO && op_info(a->op)->class == HP_CLASS_CLOSE;
}

static uint32_t process_of(const struct channel_acts *c, const struct act *a)
{
	return c->m->threads.v.v[a->thread].process;
}

void channel_note_writer(struct channel_acts *c, uint32_t process)
{
	for (unsigned i = 0; i < c->writer_count; i++)
		if (c->writers[i] == process)
			return;
	if (c->writer_count < WRITERS_MOST)
		c->writers[c->writer_count++] = process;
}

/* ---- the end of a stream ---- */

/* The last one of the writers to end before the reader went on, if that was later than `than`. */
static uint32_t writer_end(const struct channel_acts *c, const struct act *reader, uint64_t than, uint32_t gate)
{
	const struct acts_private *p = c->m->acts.private;
	for (unsigned i = 0; i < c->writer_count; i++) {
		uint32_t end = p->process_end[c->writers[i]];
		if (end == ACT_NONE || c->writers[i] == process_of(c, reader))
			continue;
		if (channel_act(c, end)->end > reader->end + ACT_SKEW_NS || channel_act(c, end)->end < than)
			continue;
		than = channel_act(c, end)->end;
		gate = end;
	}
	return gate;
}

/* Nothing more came: the last one that could write has closed it, or ended; not before `from`. */
static void gate_of_end(struct channel_acts *c, uint32_t act, uint64_t from)
{
	uint32_t close = c->last_close != ACT_NONE && channel_act(c, c->last_close)->start >= from ? c->last_close : ACT_NONE;
	edge_set(c->m, act, writer_end(c, channel_act(c, act), close == ACT_NONE ? from : channel_act(c, close)->start, close));
}

/* ---- streams ---- */

/* The write with the byte number `n` (from 1); c->count: it is not known. */
static size_t find_byte(struct channel_acts *c, uint64_t n, uint64_t *before)
{
	size_t i = c->at;
	for (*before = c->before; i < c->count && *before + act_bytes(channel_act(c, c->writes[i])) < n; i++) {
		if (!c->steps--)
			return c->steps = 0, c->count;
		*before += act_bytes(channel_act(c, c->writes[i]));
	}
	return i;
}

static int could_let(const struct channel_acts *c, size_t write, const struct act *a)
{
	return write < c->count && channel_act(c, c->writes[write])->start <= a->end + ACT_SKEW_NS;
}

/*
 * What goes through stdio is on its way only when that writes it out, in a later call of it or when the process ends. The last one
 * before the reader went on has done it, at the latest.
 */
static uint32_t flushed_by(const struct channel_acts *c, uint32_t write, const struct act *reader)
{
	uint32_t last = c->last_buffered != ACT_NONE && channel_act(c, c->last_buffered)->thread == channel_act(c, write)->thread ? c->last_buffered : write;
	if (channel_act(c, last)->end >= reader->start)
		return last;
	return writer_end(c, reader, reader->start, last);
}

/*
 * More was read than the calls of stdio tell: single characters are counted without events. Whoever wrote it out while the reader
 * waited is the guess.
 */
static void guess_buffered(struct channel_acts *c, uint32_t act)
{
	const struct act *a = channel_act(c, act);
	uint32_t last = c->last_buffered != ACT_NONE && channel_act(c, c->last_buffered)->end >= a->start ? c->last_buffered : ACT_NONE;
	edge_set(c->m, act, writer_end(c, a, last == ACT_NONE ? a->start : channel_act(c, last)->start, last));
	channel_act(c, act)->flags |= ACT_BUFFERED;
}

static void gate_by_write(struct channel_acts *c, uint32_t act, uint32_t write)
{
	int buffered = act_is_buffered(channel_act(c, write));
	edge_set(c->m, act, buffered ? flushed_by(c, write, channel_act(c, act)) : write);
	if (buffered)
		channel_act(c, act)->flags |= ACT_BUFFERED;
}

static void was_read(struct channel_acts *c, uint32_t act)
{
	const struct act *a = channel_act(c, act);
	uint64_t before;
	if (!act_bytes(a)) {
		gate_of_end(c, act, 0);
		return;
	}
	size_t write = find_byte(c, c->read + act_bytes(a), &before);
	if (!could_let(c, write, a)) {  /* these are none of the bytes that are counted */
		if (c->buffered)
			guess_buffered(c, act);
		return;
	}
	c->read += act_bytes(a);
	c->at = write;
	c->before = before;
	gate_by_write(c, act, c->writes[write]);
}

static void was_polled(struct channel_acts *c, uint32_t act)
{
	uint64_t before;
	size_t write = find_byte(c, c->read + 1, &before);
	if (could_let(c, write, channel_act(c, act)))
		gate_by_write(c, act, c->writes[write]);
	else
		gate_of_end(c, act, channel_act(c, act)->start);
}

/* A write that took long while much was unread: the last one who read before it returned made room. */
static void was_written(struct channel_acts *c, uint32_t act, uint32_t last_read, uint64_t written, size_t writes)
{
	const struct act *a = channel_act(c, act);
	uint64_t unread = written - (c->read < written ? c->read : written);
	if (a->end - a->start < ACT_LONG_NS || last_read == ACT_NONE || channel_act(c, last_read)->end <= a->start)
		return;
	if (unread + act_bytes(channel_act(c, last_read)) >= FULL_BYTES || writes - (c->at < writes ? c->at : writes) >= FULL_WRITES)
		edge_set(c->m, act, last_read);
}

/* Two who open a FIFO wait for each other: the later one lets the other go on. */
static void was_opened(struct channel_acts *c, uint32_t act, uint32_t other)
{
	if (other == ACT_NONE || channel_act(c, other)->end <= channel_act(c, act)->start)
		return;
	if (channel_act(c, other)->start < channel_act(c, act)->start)
		edge_set(c->m, other, act);
	else
		edge_set(c->m, act, other);
}

void edges_of_stream(struct channel_acts *c)
{
	uint32_t last_read = ACT_NONE, last_open = ACT_NONE;
	uint64_t written = 0;
	size_t writes = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct act *a = channel_act(c, c->v[i]);
		int over = !(a->flags & (ACT_FAILED | ACT_OPEN));
		if (a->kind == ACT_READ && over) {
			was_read(c, c->v[i]);
			last_read = act_bytes(a) ? c->v[i] : last_read;
		} else if (a->kind == ACT_POLL && over) {
			was_polled(c, c->v[i]);
		} else if (a->kind == ACT_WRITE) {
			written += act_bytes(a);
			writes += act_bytes(a) != 0;
			was_written(c, c->v[i], last_read, written, writes);
			channel_note_writer(c, process_of(c, a));
		} else if (a->kind == ACT_IO && op_info(a->op)->class == HP_CLASS_OPEN) {
			was_opened(c, c->v[i], last_open);
			last_open = c->v[i];
		} else if (is_closing(a)) {
			c->last_close = c->v[i];
		}
		if (a->kind != ACT_READ && act_is_buffered(a))
			c->last_buffered = c->v[i];
	}
}
