/* What an act is in a tape. Durations are what is left of the recorded ones without what they waited for. */
#include "tape_private.h"

/* Where words of one thread go. */
struct pen { struct making *m; uint32_t thread; const struct act *a; uint32_t act; struct span s; };

/* ---- words ---- */

static void put(struct pen *p, unsigned op, uint32_t number, unsigned n, uint64_t a, uint64_t b, uint64_t c)
{
	struct way *w = &p->m->ways[p->thread];
	uint64_t words[] = { a, b, c };

	if (w->code + 1 + n > w->end)
		return;  /* making_size is the most there can be */
	p->m->p->code[w->code++] = op | number << OP_BITS;
	for (unsigned i = 0; i < n; i++)
		p->m->p->code[w->code++] = (uint32_t)(words[i] < UINT32_MAX ? words[i] : UINT32_MAX);
	p->m->ops++;
}

static void put64(struct pen *p, unsigned op, uint32_t number, uint64_t ns)
{
	put(p, op, number, 2, (uint32_t)ns, ns >> 32, 0);
}

static void spend(struct pen *p, uint32_t class, uint64_t ns)
{
	if (ns >= UINT32_MAX)
		put64(p, OP_SPEND64, class, ns);
	else if (ns)
		put(p, OP_SPEND, class, 1, ns, 0, 0);
}

static void fault(struct pen *p, uint64_t ns)
{
	struct tape_fault *f = &p->m->p->faults[p->a->kind];

	f->count++;
	f->ns += ns;
	if (ns >= f->thread_ns) {
		f->thread_ns = ns;
		f->thread = p->thread;
	}
}

/* ---- durations ---- */

struct lasted { uint64_t late, cost; int waited; };

/*
 * Of an act that could go on from `gate` on. late: after the gate, if it has to wait; cost: after its own arrival, if not. One that
 * had to wait does not tell what it costs without: as much as others of its kind did, but not more than it took.
 */
static struct lasted lasted(struct pen *p, uint64_t gate)
{
	struct span *s = &p->s;
	uint64_t all = s->end - s->start, usual = 0;

	if (gate <= s->start)
		return (struct lasted){ all, all, 0 };
	if (gate > s->end) {
		fault(p, gate - s->end);
		return (struct lasted){ 0, 0, 1 };
	}
	if (p->m->cost[p->a->kind].count)
		usual = p->m->cost[p->a->kind].ns / p->m->cost[p->a->kind].count;
	all = s->end - gate;
	return (struct lasted){ all, usual < all ? usual : all, 1 };
}

/* What does not fit into a word goes behind it. */
static uint64_t too_long(struct lasted *l)
{
	uint64_t all = l->cost > l->late ? l->cost : l->late;

	if (all < UINT32_MAX)
		return 0;
	l->late = l->cost = 0;
	return all;
}

/* ---- gates ---- */

static uint32_t use_gate(struct making *m, uint32_t act)
{
	uint32_t number = m->uses[act] - 1;
	struct gate_slot *g = &m->gates.v[number];

	if (!--g->uses)
		vec_push(&m->free_slots, g->slot);
	return number;
}

static void set_gate(struct pen *p)
{
	struct making *m = p->m;
	uint32_t slot, uses = m->uses[p->act];

	if (!uses)
		return;
	slot = m->free_slots.n ? m->free_slots.v[--m->free_slots.n] : m->p->slot_count++;
	vec_push(&m->gates, (struct gate_slot){ slot, uses });
	m->uses[p->act] = (uint32_t)m->gates.n;
	put(p, OP_SET, (uint32_t)m->gates.n - 1, 0, 0, 0, 0);
}

/* Whether there is one, and it is open: it is not if it was cut. */
static int has_gate(const struct pen *p)
{
	const struct act *a = p->a;

	return making_gated(p->m, a) && making_done(p->m, a->gate, graph_gates_at_start(&p->m->acts[a->gate]) ? HALF_START : HALF_END);
}

static void end_gated(struct pen *p)
{
	uint32_t class = making_class(p->m, p->a);
	struct lasted l;
	uint64_t more;

	if (!has_gate(p)) {
		struct tape_class *c = &p->m->p->classes.v[class];

		c->calls++;
		c->ns += p->s.end - p->s.start;
		spend(p, class, p->s.end - p->s.start);
		return;
	}
	l = lasted(p, graph_gate_ns(&p->m->acts[p->a->gate]));
	more = too_long(&l);
	put(p, OP_GATE, use_gate(p->m, p->a->gate), 3, class, l.late, l.cost);
	spend(p, 0, more);
}

static void end_begin(struct pen *p)
{
	uint64_t gate;

	if (!has_gate(p)) {
		put64(p, OP_AT, 0, p->s.end - p->m->p->from_ns);
		return;
	}
	gate = graph_gate_ns(&p->m->acts[p->a->gate]);
	put(p, OP_BEGIN, use_gate(p->m, p->a->gate), 1, gate < p->s.end ? p->s.end - gate : 0, 0, 0);
}

/* ---- locks ---- */

static uint32_t lock_number(const struct making *m, uint32_t lock)
{
	return lock < m->g->model->locks.v.n ? m->p->lock_number[lock] : ACT_NONE;
}

static void has_it(struct has *h, const struct pen *p, int shared)
{
	if (shared)
		h->readers++;
	else
		h->holder = p->thread + 1, h->depth = 1;
}

static void take(struct pen *p)
{
	uint32_t n = lock_number(p->m, p->a->object);
	int shared = p->a->kind == ACT_ACQUIRE_SH;
	uint64_t all = p->s.end - p->s.start, given, more;
	struct tape_lock *lock;
	struct lasted l;
	struct has *h;

	if (n == ACT_NONE) {
		spend(p, 0, all);
		return;
	}
	h = &p->m->has.v[n];
	lock = &p->m->p->locks.v[n];
	lock->acquisitions++;
	if (!shared && h->holder == p->thread + 1) {
		h->depth++;
		spend(p, 0, all);
		return;
	}
	given = !shared && h->given_sh > h->given ? h->given_sh : h->given;
	if (h->holder || (!shared && h->readers) || given > p->s.end) {
		fault(p, 0);
		h->readers = shared ? h->readers : 0;
		has_it(h, p, shared);
		put(p, OP_SEIZE + shared, n, 0, 0, 0, 0);
		spend(p, 0, all);
		return;
	}
	has_it(h, p, shared);
	l = lasted(p, given);
	lock->waits += (uint64_t)l.waited;
	lock->wait_ns += l.waited ? all : 0;
	more = too_long(&l);
	if (l.late || l.cost)
		put(p, OP_TAKE + shared, n, 2, l.late, l.cost, 0);
	else
		put(p, OP_GRAB + shared, n, 0, 0, 0, 0);
	spend(p, 0, more);
}

static void give(struct pen *p, uint32_t lock, int shared)
{
	uint32_t n = lock_number(p->m, lock);
	struct has *h;

	if (n == ACT_NONE)
		return;
	h = &p->m->has.v[n];
	if (h->holder == p->thread + 1 && --h->depth)
		return;
	shared |= !h->holder && h->readers;
	h->holder = 0;
	h->readers -= shared && h->readers;
	if (shared)
		h->given_sh = p->s.start;
	else
		h->given = p->s.start;
	put(p, OP_GIVE + shared, n, 0, 0, 0, 0);
}

/* A condition wait ends with its mutex taken again: by then its signal has come, and who had the mutex has given it back. */
static void take_again(struct pen *p)
{
	uint32_t n = lock_number(p->m, p->a->other), number = 0;
	uint64_t gate = 0, given, more;
	struct lasted l;
	struct has *h;

	if (n == ACT_NONE) {
		end_gated(p);
		return;
	}
	h = &p->m->has.v[n];
	given = h->holder || h->readers ? 0 : h->given;
	if (has_gate(p)) {
		gate = graph_gate_ns(&p->m->acts[p->a->gate]);
		number = use_gate(p->m, p->a->gate) + 1;
	} else {
		given = 0;
		spend(p, 0, p->s.end - p->s.start);
		p->s.start = p->s.end;
	}
	if (given > p->s.end)
		given = 0;
	l = lasted(p, given > gate ? given : gate);
	more = too_long(&l);
	if (h->holder || h->readers) {
		fault(p, 0);
		if (number)
			put(p, OP_GATE, number - 1, 3, 0, l.late, l.cost);
		put(p, OP_SEIZE, n, 0, 0, 0, 0);
	} else {
		put(p, OP_AGAIN, n, 3, number, l.late, l.cost);
	}
	has_it(h, p, 0);
	spend(p, 0, more);
}

/* ---- barriers ---- */

static void come(struct pen *p)
{
	uint32_t at = making_coming(p->m, p->a, p->act), round;

	if (at == ACT_NONE)
		return;
	round = p->m->round_of[at];
	put(p, p->m->round_begun[round] ? OP_COME : OP_COME_1, round, 0, 0, 0, 0);
	p->m->round_begun[round] |= 1;
}

static void pass(struct pen *p)
{
	struct making *m = p->m;
	uint32_t at = making_coming(m, p->a, p->act), round;
	uint64_t last = 0, more;
	struct lasted l;

	if (at == ACT_NONE) {
		spend(p, 0, p->s.end - p->s.start);
		return;
	}
	round = m->round_of[at];
	for (uint32_t i = at; i < m->coming.n && m->round_of[i] == round; i++)
		last = m->acts[m->coming.v[i].act].start > last ? m->acts[m->coming.v[i].act].start : last;
	for (uint32_t i = at; i-- && m->round_of[i] == round;)
		last = m->acts[m->coming.v[i].act].start > last ? m->acts[m->coming.v[i].act].start : last;
	l = lasted(p, last);
	more = too_long(&l);
	put(p, OP_PASS, round, 2, l.late, l.cost, 0);
	spend(p, 0, more);
}

/* ---- acts ---- */

static void work_before(struct pen *p)
{
	const struct graph *g = p->m->g;
	const struct way *w = &p->m->ways[p->thread];
	uint64_t gap = p->s.start - p->s.before, sum = 0, rest;
	uint32_t first = 0, pieces = 0;

	if (g->work_first) {
		first = g->work_first[w->first + w->at];
		pieces = g->work_first[w->first + w->at + 1] - first;
	}
	for (uint32_t i = 0; i < pieces; i++)
		sum += g->work.v[first + i].ns;
	if (!gap && !pieces)
		return;
	if (sum > gap) {
		rest = gap < UINT32_MAX ? gap : UINT32_MAX - 1;
		put(p, OP_PART, pieces, 1, rest, 0, 0);
		spend(p, 0, gap - rest);
		return;
	}
	rest = gap - sum < UINT32_MAX ? gap - sum : 0;
	put(p, OP_WORK, pieces, 1, rest, 0, 0);
	spend(p, 0, gap - sum - rest);
}

static void write_start(struct pen *p, int first)
{
	if (first && p->a->kind != ACT_BEGIN)
		put64(p, OP_AT, 0, p->s.before - p->m->p->from_ns);
	work_before(p);
	switch (p->a->kind) {
	case ACT_RELEASE:
	case ACT_RELEASE_SH: give(p, p->a->object, p->a->kind == ACT_RELEASE_SH); break;
	case ACT_COND_WAIT:  give(p, p->a->other, 0); break;
	case ACT_BARRIER:    come(p); break;
	default:             break;
	}
	if (graph_gates_at_start(p->a))
		set_gate(p);
}

static void write_end(struct pen *p, int first)
{
	switch (p->a->kind) {
	case ACT_ACQUIRE:
	case ACT_ACQUIRE_SH: take(p); break;
	case ACT_COND_WAIT:  take_again(p); break;
	case ACT_BARRIER:    pass(p); break;
	case ACT_BEGIN:
		if (first) {
			end_begin(p);
			break;
		}
		/* fall through */
	default:             end_gated(p); break;
	}
	if (!graph_gates_at_start(p->a))
		set_gate(p);
}

/* Turns that follow one another in the same thread are one. */
static void add_turn(struct making *m, uint32_t thread)
{
	enum { MOST = (1 << TURN_BITS) - 1 };
	struct tape *p = m->p;

	for (; m->ops; m->ops--) {
		if (!p->turns.n || p->turns.v[p->turns.n - 1] >> TURN_BITS != thread || (p->turns.v[p->turns.n - 1] & MOST) == MOST)
			vec_push(&p->turns, thread << TURN_BITS);
		p->turns.v[p->turns.n - 1]++;
	}
}

void making_write(struct making *m, uint32_t thread, enum half half)
{
	struct way *w = &m->ways[thread];
	uint32_t act = making_now(m, thread);
	struct pen p = { m, thread, &m->acts[act], act, making_span(m, &m->acts[act], w->before, !w->met) };

	if (half == HALF_START) {
		write_start(&p, !w->met);
		w->begun = 1;
	} else {
		w->before = p.s.end;
		if (making_elastic(m, act))
			p.s.end = p.s.start;
		write_end(&p, !w->met);
		w->met = 1;
		w->begun = 0;
		w->at++;
		while (w->at < w->count && !making_counts(m, m->g->order[w->first + w->at]))
			w->at = w->count;
	}
	m->p->threads[thread].end = w->code;
	add_turn(m, thread);
}

void making_tail(struct making *m)
{
	struct way *w = &m->ways[m->p->result];
	uint32_t place = w->first + w->at, pieces = 0;
	struct pen p = { .m = m, .thread = m->p->result, .s = { .before = w->met ? w->before : m->p->from_ns } };

	for (place = w->first; place < w->first + w->count && m->acts[m->g->order[place]].start <= m->p->to_ns; place++)
		;
	if (place == w->first + w->count || m->g->order[place] > m->g->end_act || p.s.before >= m->p->to_ns)
		return;
	if (m->g->work_first)
		pieces = m->g->work_first[place + 1] - m->g->work_first[place];
	if (!w->met)
		put64(&p, OP_AT, 0, 0);
	p.s.end = m->p->to_ns - p.s.before;
	put(&p, pieces ? OP_PART : OP_WORK, pieces, 1, p.s.end < UINT32_MAX ? p.s.end : 0, 0, 0);
	spend(&p, 0, p.s.end < UINT32_MAX ? 0 : p.s.end);
	w->before = m->p->to_ns;
	m->p->threads[p.thread].end = w->code;
	add_turn(m, p.thread);
}

size_t making_size(const struct making *m, uint32_t act, const struct span *s, int first)
{
	const struct act *a = &m->acts[act];
	uint64_t all = s->end - s->start, gap = s->start - s->before;
	size_t spent = all >= UINT32_MAX ? 3 : all ? 2 : 0;
	size_t n = (first ? 3 : 0) + 2 + (gap >= UINT32_MAX ? 3 : 0) + 1;

	switch (a->kind) {
	case ACT_ACQUIRE:
	case ACT_ACQUIRE_SH: return n + 1 + (all ? 2 : 0) + spent;
	case ACT_RELEASE:
	case ACT_RELEASE_SH: return n + 1;
	case ACT_COND_WAIT:  return n + 1 + 5 + 2 * spent;
	case ACT_BARRIER:    return n + 1 + 3 + spent;
	case ACT_BEGIN:      return n + 3 + 4 + spent;
	default:             return n + spent + (making_gated(m, a) ? 4 : 0);
	}
}
