/* edges_channel.c - the acts of each channel: pipes and sockets are streams; of eventfds values are counted. */
#include "edges_channel.h"

#include <stdlib.h>

#include "util/alloc.h"

/* ---- eventfds: a read takes all that was written, or one of it ---- */

/* Those written when the reader returned: woken by the first of them that came while it waited, if it did. */
static int take_all(struct channel_acts *c, uint32_t act, int one)
{
	const struct act *a = channel_act(c, act);
	size_t i = c->at, gate = c->count;
	for (; i < c->count && channel_act(c, c->writes[i])->start <= a->end + ACT_SKEW_NS && !(one && i > c->at); i++) {
		const struct act *w = channel_act(c, c->writes[i]);
		if (gate == c->count || channel_act(c, c->writes[gate])->end < a->start)
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
		const struct act *a = channel_act(c, c->v[i]);
		if ((a->kind == ACT_READ || a->kind == ACT_POLL) && !(a->flags & (ACT_FAILED | ACT_OPEN)))
			missed += !take_all(c, c->v[i], one);
	}
	return missed;
}

static void clear_gates(struct channel_acts *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (channel_act(c, c->v[i])->kind == ACT_READ || channel_act(c, c->v[i])->kind == ACT_POLL)
			channel_act(c, c->v[i])->gate = ACT_NONE;
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
	while (i < c->count && channel_act(c, c->writes[i - 1])->start <= channel_act(c, c->writes[i])->start)
		i++;
	if (i >= c->count)
		return;
	struct write *w = xcalloc(c->count, sizeof *w);
	for (i = 0; i < c->count; i++)
		w[i] = (struct write){ channel_act(c, c->writes[i])->start, c->writes[i] };
	qsort(w, c->count, sizeof *w, write_order);
	for (i = 0; i < c->count; i++)
		c->writes[i] = w[i].act;
	free(w);
}

static int is_on_channel(const struct act *a, size_t channels)
{
	return a->flags & ACT_CHANNEL && a->object < channels;
}

static void note_counted(struct channel_acts *c, uint32_t channel)
{
	const struct acts_private *p = c->m->acts.private;
	size_t a = 0, b = p->counted.n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (p->counted.v[mid].channel < channel)
			a = mid + 1;
		else
			b = mid;
	}
	for (; a < p->counted.n && p->counted.v[a].channel == channel; a++) {
		channel_note_writer(c, p->counted.v[a].process);
		c->buffered |= p->counted.v[a].buffered;
	}
}

static int counted_order(const void *x, const void *y)
{
	const struct counted_writer *a = x, *b = y;
	if (a->channel != b->channel)
		return a->channel < b->channel ? -1 : 1;
	return a->process < b->process ? -1 : a->process > b->process;
}

static void follow(struct model *m, uint32_t channel, const uint32_t *v, size_t n, uint32_t *writes)
{
	struct channel_acts c = { .m = m, .v = v, .n = n, .steps = 64 * (uint64_t)n, .writes = writes, .last_close = ACT_NONE, .last_buffered = ACT_NONE };
	for (size_t i = 0; i < n; i++) {
		const struct act *a = &m->acts.v.v[v[i]];
		c.buffered |= a->kind == ACT_WRITE && act_is_buffered(a);
		if (a->kind == ACT_WRITE && act_bytes(a)) {
			writes[c.count++] = v[i];
			m->acts.channels.v[channel].bytes += act_bytes(a);
		}
	}
	sort_writes(&c);
	note_counted(&c, channel);
	if (m->acts.channels.v[channel].kind == CHANNEL_EVENTFD)
		follow_events(&c);
	else
		edges_of_stream(&c);
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
	vec_sort(&m->acts.private->counted, counted_order);
	for (uint32_t i = 0; i < channels; i++)
		follow(m, i, order + first[i], first[i + 1] - first[i], writes);
	free(writes);
	free(order);
	free(first);
}
