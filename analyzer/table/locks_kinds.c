/* What only some locks have: a longest wait or hold, a condition's signals, a barrier's rounds. */
#include "table/locks_private.h"

enum { LONGEST_NS, LONGEST_START, LONGEST_TID, LONGEST_SOURCE, LONGEST_STACK, LONGEST_OWNER, LONGEST_OWNER_SOURCE, LONGEST_OWNER_STACK };
static const struct column longest_columns[] = {
	[LONGEST_NS]           = { "duration_ns", "longest", .unit = UNIT_NS },
	[LONGEST_START]        = { "start_ns", "at", UNIT_TIME, FROM(struct lock_longest, start_ns) },
	[LONGEST_TID]          = { "tid", "thread", .unit = UNIT_NONE },
	[LONGEST_SOURCE]       = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[LONGEST_STACK]        = { "stack", "in", .unit = UNIT_NONE },
	[LONGEST_OWNER]        = { "owner_tid", "held by", .unit = UNIT_NONE },
	[LONGEST_OWNER_SOURCE] = { "owner_source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[LONGEST_OWNER_STACK]  = { "owner_stack", "in", .unit = UNIT_NONE },
};

enum { SIGNALS, BROADCASTS, WOKEN, LOST, SPURIOUS, REWAITS, TIMEOUTS, UNDER, BY_BROADCAST, ONE, P50, P95, P99, MUTEX };
static const struct column cond_columns[] = {
	[SIGNALS]      = { "signals", "signals", UNIT_COUNT, FROM(struct lock_cond, signals) },
	[BROADCASTS]   = { "broadcasts", "broadcasts", UNIT_COUNT, FROM(struct lock_cond, broadcasts) },
	[WOKEN]        = { "woken", "woke", UNIT_COUNT, FROM(struct lock_cond, woken) },
	[LOST]         = { "lost", "none waited", .unit = UNIT_COUNT },
	[SPURIOUS]     = { "spurious", "spurious", .unit = UNIT_COUNT, .flags = COLUMN_SPARE },
	[REWAITS]      = { "rewaits", "in vain", UNIT_COUNT, FROM(struct lock_cond, rewaits) },
	[TIMEOUTS]     = { "timeouts", "timed out", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock_cond, timeouts) },
	[UNDER]        = { "under_mutex", "under the mutex", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock_cond, under_mutex) },
	[BY_BROADCAST] = { "broadcast_woken", "by broadcast", UNIT_COUNT, COLUMN_DATA, FROM(struct lock_cond, broadcast_woken) },
	[ONE]          = { "broadcast_one", "to one", UNIT_COUNT, COLUMN_DATA, FROM(struct lock_cond, broadcast_one) },
	[P50]          = { "wake_p50_ns", "wakes in", .unit = UNIT_NS },
	[P95]          = { "wake_p95_ns", "95 % in", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[P99]          = { "wake_p99_ns", "99 % in", .unit = UNIT_NS },
	[MUTEX]        = { "mutex", "mutex", .flags = COLUMN_CODE },
};

enum { ROUNDS, PARTIES, SPREAD, SPREAD_P50, SPREAD_P95, SPREAD_P99, SPREAD_MAX, LAST, LAST_TID };
static const struct column barrier_columns[] = {
	[ROUNDS]     = { "rounds", "rounds", UNIT_COUNT, FROM(struct lock_barrier, rounds) },
	[PARTIES]    = { "parties", "threads", .unit = UNIT_COUNT },
	[SPREAD]     = { "spread_ns", "first to last", UNIT_NS, FROM(struct lock_barrier, spread_ns) },
	[SPREAD_P50] = { "spread_p50_ns", "half below", .unit = UNIT_NS },
	[SPREAD_P95] = { "spread_p95_ns", "95 % below", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[SPREAD_P99] = { "spread_p99_ns", "99 % below", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[SPREAD_MAX] = { "max_spread_ns", "at most", UNIT_NS, FROM(struct lock_barrier, max_spread_ns) },
	[LAST]       = { "last_rounds", "last most often", .unit = UNIT_COUNT },
	[LAST_TID]   = { "last_tid", "thread", .unit = UNIT_NONE },
};

struct cell locks_longest(const struct view_input *in, const struct lock_longest *l, const char *key, bool has_owner)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, key, NULL, longest_columns);
	struct cell *c;

	if (l->end_ns <= l->start_ns)
		return CELL_UNKNOWN;
	c = table_row(t);
	table_fill(t, c, l);
	c[LONGEST_NS] = cell_int(l->end_ns - l->start_ns);
	c[LONGEST_TID] = cell_int(in->model->threads.v.v[l->thread].tid);
	c[LONGEST_STACK] = c[LONGEST_SOURCE] = cell_stack(l->stack);
	if (has_owner && l->owner != THREAD_NONE) {
		c[LONGEST_OWNER] = cell_int(in->model->threads.v.v[l->owner].tid);
		c[LONGEST_OWNER_STACK] = c[LONGEST_OWNER_SOURCE] = cell_stack(l->owner_site);
	}
	return cell_table(t);
}

struct cell locks_cond(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "cond", NULL, cond_columns);
	const struct lock_cond *d = l->cond;
	struct cell *c;

	if (!d || !(l->wakes | l->all.contended))
		return CELL_UNKNOWN;
	c = table_row(t);
	table_fill(t, c, d);
	if (!d->unsure) {
		c[LOST] = cell_int(d->lost);
		if (l->wakes)  /* else those who signal are in another process, or were not recorded */
			c[SPURIOUS] = cell_int(d->spurious);
	}
	c[P50] = locks_quantile(&d->latency, .5);
	c[P95] = locks_quantile(&d->latency, .95);
	c[P99] = locks_quantile(&d->latency, .99);
	if (d->mutex != LOCK_NONE)
		c[MUTEX] = cell_name(naming_lock(in->naming, d->mutex));
	return cell_table(t);
}

struct cell locks_barrier(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "barrier", NULL, barrier_columns);
	const struct lock_barrier *b = l->barrier;
	const struct lock_user *last = NULL;
	struct cell *c;

	if (!b || !b->rounds)
		return CELL_UNKNOWN;
	for (uint32_t i = l->first_user; i < in->model->locks.users.n; i = in->model->locks.users.v[i].next)
		if (!last || in->model->locks.users.v[i].last_arrivals > last->last_arrivals)
			last = &in->model->locks.users.v[i];
	c = table_row(t);
	table_fill(t, c, b);
	if (b->count)
		c[PARTIES] = cell_int(b->count);
	c[SPREAD_P50] = locks_quantile(&b->spreads, .5);
	c[SPREAD_P95] = locks_quantile(&b->spreads, .95);
	c[SPREAD_P99] = locks_quantile(&b->spreads, .99);
	if (last && last->last_arrivals) {
		c[LAST] = cell_int(last->last_arrivals);
		c[LAST_TID] = cell_int(in->model->threads.v.v[last->thread].tid);
	}
	return cell_table(t);
}
