/* The locks that were waited for, in short; `report --view locks` has the rest. */
#include "dump/ops.h"
#include "table/summary.h"
#include "table/waits.h"

enum { WAITED, CONTENDED, ACQUIRED, LONGEST, HELD, KIND, NAME };
static const struct column columns[] = {
	[WAITED]    = { "wait_ns", "waited", UNIT_NS, FROM(struct lock, all.wait_ns) },
	[CONTENDED] = { "contended", "times", UNIT_COUNT, FROM(struct lock, all.contended) },
	[ACQUIRED]  = { "acquisitions", "of", UNIT_COUNT, FROM(struct lock, all.acquisitions) },
	[LONGEST]   = { "max_wait_ns", "longest", UNIT_NS, FROM(struct lock, all.max_wait_ns) },
	[HELD]      = { "hold_ns", "held", .unit = UNIT_NS },
	[KIND]      = { "kind", "kind", .unit = UNIT_NONE },
	[NAME]      = { "name", "lock", .flags = COLUMN_CODE },
};

void waits_add_locks(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Locks and the like that were waited for", columns);
	const struct locks *locks = &in->model->locks;
	struct top top = { .room = TOP_MOST };

	for (uint32_t i = 0; i < locks->v.n; i++)
		top_offer(&top, i, locks->v.v[i].all.wait_ns);
	for (unsigned i = 0; i < top.count; i++) {
		const struct lock *l = &locks->v.v[top.index[i]];
		struct cell *c = table_row(t);

		table_fill(t, c, l);
		c[KIND] = cell_name(lock_kind_name(l->kind));
		c[NAME] = cell_name(naming_lock(in->naming, top.index[i]));
		if (l->has_hold)
			c[HELD] = cell_int(l->all.hold_ns);
		else
			c[CONTENDED] = CELL_UNKNOWN;
	}
	if (t->row_count)
		doc_add(doc, t);
}
