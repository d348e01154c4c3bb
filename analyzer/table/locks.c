/* locks[]: what each lock costs whom, and why. The lists under a lock are in locks_lists.c, its hints in locks_hints.c. */
#include <string.h>

#include "dump/ops.h"
#include "table/locks_private.h"
#include "util/fmt.h"

enum {
	ID, KIND, WAIT, WAIT_P50, WAIT_P95, WAIT_P99, MAX_WAIT, CONTENDED, ACQUIRED, TRY_FAILED, FAILED, HOLD, HOLD_P50, HOLD_P95, HOLD_P99,
	MAX_HOLD, MOST, QUEUE, WAITING, IN_IO, ASLEEP, REACQUIRED, CHANGES, WAKES, FOREIGN, ABANDONED, READ, WRITE, NAME, SIDES, HINTS, LONGEST,
	LONGEST_HOLD, COND, BARRIER, WAITERS, HOLDERS, SITES, THREADS,
};
static const struct column columns[] = {
	[ID]         = { "id", "#", UNIT_NONE, FROM(struct lock, id) },
	[KIND]       = { "kind", "kind", .unit = UNIT_NONE },
	[WAIT]       = { "wait_ns", "waited", UNIT_NS, FROM(struct lock, all.wait_ns) },
	[WAIT_P50]   = { "wait_p50_ns", "half below", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[WAIT_P95]   = { "wait_p95_ns", "95 %", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[WAIT_P99]   = { "wait_p99_ns", "99 %", .unit = UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[MAX_WAIT]   = { "max_wait_ns", "longest", UNIT_NS, FROM(struct lock, all.max_wait_ns) },
	[CONTENDED]  = { "contended", "contended", UNIT_COUNT, FROM(struct lock, all.contended) },
	[ACQUIRED]   = { "acquisitions", "acquired", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, all.acquisitions) },
	[TRY_FAILED] = { "try_failed", "try failed", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, all.try_failed) },
	[FAILED]     = { "timed_out", "timed out", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, all.failed) },
	[HOLD]       = { "hold_ns", "held", .unit = UNIT_NS, .flags = COLUMN_SPARE },
	[HOLD_P50]   = { "hold_p50_ns", "half below", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[HOLD_P95]   = { "hold_p95_ns", "95 %", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[HOLD_P99]   = { "hold_p99_ns", "99 %", .unit = UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[MAX_HOLD]   = { "max_hold_ns", "longest", .unit = UNIT_NS, .flags = COLUMN_SPARE },
	[MOST]       = { "waiting_most", "queue", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct lock, crowd.most) },
	[QUEUE]      = { "queue_avg", "others queued", .flags = COLUMN_DATA },
	[WAITING]    = { "held_waiting_ns", "waiting meanwhile", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[IN_IO]      = { "held_io_ns", "in I/O", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[ASLEEP]     = { "held_sleep_ns", "asleep", .unit = UNIT_NS, .flags = COLUMN_DATA },
	[REACQUIRED] = { "reacquired", "reacquired", UNIT_COUNT, COLUMN_DATA, FROM(struct lock, reacquired) },
	[CHANGES]    = { "owner_changes", "owner changes", UNIT_COUNT, COLUMN_DATA, FROM(struct lock, owner_changes) },
	[WAKES]      = { "wakes", "wakes", UNIT_COUNT, COLUMN_SPARE, FROM(struct lock, wakes) },
	[FOREIGN]    = { "foreign_unlocks", "unlocked by others", UNIT_COUNT, COLUMN_DATA, FROM(struct lock, foreign_unlocks) },
	[ABANDONED]  = { "abandoned", "abandoned", UNIT_COUNT, COLUMN_DATA, FROM(struct lock, abandoned) },
	[READ]       = { "read", "read", .flags = COLUMN_DATA },
	[WRITE]      = { "write", "write", .flags = COLUMN_DATA },
	[NAME]       = { "name", "lock", .flags = COLUMN_CODE },
	[SIDES]      = { "sides", "by side", .flags = COLUMN_TEXT },
	[HINTS]      = { "hints", "hints", .unit = UNIT_NONE },
	[LONGEST]    = { "longest", "longest wait", .flags = COLUMN_DATA },
	[LONGEST_HOLD] = { "longest_hold", "longest hold", .flags = COLUMN_DATA },
	[COND]       = { "cond", "condition", .flags = COLUMN_SPARE },
	[BARRIER]    = { "barrier", "barrier", .flags = COLUMN_SPARE },
	[WAITERS]    = { "waiters", "waiters", .unit = UNIT_NONE },
	[HOLDERS]    = { "holders", "holders", .flags = COLUMN_DATA },
	[SITES]      = { "sites", "call sites", .flags = COLUMN_DATA },
	[THREADS]    = { "threads", "threads", .flags = COLUMN_DATA },
};

enum {
	SIDE_ACQUIRED, SIDE_CONTENDED, SIDE_TRY_FAILED, SIDE_FAILED, SIDE_WAIT, SIDE_WAIT_P50, SIDE_WAIT_P95, SIDE_WAIT_P99, SIDE_MAX_WAIT,
	SIDE_HOLD, SIDE_HOLD_P50, SIDE_HOLD_P95, SIDE_HOLD_P99, SIDE_MAX_HOLD,
};
static const struct column side_columns[] = {
	[SIDE_ACQUIRED]   = { "acquisitions", "acquired", UNIT_COUNT, FROM(struct lock_side, acquisitions) },
	[SIDE_CONTENDED]  = { "contended", "contended", UNIT_COUNT, FROM(struct lock_side, contended) },
	[SIDE_TRY_FAILED] = { "try_failed", "try failed", UNIT_COUNT, FROM(struct lock_side, try_failed) },
	[SIDE_FAILED]     = { "timed_out", "timed out", UNIT_COUNT, FROM(struct lock_side, failed) },
	[SIDE_WAIT]       = { "wait_ns", "waited", UNIT_NS, FROM(struct lock_side, wait_ns) },
	[SIDE_WAIT_P50]   = { "wait_p50_ns", "half below", .unit = UNIT_NS },
	[SIDE_WAIT_P95]   = { "wait_p95_ns", "95 % below", .unit = UNIT_NS },
	[SIDE_WAIT_P99]   = { "wait_p99_ns", "99 % below", .unit = UNIT_NS },
	[SIDE_MAX_WAIT]   = { "max_wait_ns", "longest", UNIT_NS, FROM(struct lock_side, max_wait_ns) },
	[SIDE_HOLD]       = { "hold_ns", "held", UNIT_NS, FROM(struct lock_side, hold_ns) },
	[SIDE_HOLD_P50]   = { "hold_p50_ns", "half below", .unit = UNIT_NS },
	[SIDE_HOLD_P95]   = { "hold_p95_ns", "95 % below", .unit = UNIT_NS },
	[SIDE_HOLD_P99]   = { "hold_p99_ns", "99 % below", .unit = UNIT_NS },
	[SIDE_MAX_HOLD]   = { "max_hold_ns", "longest", UNIT_NS, FROM(struct lock_side, max_hold_ns) },
};

/* People see both below each other. */
enum { EACH_WAIT, EACH_MAX_WAIT, EACH_CONTENDED, EACH_ACQUIRED, EACH_HOLD, EACH_MAX_HOLD, EACH_NAME };
static const struct column each_columns[] = {
	[EACH_WAIT]      = { "wait_ns", "waited", UNIT_NS, FROM(struct lock_side, wait_ns) },
	[EACH_MAX_WAIT]  = { "max_wait_ns", "longest", UNIT_NS, FROM(struct lock_side, max_wait_ns) },
	[EACH_CONTENDED] = { "contended", "contended", UNIT_COUNT, FROM(struct lock_side, contended) },
	[EACH_ACQUIRED]  = { "acquisitions", "acquired", UNIT_COUNT, FROM(struct lock_side, acquisitions) },
	[EACH_HOLD]      = { "hold_ns", "held", UNIT_NS, FROM(struct lock_side, hold_ns) },
	[EACH_MAX_HOLD]  = { "max_hold_ns", "longest", UNIT_NS, FROM(struct lock_side, max_hold_ns) },
	[EACH_NAME]      = { "side", "to", .flags = COLUMN_WORDS },
};

static struct cell sides(const struct view_input *in, const struct lock *l)
{
	const struct { const char *name; const struct lock_side *figures; } each[] = { { "read", &l->read }, { "write", &l->write } };
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sides", NULL, each_columns);

	for (size_t i = 0; i < 2; i++) {
		struct cell *c = table_row(t);

		table_fill(t, c, each[i].figures);
		c[EACH_NAME] = cell_name(each[i].name);
	}
	return cell_table(t);
}

static void quantiles(struct cell *c, const struct lock_times *t, int p50, int p95, int p99)
{
	c[p50] = locks_quantile(t, .5);
	c[p95] = locks_quantile(t, .95);
	c[p99] = locks_quantile(t, .99);
}

static struct cell side(const struct view_input *in, const char *key, const struct lock_side *figures)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, key, key, side_columns);
	struct cell *c = table_row(t);

	table_fill(t, c, figures);
	quantiles(c, &figures->waits, SIDE_WAIT_P50, SIDE_WAIT_P95, SIDE_WAIT_P99);
	quantiles(c, &figures->holds, SIDE_HOLD_P50, SIDE_HOLD_P95, SIDE_HOLD_P99);
	return cell_table(t);
}

static void add_holds(const struct view_input *in, const struct lock *l, struct cell *c)
{
	c[HOLD] = cell_int(l->all.hold_ns);
	c[MAX_HOLD] = cell_int(l->all.max_hold_ns);
	quantiles(c, &l->all.holds, HOLD_P50, HOLD_P95, HOLD_P99);
	c[WAITING] = cell_int(l->held_waiting_ns);
	c[IN_IO] = cell_int(l->held_io_ns);
	c[ASLEEP] = cell_int(l->held_sleep_ns);
	c[LONGEST_HOLD] = locks_longest(in, &l->longest_hold, "longest_hold", false);
}

static void add_lock(const struct view_input *in, struct table *t, uint32_t index)
{
	const struct lock *l = &in->model->locks.v.v[index];
	struct cell *c = table_row(t);

	table_fill(t, c, l);
	c[KIND] = cell_name(lock_kind_name(l->kind));
	c[NAME] = cell_name(naming_lock(in->naming, index));
	quantiles(c, &l->all.waits, WAIT_P50, WAIT_P95, WAIT_P99);
	if (l->crowd.ends)
		c[QUEUE] = cell_real((double)l->crowd.others / (double)l->crowd.ends);
	if (l->has_hold)
		add_holds(in, l, c);
	if (l->kind == HP_LOCK_KIND_RWLOCK) {
		c[READ] = side(in, "read", &l->read);
		c[WRITE] = side(in, "write", &l->write);
		c[SIDES] = sides(in, l);
	}
	c[LONGEST] = locks_longest(in, &l->longest, "longest", true);
	c[COND] = locks_cond(in, l);
	c[BARRIER] = locks_barrier(in, l);
	c[HINTS] = cell_table(locks_hints(in, l));
	c[WAITERS] = cell_table(locks_waiters(in, l));
	c[HOLDERS] = cell_table(locks_blockers(in, l));
	c[SITES] = cell_table(locks_sites(in, l));
	c[THREADS] = cell_table(locks_threads(in, l));
}

static void sort(struct table *t)
{
	table_sort(t, "acquisitions");
	table_sort(t, "contended");
	table_sort(t, "wait_ns");
}

static bool is_used(const struct lock *l)
{
	return l->all.acquisitions | l->all.contended | l->all.try_failed | l->all.failed | l->wakes;
}

/*
 * People see locks, and what is waited for by signals, apart: the latter is mostly idleness, and would stand before the lock that
 * is to be mended. What was never used is not shown to them at all.
 */
static void add_for_people(const struct view_input *in, struct doc *doc, const struct table *all)
{
	struct table *locks = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Locks", columns);
	struct table *others = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Conditions, semaphores, barriers", columns);

	for (uint32_t i = 0; i < in->model->locks.v.n; i++) {
		const struct lock *l = &in->model->locks.v.v[i];

		if (is_used(l))
			memcpy(table_row(l->has_hold ? locks : others), all->rows[i].cells, sizeof columns / sizeof *columns * sizeof(struct cell));
	}
	sort(locks);
	sort(others);
	doc_add(doc, locks);
	if (others->row_count)
		doc_add(doc, others);
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "locks", NULL, columns);

	for (uint32_t i = 0; i < in->model->locks.v.n; i++)
		add_lock(in, t, i);
	t->brief = true;
	add_for_people(in, doc, t);
	sort(t);
	doc_add(doc, t);
}

const struct view view_locks = { .name = "locks", .parts = MODEL_LOCKS | MODEL_WAITS, .add = add };
