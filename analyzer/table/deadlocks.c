/*
 * deadlocks[], held_up[]: threads that wait for each other, or for nobody, at the end; and those that are held up by one which waits
 * for something outside. Part of every report for which locks were read; people see it first.
 */
#include "dump/ops.h"
#include "table/lock_places.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { TID, NAME, THREAD, WAITS_FOR, WAITING_FOR, OF, SINCE, TIMED, SOURCE, STACK, HOLDS };
static const struct column member_columns[] = {
	[TID]         = { "tid", "", .flags = COLUMN_DATA },
	[NAME]        = { "name", "", .flags = COLUMN_DATA },
	[THREAD]      = { "thread", "thread", .flags = COLUMN_TEXT },
	[WAITS_FOR]   = { "waits_for", "waits for", .flags = COLUMN_TEXT, .most = 48 },
	[WAITING_FOR] = { "waiting_for", "", .flags = COLUMN_DATA },
	[OF]          = { "of", "which has", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[SINCE]       = { "since_ns", "since", UNIT_TIME, FROM(struct pending_call, start_ns) },
	[TIMED]       = { "timed", "", .flags = COLUMN_DATA },
	[SOURCE]      = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]       = { "stack", "in", .unit = UNIT_NONE },
	[HOLDS]       = { "holds", "holds", .unit = UNIT_NONE },
};

enum { FOR_WHAT, FOR_CALL, FOR_LOCK, FOR_NAME, FOR_KIND, FOR_SIDE, FOR_MUTEX, FOR_TID, FOR_FD };
static const struct column for_columns[] = {
	[FOR_WHAT] = { "what", "", .flags = COLUMN_DATA },
	[FOR_CALL] = { "call", "", .flags = COLUMN_DATA },
	[FOR_LOCK] = { "lock", "", .flags = COLUMN_DATA },
	[FOR_NAME] = { "name", "", .flags = COLUMN_DATA },
	[FOR_KIND] = { "kind", "", .flags = COLUMN_DATA },
	[FOR_SIDE] = { "side", "", .flags = COLUMN_DATA },
	[FOR_MUTEX] = { "mutex", "", .flags = COLUMN_DATA },
	[FOR_TID]  = { "tid", "", .flags = COLUMN_DATA },
	[FOR_FD]   = { "fd", "", .flags = COLUMN_DATA },
};

enum { HOLD_NAME, HOLD_LOCK, HOLD_KIND, HOLD_SIDE, HOLD_SINCE, HOLD_SOURCE, HOLD_SITE };
static const struct column hold_columns[] = {
	[HOLD_NAME]   = { "name", "holds", .flags = COLUMN_CODE },
	[HOLD_LOCK]   = { "lock", "", .flags = COLUMN_DATA },
	[HOLD_KIND]   = { "kind", "", .flags = COLUMN_DATA },
	[HOLD_SIDE]   = { "side", "", .flags = COLUMN_SPARE },
	[HOLD_SINCE]  = { "since_ns", "since", UNIT_TIME, FROM(struct deadlock_hold, since_ns) },
	[HOLD_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[HOLD_SITE]   = { "site", "taken in", .unit = UNIT_NONE },
};

enum { KIND, CERTAIN, DOUBTS, PID, WAITED, TEXT, MEMBERS, BEHIND };
static const struct column columns[] = {
	[KIND]    = { "kind", "", .unit = UNIT_NONE },
	[CERTAIN] = { "certain", "", .unit = UNIT_NONE },
	[DOUBTS]  = { "doubts", "", .unit = UNIT_NONE },
	[PID]     = { "pid", "", .unit = UNIT_NONE },
	[WAITED]  = { "waited_ns", "", .unit = UNIT_NS },
	[TEXT]    = { "text", "", .unit = UNIT_NONE },
	[MEMBERS] = { "members", "", .unit = UNIT_NONE },
	[BEHIND]  = { "behind", "", .unit = UNIT_NONE },
};

enum { WORTH_TELLING_NS = 100000000 };
static const char *const kinds[] = { "cycle", "owner_gone", "nobody_left", "held_up" };
static const char *const titles[] = { "DEADLOCK", "DEADLOCK", "STUCK", "Held up" };
static const struct { unsigned doubt; const char *text; } doubt_texts[] = {
	{ DOUBT_DROPPED, "events were dropped" },
	{ DOUBT_DAMAGED, "the dump is damaged" },
	{ DOUBT_SWITCHED, "locks were not recorded all the time" },
	{ DOUBT_PASSED, "a lock of it was released by a thread that had not taken it" },
	{ DOUBT_TIMED, "it may resolve itself: a wait has a time limit" },
	{ DOUBT_SIGNALS, "a signal handler, or something that was not recorded, could still end it" },
};

static const char *side(const struct lock *l, int shared)
{
	return l->kind != HP_LOCK_KIND_RWLOCK ? NULL : shared ? "read" : "write";
}

static struct table *holds(const struct view_input *in, const struct deadlock_member *member)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "holds", "Holds", hold_columns);

	for (uint32_t i = 0; i < member->holds; i++) {
		const struct deadlock_hold *h = &in->model->deadlocks.holds.v[member->first_hold + i];
		const struct lock *l = &in->model->locks.v.v[h->lock];
		struct cell *c = table_row(t);

		table_fill(t, c, h);
		c[HOLD_NAME] = cell_name(naming_lock(in->naming, h->lock));
		c[HOLD_LOCK] = cell_int(l->id);
		c[HOLD_KIND] = cell_name(lock_kind_name(l->kind));
		c[HOLD_SIDE] = cell_name(side(l, h->shared));
		c[HOLD_SITE] = c[HOLD_SOURCE] = cell_stack(h->site);
	}
	return t;
}

static const char *what_for(unsigned class)
{
	switch (class) {
	case HP_CLASS_LOCK:    return "lock";
	case HP_CLASS_JOIN:    return "thread";
	case HP_CLASS_COND:    return "signal";
	case HP_CLASS_SEM:     return "post";
	case HP_CLASS_BARRIER: return "barrier";
	case HP_CLASS_CHILD:   return "process";
	default:               return "call";
	}
}

static bool has_fd(unsigned class)
{
	return class == HP_CLASS_READ || class == HP_CLASS_WRITE || class == HP_CLASS_FILE || class == HP_CLASS_ACCEPT || class == HP_CLASS_CONNECT;
}

/* What it waits for may never have been seen before. */
static const char *name_of(const struct view_input *in, const struct deadlock_member *member)
{
	const struct pending_call *p = &in->model->pending.v[member->pending];

	if (member->lock != LOCK_NONE)
		return naming_lock(in->naming, member->lock);
	return op_info(p->op)->kind == HP_LOCK ? naming_address(in->naming, in->model->threads.v.v[p->thread].process, p->object) : NULL;
}

static struct table *waiting_for(const struct view_input *in, const struct deadlock_member *member)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "waiting_for", "", for_columns);
	const struct pending_call *p = &in->model->pending.v[member->pending];
	const struct lock *l = member->lock == LOCK_NONE ? NULL : &in->model->locks.v.v[member->lock];
	struct cell *c = table_row(t);

	c[FOR_WHAT] = cell_name(what_for(op_info(p->op)->class));
	c[FOR_CALL] = cell_name(op_name(p->op));
	c[FOR_NAME] = cell_name(name_of(in, member));
	if (member->mutex != LOCK_NONE)
		c[FOR_MUTEX] = cell_name(naming_lock(in->naming, member->mutex));
	if (l) {
		c[FOR_LOCK] = cell_int(l->id);
		c[FOR_KIND] = cell_name(lock_kind_name(l->kind));
		c[FOR_SIDE] = cell_name(side(l, member->shared));
	}
	if (member->of_thread != THREAD_NONE)
		c[FOR_TID] = cell_int(in->model->threads.v.v[member->of_thread].tid);
	if (has_fd(op_info(p->op)->class))
		c[FOR_FD] = cell_int(p->object);
	return t;
}

static const char *waits_for(const struct view_input *in, const struct deadlock_member *member)
{
	const struct pending_call *p = &in->model->pending.v[member->pending];
	const struct lock *l = member->lock == LOCK_NONE ? NULL : &in->model->locks.v.v[member->lock];
	const char *which = l ? side(l, member->shared) : NULL, *name = name_of(in, member);
	unsigned class = op_info(p->op)->class;

	if (class == HP_CLASS_JOIN && member->of_thread != THREAD_NONE)
		return view_text(in, "the end of %s", lock_thread(in, member->of_thread));
	if (member->mutex != LOCK_NONE)
		return view_text(in, "mutex %s, to leave %s", naming_lock(in->naming, member->mutex), op_name(p->op));
	if (l && class == HP_CLASS_LOCK)
		return view_text(in, "%s %s%s%s", lock_kind_name(l->kind), name, which ? " to " : "", which ? which : "");
	if (name && class != HP_CLASS_LOCK)
		return view_text(in, "a %s of %s", class == HP_CLASS_BARRIER ? "round" : what_for(class), name);
	return has_fd(class) ? view_text(in, "%s of fd %d", op_name(p->op), (int)p->object) : op_name(p->op);
}

static void add_member(const struct view_input *in, struct table *t, const struct deadlock_member *member)
{
	const struct pending_call *p = &in->model->pending.v[member->pending];
	const struct thread *thread = &in->model->threads.v.v[p->thread];
	struct cell *c = table_row(t);

	table_fill(t, c, p);
	c[TID] = cell_int(thread->tid);
	c[NAME] = cell_name(thread->name[0] ? thread->name : NULL);
	c[THREAD] = cell_name(lock_thread(in, p->thread));
	c[WAITS_FOR] = cell_name(waits_for(in, member));
	c[WAITING_FOR] = cell_table(waiting_for(in, member));
	if (member->lock != LOCK_NONE || member->mutex != LOCK_NONE)
		c[OF] = cell_name(lock_thread(in, member->of_thread));
	c[TIMED] = cell_bool(member->timed);
	c[STACK] = c[SOURCE] = cell_stack(p->stack);
	c[HOLDS] = cell_table(holds(in, member));
}

static struct table *members(const struct view_input *in, const struct deadlock *d)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "members", NULL, member_columns);

	for (uint32_t i = 0; i < d->members; i++)
		add_member(in, t, &in->model->deadlocks.members.v[d->first_member + i]);
	return t;
}

static struct table *behind(const struct view_input *in, const struct deadlock *d)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "behind", NULL, member_columns);

	for (uint32_t i = 0; i < d->behind; i++)
		add_member(in, t, &in->model->deadlocks.members.v[in->model->deadlocks.behind.v[d->first_behind + i]]);
	return t;
}

static struct cell doubts(const struct view_input *in, const struct deadlock *d)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, sizeof(doubt_texts) / sizeof(*doubt_texts) * sizeof(*list->at));
	for (size_t i = 0; i < sizeof(doubt_texts) / sizeof(*doubt_texts); i++)
		if (d->doubts & doubt_texts[i].doubt)
			list->at[list->count++] = doubt_texts[i].text;
	return cell_names(list);
}

/* What has happened, in a sentence's second half. */
static const char *story(const struct view_input *in, const struct deadlock *d)
{
	const struct model *m = in->model;
	const struct deadlock_member *first = &m->deadlocks.members.v[d->first_member];
	const char *who = lock_thread(in, m->pending.v[first->pending].thread);

	switch (d->kind) {
	case DEADLOCK_CYCLE:
		return d->members == 1 ? view_text(in, "%s waits for itself", who)
		                       : view_text(in, "%s threads wait for each other", fmt_count(d->members).s);
	case DEADLOCK_GONE:
		return d->gone != THREAD_NONE ? view_text(in, "%s waits for a lock of %s, which has ended", who, lock_thread(in, d->gone))
		                              : view_text(in, "%s waits for a lock that another thread had when the process was forked", who);
	case DEADLOCK_NOBODY:
		return view_text(in, "every thread waits, and nobody is left to wake %s%s", who, d->members > 1 ? ", and others" : "");
	default:
		return view_text(in, "%s %s behind %s, which is in %s", view_count(in, d->behind, "thread"), d->behind == 1 ? "waits" : "wait",
		                 who, op_name(m->pending.v[first->pending].op));
	}
}

static const char *note_of(const struct view_input *in, const struct deadlock *d, const struct names *doubts)
{
	struct buf text = { 0 };
	const char *copy;

	buf_adds(&text, story(in, d));
	if (d->waited_ns >= WORTH_TELLING_NS)
		buf_addf(&text, ", for %s", fmt_duration(d->waited_ns).s);
	if (d->behind && d->kind != DEADLOCK_OUTSIDE)
		buf_addf(&text, "; %s more behind %s", view_count(in, d->behind, "thread"), d->members == 1 ? "it" : "them");
	for (size_t i = 0; i < doubts->count; i++)
		buf_addf(&text, "%s%s", i ? ", " : ". Not certain: ", doubts->at[i]);
	copy = arena_strdup(in->arena, buf_text(&text));
	buf_free(&text);
	return copy;
}

static void add_deadlock(const struct view_input *in, struct doc *doc, struct table *t, const struct deadlock *d)
{
	struct table *list = members(in, d), *drawn = arena_alloc(in->arena, sizeof(*drawn));
	struct cell *c = table_row(t), why = doubts(in, d);

	c[KIND] = cell_name(kinds[d->kind]);
	c[CERTAIN] = cell_bool(!d->doubts);
	c[DOUBTS] = why;
	c[PID] = cell_int(in->model->processes.v.v[d->process].pid);
	c[WAITED] = d->waited_ns ? cell_int(d->waited_ns) : CELL_UNKNOWN;
	c[TEXT] = cell_name(story(in, d));
	c[MEMBERS] = cell_table(list);
	c[BEHIND] = cell_table(behind(in, d));
	*drawn = *list;
	drawn->key = NULL;
	drawn->title = titles[d->kind];
	drawn->note = note_of(in, d, why.names);
	drawn->alarm = d->kind != DEADLOCK_OUTSIDE;
	drawn->lines = 3;
	doc_add(doc, drawn);
}

static void add(const struct view_input *in, struct doc *doc)
{
	const struct deadlocks *all = &in->model->deadlocks;
	struct table *stuck = TABLE_NEW(in->arena, TABLE_ROWS, "deadlocks", NULL, columns);
	struct table *held_up = TABLE_NEW(in->arena, TABLE_ROWS, "held_up", NULL, columns);

	if (!all->looked)
		return;
	for (size_t i = 0; i < all->v.n; i++)
		add_deadlock(in, doc, all->v.v[i].kind == DEADLOCK_OUTSIDE ? held_up : stuck, &all->v.v[i]);
	stuck->brief = held_up->brief = true;  /* people see the tables above */
	doc_add(doc, stuck);
	doc_add(doc, held_up);
}

const struct view view_deadlocks = { .name = NULL, .parts = 0, .add = add };
