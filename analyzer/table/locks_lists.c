/* Who waited for a lock where, for whom; where and by whom it is acquired. */
#include "table/locks_private.h"

enum { WAITER_NS, WAITER_COUNT, WAITER_SOURCE, WAITER_STACK, WAITER_HOLDERS };
static const struct column waiter_columns[] = {
	[WAITER_NS]      = { "wait_ns", "waited", UNIT_NS, FROM(struct lock_waiter, wait_ns) },
	[WAITER_COUNT]   = { "waits", "times", UNIT_COUNT, FROM(struct lock_waiter, waits) },
	[WAITER_SOURCE]  = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[WAITER_STACK]   = { "stack", "waiting in", .unit = UNIT_NONE },
	[WAITER_HOLDERS] = { "holders", "holders", .unit = UNIT_NONE },
};

enum { HOLDER_NS, HOLDER_COUNT, HOLDER_SOURCE, HOLDER_SITE };
static const struct column holder_columns[] = {
	[HOLDER_NS]     = { "wait_ns", "of it", UNIT_NS, FROM(struct lock_holder, wait_ns) },
	[HOLDER_COUNT]  = { "waits", "times", UNIT_COUNT, FROM(struct lock_holder, waits) },
	[HOLDER_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[HOLDER_SITE]   = { "site", "while it was held by", .unit = UNIT_NONE },
};

enum { BLOCKER_NS, BLOCKER_COUNT, BLOCKER_SOURCE, BLOCKER_SITE };
static const struct column blocker_columns[] = {
	[BLOCKER_NS]     = { "wait_ns", "kept waiting", UNIT_NS, FROM(struct lock_blocker, wait_ns) },
	[BLOCKER_COUNT]  = { "waits", "times", UNIT_COUNT, FROM(struct lock_blocker, waits) },
	[BLOCKER_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[BLOCKER_SITE]   = { "site", "holding it in", .unit = UNIT_NONE },
};

#define FIGURES(type) \
	[ACQUIRED]   = { "acquisitions", "acquired", UNIT_COUNT, FROM(type, f.acquisitions) }, \
	[CONTENDED]  = { "contended", "contended", UNIT_COUNT, FROM(type, f.contended) }, \
	[WAIT]       = { "wait_ns", "waited", UNIT_NS, FROM(type, f.wait_ns) }, \
	[MAX_WAIT]   = { "max_wait_ns", "longest", UNIT_NS, COLUMN_DATA, FROM(type, f.max_wait_ns) }, \
	[HOLD]       = { "hold_ns", "held", UNIT_NS, FROM(type, f.hold_ns) }, \
	[MAX_HOLD]   = { "max_hold_ns", "longest", UNIT_NS, COLUMN_DATA, FROM(type, f.max_hold_ns) }, \
	[CAUSED]     = { "caused_wait_ns", "kept others", UNIT_NS, FROM(type, f.caused_ns) }, \
	[CAUSED_N]   = { "caused_waits", "times", UNIT_COUNT, COLUMN_DATA, FROM(type, f.caused_waits) }
enum { ACQUIRED, CONTENDED, WAIT, MAX_WAIT, HOLD, MAX_HOLD, CAUSED, CAUSED_N, FIGURE_COUNT };

enum { SITE_SOURCE = FIGURE_COUNT, SITE };
static const struct column site_columns[] = {
	FIGURES(struct lock_site),
	[SITE_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE]        = { "site", "acquired in", .unit = UNIT_NONE },
};

enum { LAST = FIGURE_COUNT, TID, THREAD };
static const struct column thread_columns[] = {
	FIGURES(struct lock_user),
	[LAST]   = { "last_arrivals", "came last", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock_user, last_arrivals) },
	[TID]    = { "tid", "tid", .unit = UNIT_NONE },
	[THREAD] = { "name", "thread", .unit = UNIT_NONE },
};

static struct table *holders(const struct view_input *in, const struct lock_waiter *w)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "holders", "Held by", holder_columns);

	for (uint32_t i = w->first_holder; i != LOCK_NONE; i = in->model->locks.holders.v[i].next) {
		const struct lock_holder *h = &in->model->locks.holders.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, h);
		c[HOLDER_SITE] = c[HOLDER_SOURCE] = cell_stack(h->site);
	}
	table_sort(t, "wait_ns");
	return t;
}

struct table *locks_waiters(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "waiters", "Waiters", waiter_columns);

	for (uint32_t i = l->first_waiter; i != LOCK_NONE; i = in->model->locks.waiters.v[i].next) {
		const struct lock_waiter *w = &in->model->locks.waiters.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, w);
		c[WAITER_STACK] = c[WAITER_SOURCE] = cell_stack(w->stack);
		c[WAITER_HOLDERS] = cell_table(holders(in, w));
	}
	table_sort(t, "wait_ns");
	return t;
}

struct table *locks_blockers(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "holders", "Holders", blocker_columns);

	for (uint32_t i = l->first_blocker; i < in->model->locks.blockers.n; i = in->model->locks.blockers.v[i].next) {
		const struct lock_blocker *b = &in->model->locks.blockers.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, b);
		c[BLOCKER_SITE] = c[BLOCKER_SOURCE] = cell_stack(b->site);
	}
	table_sort(t, "wait_ns");
	return t;
}

struct table *locks_sites(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Call sites", site_columns);

	for (uint32_t i = l->first_site; i < in->model->locks.sites.n; i = in->model->locks.sites.v[i].next) {
		const struct lock_site *s = &in->model->locks.sites.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[SITE] = c[SITE_SOURCE] = cell_stack(s->stack);
	}
	table_sort(t, "acquisitions");
	table_sort(t, "wait_ns");
	return t;
}

struct table *locks_threads(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "threads", "Threads", thread_columns);

	for (uint32_t i = l->first_user; i < in->model->locks.users.n; i = in->model->locks.users.v[i].next) {
		const struct lock_user *u = &in->model->locks.users.v[i];
		const struct thread *thread = &in->model->threads.v.v[u->thread];
		struct cell *c = table_row(t);

		table_fill(t, c, u);
		c[TID] = cell_int(thread->tid);
		c[THREAD] = cell_name(thread->name[0] ? thread->name : NULL);
	}
	table_sort(t, "acquisitions");
	table_sort(t, "wait_ns");
	return t;
}
