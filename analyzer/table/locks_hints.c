/* Hints on locks that exclude: mutexes, spin locks, rwlocks. Those on what is waited for by signals are in locks_hints_wakes.c. */
#include "table/locks_hints.h"

#include "dump/ops.h"
#include "util/fmt.h"

enum {
	MATTERS_NS = 1000000, MATTERS_PER_MILLE = 10,  /* waits below both are not worth a change */
	LONG_NS = 1000000,          /* as long as a turn on the processor may be: waiters sleep */
	SHORT_NS = 100000,          /* a section that holds no surprise */
	BUSY_PERCENT = 40,          /* held for so much of the time, a lock is a bottleneck by itself */
	CONTENDED_PERCENT = 5, CONTENDED_LEAST = 100,
	BLOCKED_PERCENT = 30,
	SEEN_LEAST = 100,           /* of a habit */
	ONE_THREAD_LEAST = 100000,  /* 2 ms or more */
};

enum { HINT, COUNT, OF, WAIT, HOLD, SOURCE, WHERE, TEXT };
static const struct column columns[] = {
	[HINT]   = { "hint", "hint", .flags = COLUMN_WORDS },
	[COUNT]  = { "count", "", UNIT_COUNT, COLUMN_DATA, FROM(struct lock_hint, count) },
	[OF]     = { "of", "", UNIT_COUNT, COLUMN_DATA, FROM(struct lock_hint, of) },
	[WAIT]   = { "wait_ns", "", UNIT_NS, COLUMN_DATA, FROM(struct lock_hint, wait_ns) },
	[HOLD]   = { "hold_ns", "", UNIT_NS, COLUMN_DATA, FROM(struct lock_hint, hold_ns) },
	[SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[WHERE]  = { "stack", "", .flags = COLUMN_DATA },
	[TEXT]   = { "text", "because", .flags = COLUMN_WORDS | COLUMN_WHOLE },
};

static uint64_t reported_ns(const struct model *m)
{
	uint64_t to = m->options.to_ns && m->options.to_ns < m->duration_ns ? m->options.to_ns : m->duration_ns;

	return to > m->options.from_ns ? to - m->options.from_ns : 0;
}

bool lock_waits_matter(const struct view_input *in, const struct lock *l)
{
	return l->all.wait_ns >= MATTERS_NS && l->all.wait_ns >= reported_ns(in->model) / 1000 * MATTERS_PER_MILLE;
}

/* Where it was held when others waited longest in all. */
static uint32_t worst_site(const struct view_input *in, const struct lock *l)
{
	const struct lock_blocker *worst = NULL;

	for (uint32_t i = l->first_blocker; i < in->model->locks.blockers.n; i = in->model->locks.blockers.v[i].next)
		if (in->model->locks.blockers.v[i].site && (!worst || in->model->locks.blockers.v[i].wait_ns > worst->wait_ns))
			worst = &in->model->locks.blockers.v[i];
	return worst ? worst->site : 0;
}

/* Others than who is seen here may have it: another process, libc. */
static bool is_known_who_held(const struct view_input *in, const struct lock *l)
{
	uint64_t known = 0;

	for (uint32_t i = l->first_blocker; i < in->model->locks.blockers.n; i = in->model->locks.blockers.v[i].next)
		known += in->model->locks.blockers.v[i].site ? in->model->locks.blockers.v[i].wait_ns : 0;
	return known >= l->all.wait_ns / 2;
}

static bool is_contended(const struct lock *l)
{
	return l->all.contended >= CONTENDED_LEAST && view_percent(l->all.contended, l->all.acquisitions) >= CONTENDED_PERCENT;
}

static uint64_t usual_hold(const struct lock *l)
{
	return lock_times_quantile(&l->all.holds, .5);
}

/* So long that one of 20 waits is longer; two at least, as one may be an accident: its holder lost the processor. */
static uint64_t long_wait(const struct lock *l)
{
	uint64_t n = lock_times_count(&l->all.waits);

	return n < 2 ? 0 : lock_times_quantile(&l->all.waits, n < 40 ? 1 - 2 / (double)n : .95);
}

bool lock_hint_long_hold(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	uint64_t waits = long_wait(l);

	if (!l->has_hold || !lock_waits_matter(in, l) || waits < LONG_NS || l->all.max_hold_ns < LONG_NS
	    || !is_known_who_held(in, l))
		return false;
	*h = (struct lock_hint){ .count = l->all.contended, .wait_ns = l->all.wait_ns, .hold_ns = l->all.max_hold_ns, .stack = worst_site(in, l) };
	h->text = view_text(in, "held for up to %s%s, while others waited %s in all, up to %s: do less under it", fmt_duration(h->hold_ns).s,
	                    view_in(in, h->stack), fmt_duration(h->wait_ns).s, fmt_duration(l->all.max_wait_ns).s);
	return true;
}

bool lock_hint_blocked_holder(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	unsigned waiting = view_percent(l->held_waiting_ns, l->all.hold_ns);

	if (!l->has_hold || !lock_waits_matter(in, l) || waiting < BLOCKED_PERCENT || !is_known_who_held(in, l))
		return false;
	*h = (struct lock_hint){ .wait_ns = l->all.wait_ns, .hold_ns = l->held_waiting_ns, .of = l->all.hold_ns, .stack = l->longest_hold.stack };
	h->text = view_text(in, "who holds it does nothing for %u %% of the time (%s of %s; I/O %s, sleep %s)%s: move that out of it", waiting,
	                    fmt_duration(l->held_waiting_ns).s, fmt_duration(l->all.hold_ns).s, fmt_duration(l->held_io_ns).s, fmt_duration(l->held_sleep_ns).s,
	                    view_in(in, h->stack));
	return true;
}

bool lock_hint_hot_section(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	unsigned busy = view_percent(l->all.hold_ns, l->last_ns > l->first_ns ? l->last_ns - l->first_ns : 0);

	if (!l->has_hold || !lock_waits_matter(in, l) || !is_contended(l) || usual_hold(l) >= SHORT_NS || busy < BUSY_PERCENT)
		return false;
	*h = (struct lock_hint){ .count = l->all.contended, .of = l->all.acquisitions, .wait_ns = l->all.wait_ns, .hold_ns = usual_hold(l),
		.stack = worst_site(in, l) };
	h->text = view_text(in, "%s contended of %s, held for %s usually, but for %u %% of the time%s: split it, or enter it less often",
	                    fmt_count(h->count).s, fmt_count(h->of).s, fmt_duration(h->hold_ns).s, busy, view_in(in, h->stack));
	return true;
}

bool lock_hint_needless_contention(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	unsigned busy = view_percent(l->all.hold_ns, l->last_ns > l->first_ns ? l->last_ns - l->first_ns : 0);

	if (!l->has_hold || !lock_waits_matter(in, l) || !is_contended(l) || usual_hold(l) >= SHORT_NS || busy >= BUSY_PERCENT
	    || l->all.wait_ns < l->all.hold_ns)
		return false;
	*h = (struct lock_hint){ .count = l->all.contended, .of = l->all.acquisitions, .wait_ns = l->all.wait_ns, .hold_ns = usual_hold(l),
		.stack = worst_site(in, l) };
	h->text = view_text(in, "waits (%s each) cost more than what is done under it (%s), and it is free for %u %% of the time: spin "
	                    "shortly, try and do something else, or split it", fmt_duration(locks_mean(l->all.wait_ns, l->all.contended)).s,
	                    fmt_duration(h->hold_ns).s, busy > 100 ? 0 : 100 - busy);
	return true;
}

bool lock_hint_convoy(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	if (!l->has_hold || !lock_waits_matter(in, l) || l->crowd.ends < CONTENDED_LEAST || l->crowd.others < l->crowd.ends)
		return false;
	*h = (struct lock_hint){ .count = l->crowd.most, .of = l->crowd.ends, .wait_ns = l->all.wait_ns, .stack = worst_site(in, l) };
	h->text = view_text(in, "a convoy: when one gets it, %.1f others wait on, up to %s threads at once", (double)l->crowd.others
	                    / (double)l->crowd.ends, fmt_count(l->crowd.most).s);
	return true;
}

bool lock_hint_never_read(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	if (l->kind != HP_LOCK_KIND_RWLOCK || l->read.acquisitions || l->write.acquisitions < SEEN_LEAST)
		return false;
	*h = (struct lock_hint){ .count = l->write.acquisitions };
	h->text = view_text(in, "only ever taken to write, %s times: a mutex does that at less cost", fmt_count(h->count).s);
	return true;
}

bool lock_hint_never_written(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	if (l->kind != HP_LOCK_KIND_RWLOCK || l->write.acquisitions || l->read.acquisitions < SEEN_LEAST)
		return false;
	*h = (struct lock_hint){ .count = l->read.acquisitions };
	h->text = view_text(in, "only ever taken to read, %s times: what nobody changes needs no lock", fmt_count(h->count).s);
	return true;
}

bool lock_hint_starved_writers(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	uint64_t reads = locks_mean(l->read.hold_ns, l->read.acquisitions), waits = locks_mean(l->write.wait_ns, l->write.contended);

	if (l->kind != HP_LOCK_KIND_RWLOCK || !lock_waits_matter(in, l) || l->read.acquisitions < 4 * l->write.acquisitions
	    || !l->write.contended || waits < LONG_NS || waits < 2 * reads)
		return false;
	*h = (struct lock_hint){ .count = l->write.contended, .of = l->write.acquisitions, .wait_ns = l->write.wait_ns, .hold_ns = reads };
	h->text = view_text(in, "writers wait for %s each, readers hold it for %s each and keep coming: prefer writers "
	                    "(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP), or read less often", fmt_duration(waits).s, fmt_duration(reads).s);
	return true;
}

bool lock_hint_one_thread(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct locks *locks = &in->model->locks;

	if (!l->has_hold || l->all.contended || l->all.acquisitions < ONE_THREAD_LEAST || l->first_user >= locks->users.n
	    || locks->users.v[l->first_user].next != LOCK_NONE || in->model->options.tid)
		return false;
	*h = (struct lock_hint){ .count = l->all.acquisitions };
	h->text = view_text(in, "taken %s times by one thread alone: what is not shared needs no lock", fmt_count(h->count).s);
	return true;
}

bool lock_hint_abandoned(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	*h = (struct lock_hint){ .count = l->abandoned };
	h->text = view_text(in, "held %s when its thread ended, or when it was destroyed or made anew", view_count(in, h->count, "time"));
	return h->count > 0;
}

bool lock_hint_foreign_unlocks(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	*h = (struct lock_hint){ .count = l->foreign_unlocks };
	h->text = view_text(in, "unlocked %s by a thread that had not locked it: its holds end there", view_count(in, h->count, "time"));
	return h->count > 0;
}

static const struct { const char *name; bool (*rule)(const struct view_input *, const struct lock *, struct lock_hint *); } rules[] = {
#define X(name) { #name, lock_hint_##name },
	LOCK_HINTS(X)
#undef X
};

/* Its name in words. */
static const char *words(const struct view_input *in, const char *name)
{
	char *text = (char *)(uintptr_t)view_text(in, "%s", name);

	for (char *at = text; *at; at++)
		*at = *at == '_' ? ' ' : *at;
	return text;
}

struct table *locks_hints(const struct view_input *in, const struct lock *l)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "hints", "Hints", columns);

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct lock_hint h;
		struct cell *c;

		if (!rules[i].rule(in, l, &h))
			continue;
		c = table_row(t);
		table_fill(t, c, &h);
		c[HINT] = cell_name(words(in, rules[i].name));
		c[TEXT] = cell_name(h.text);
		if (h.stack)
			c[WHERE] = c[SOURCE] = cell_stack(h.stack);
	}
	return t;
}
