/* locks[]: who waited for what, on which call path, and who held it meanwhile. */
#include "dump/ops.h"
#include "table/view.h"
#include "util/fmt.h"

enum {
	ID, KIND, WAIT, MAX_WAIT, CONTENDED, ACQUIRED, TRY_FAILED, FAILED, HOLD, MAX_HOLD, REACQUIRED, CHANGES, WAKES, READ, WRITE, NAME,
	WAITERS,
};
static const struct column columns[] = {
	[ID]         = { "id", "#", UNIT_NONE, FROM(struct lock, id) },
	[KIND]       = { "kind", "kind", .unit = UNIT_NONE },
	[WAIT]       = { "wait_ns", "waited", UNIT_NS, FROM(struct lock, all.wait_ns) },
	[MAX_WAIT]   = { "max_wait_ns", "longest", UNIT_NS, FROM(struct lock, all.max_wait_ns) },
	[CONTENDED]  = { "contended", "contended", UNIT_COUNT, FROM(struct lock, all.contended) },
	[ACQUIRED]   = { "acquisitions", "acquired", UNIT_COUNT, FROM(struct lock, all.acquisitions) },
	[TRY_FAILED] = { "try_failed", "try failed", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, all.try_failed) },
	[FAILED]     = { "timed_out", "timed out", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, all.failed) },
	[HOLD]       = { "hold_ns", "held", .unit = UNIT_NS },
	[MAX_HOLD]   = { "max_hold_ns", "longest", .unit = UNIT_NS },
	[REACQUIRED] = { "reacquired", "reacquired", UNIT_COUNT, COLUMN_DATA, FROM(struct lock, reacquired) },
	[CHANGES]    = { "owner_changes", "owner changes", UNIT_COUNT, COLUMN_DATA, FROM(struct lock, owner_changes) },
	[WAKES]      = { "wakes", "wakes", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, wakes) },
	[READ]       = { "read", "read", .flags = COLUMN_DATA },
	[WRITE]      = { "write", "write", .flags = COLUMN_DATA },
	[NAME]       = { "name", "lock", .flags = COLUMN_CODE },
	[WAITERS]    = { "waiters", "waiters", .unit = UNIT_NONE },
};

static const struct column side_columns[] = {
	{ "acquisitions", "acquired", UNIT_COUNT, FROM(struct lock_side, acquisitions) },
	{ "contended", "contended", UNIT_COUNT, FROM(struct lock_side, contended) },
	{ "try_failed", "try failed", UNIT_COUNT, FROM(struct lock_side, try_failed) },
	{ "timed_out", "timed out", UNIT_COUNT, FROM(struct lock_side, failed) },
	{ "wait_ns", "waited", UNIT_NS, FROM(struct lock_side, wait_ns) },
	{ "max_wait_ns", "longest", UNIT_NS, FROM(struct lock_side, max_wait_ns) },
	{ "hold_ns", "held", UNIT_NS, FROM(struct lock_side, hold_ns) },
	{ "max_hold_ns", "longest", UNIT_NS, FROM(struct lock_side, max_hold_ns) },
};

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

static struct cell side(const struct view_input *in, const char *key, const struct lock_side *figures)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, key, key, side_columns);

	table_fill(t, table_row(t), figures);
	return cell_table(t);
}

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

static struct table *waiters(const struct view_input *in, const struct lock *l)
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

static void add_lock(const struct view_input *in, struct table *t, uint32_t index)
{
	const struct lock *l = &in->model->locks.v.v[index];
	struct cell *c = table_row(t);

	table_fill(t, c, l);
	c[KIND] = cell_name(lock_kind_name(l->kind));
	c[NAME] = cell_name(naming_lock(in->naming, index));
	if (l->has_hold) {
		c[HOLD] = cell_int(l->all.hold_ns);
		c[MAX_HOLD] = cell_int(l->all.max_hold_ns);
	}
	if (l->kind == HP_LOCK_KIND_RWLOCK) {
		c[READ] = side(in, "read", &l->read);
		c[WRITE] = side(in, "write", &l->write);
	}
	c[WAITERS] = cell_table(waiters(in, l));
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "locks", "Locks", columns);

	for (uint32_t i = 0; i < in->model->locks.v.n; i++)
		add_lock(in, t, i);
	table_sort(t, "acquisitions");
	table_sort(t, "contended");
	table_sort(t, "wait_ns");
	doc_add(doc, t);
}

const struct view view_locks = { .name = "locks", .parts = MODEL_LOCKS, .add = add };
