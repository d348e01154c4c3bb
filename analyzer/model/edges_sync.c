/* edges_sync.c - who ended waits at conditions, semaphores, barriers and futexes. */
#include "acts_private.h"

#include <stdlib.h>

#include "util/alloc.h"

static int is_over(const struct act *a)
{
	return !(a->flags & (ACT_FAILED | ACT_OPEN));
}

/* ---- who is in a wait: a heap, first the one that returns first ---- */

struct waiting { uint32_t *v; size_t n; };  /* acts: their numbers are in the order of their ends */

static void enter(struct waiting *w, uint32_t act)
{
	size_t i = w->n++;
	for (; i && w->v[(i - 1) / 2] > act; i = (i - 1) / 2)
		w->v[i] = w->v[(i - 1) / 2];
	w->v[i] = act;
}

static uint32_t leave(struct waiting *w)
{
	uint32_t first = w->v[0], last = w->v[--w->n];
	size_t i = 0;
	for (size_t k = 1; k < w->n; i = k, k = 2 * i + 1) {
		if (k + 1 < w->n && w->v[k + 1] < w->v[k])
			k++;
		if (w->v[k] >= last)
			break;
		w->v[i] = w->v[k];
	}
	w->v[i] = last;
	return first;
}

struct begun { uint64_t start; uint32_t act; };

static int begun_order(const void *x, const void *y)
{
	const struct begun *a = x, *b = y;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->act < b->act ? -1 : a->act > b->act;
}

/* The waits among the acts, by their start; those that nobody ended are none. */
static struct begun *waits_by_start(const struct model *m, const uint32_t *acts, size_t n, enum act_kind kind, size_t *count)
{
	struct begun *b = xcalloc(n + 1, sizeof *b);
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct act *a = &m->acts.v.v[acts[i]];
		if (a->kind == kind && (is_over(a) || (kind == ACT_BARRIER && a->flags & ACT_OPEN)))
			b[(*count)++] = (struct begun){ a->start, acts[i] };
	}
	qsort(b, *count, sizeof *b, begun_order);
	return b;
}

/*
 * A wake at `ns` goes to those that wait: to so many of them, first to who returned first after it. late_ns: it may have been stamped
 * so much later than it happened.
 */
static void wake(struct model *m, struct waiting *w, uint32_t act, uint64_t count, uint64_t late_ns)
{
	uint64_t ns = m->acts.v.v[act].start;
	while (w->n && count) {
		uint32_t waiter = leave(w);
		if (m->acts.v.v[waiter].end + late_ns + ACT_SKEW_NS < ns)
			continue;  /* it had returned before, woken by nobody */
		if (m->acts.v.v[waiter].end < m->acts.v.v[act].start && late_ns)
			m->acts.v.v[act].start = m->acts.v.v[waiter].end;
		edge_set(m, waiter, act);
		count--;
	}
}

static void edges_of_wakes(struct model *m, const uint32_t *acts, size_t n, enum act_kind kind, uint64_t late_ns)
{
	size_t waits, next = 0;
	struct begun *b = waits_by_start(m, acts, n, kind, &waits);
	struct waiting w = { xcalloc(waits + 1, sizeof *w.v), 0 };
	for (size_t i = 0; i < n; i++) {
		const struct act *a = &m->acts.v.v[acts[i]];
		if (a->kind == kind)
			continue;
		for (; next < waits && b[next].start <= a->end; next++)
			enter(&w, b[next].act);
		wake(m, &w, acts[i], a->kind == ACT_SIGNAL ? 1 : a->kind == ACT_BROADCAST ? UINT64_MAX : a->number > 0 ? (uint64_t)a->number : 0, late_ns);
	}
	free(w.v);
	free(b);
}

void edges_of_cond(struct model *m, const uint32_t *acts, size_t n)
{
	edges_of_wakes(m, acts, n, ACT_COND_WAIT, 0);
}

/* How many a wake has woken is known, and written down, only after the call. */
void edges_of_futex(struct model *m, const uint32_t *acts, size_t n)
{
	edges_of_wakes(m, acts, n, ACT_FUTEX_WAIT, ACT_WAKE_NS);
}

/* ---- semaphores ---- */

/*
 * What is taken first was there first: the initial tokens, of nobody, then those of the posts. A token that is not there yet was given
 * by somebody that was not recorded.
 */
void edges_of_sem(struct model *m, const uint32_t *acts, size_t n)
{
	size_t post = 0;
	uint64_t initial = 0;
	for (size_t i = 0; i < n; i++) {
		const struct act *a = &m->acts.v.v[acts[i]];
		if (a->kind == ACT_SEM_INIT) {
			initial = a->number > 0 ? (uint64_t)a->number : 0;
			post = i;
		}
		if (a->kind != ACT_SEM_WAIT || !is_over(a))
			continue;
		if (initial) {
			initial--;
			continue;
		}
		while (post < n && m->acts.v.v[acts[post]].kind != ACT_SEM_POST)
			post++;
		if (post == n || m->acts.v.v[acts[post]].start > a->end + ACT_SKEW_NS)
			continue;
		edge_set(m, acts[i], acts[post++]);
	}
}

/* ---- barriers ---- */

/* The last initialisation before `ns`; 0: none was seen. */
static uint32_t parties_at(const struct model *m, uint32_t lock, uint64_t ns)
{
	const struct acts_private *p = m->acts.private;
	size_t a = 0, b = p->parties.n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		const struct barrier_parties *at = &p->parties.v[mid];
		if (at->lock < lock || (at->lock == lock && at->ns <= ns))
			a = mid + 1;
		else
			b = mid;
	}
	return a && p->parties.v[a - 1].lock == lock ? p->parties.v[a - 1].parties : 0;
}

/* Those that arrived from `from` on and were let go together. */
static size_t round_end(const struct model *m, const struct begun *b, size_t from, size_t n, uint32_t parties)
{
	uint64_t first_end = m->acts.v.v[b[from].act].end;
	size_t i = from + 1;
	for (; i < n && (!parties || i - from < parties); i++) {
		uint64_t end = m->acts.v.v[b[i].act].end;
		if (b[i].start > first_end + ACT_SKEW_NS)
			break;
		first_end = end < first_end ? end : first_end;
	}
	return i;
}

void edges_of_barrier(struct model *m, const uint32_t *acts, size_t n)
{
	size_t count;
	struct begun *b = waits_by_start(m, acts, n, ACT_BARRIER, &count);
	int64_t round = 0;
	for (size_t i = 0, end; i < count; i = end) {
		uint32_t parties = parties_at(m, m->acts.v.v[b[i].act].object, b[i].start), last;
		end = round_end(m, b, i, count, parties);
		last = b[end - 1].act;
		round++;
		for (size_t k = i; k < end; k++) {
			m->acts.v.v[b[k].act].number = round;
			if (!parties || end - i == parties)
				edge_set(m, b[k].act, last);
		}
	}
	free(b);
}
