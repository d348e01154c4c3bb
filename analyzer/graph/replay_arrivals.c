/* The order of arrival: an event at a time, the earliest first. */
#include "replay_arrivals.h"
#include "util/alloc.h"

enum { FORCED_MOST = 1000 };

/* ---- the heap, and lines ---- */

static int before(const struct arriving *s, uint32_t a, uint32_t b)
{
	double x = s->runners[a].time, y = s->runners[b].time;

	return x < y || (x == y && a < b);
}

void arriving_push(struct arriving *s, uint32_t runner)
{
	uint32_t at = s->heaped++;

	for (; at && before(s, runner, s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		s->heap[at] = s->heap[(at - 1) / 2];
	s->heap[at] = runner;
}

uint32_t arriving_pop(struct arriving *s)
{
	uint32_t top = s->heap[0], last = s->heap[--s->heaped], at = 0;

	for (uint32_t child; (child = 2 * at + 1) < s->heaped; at = child) {
		child += child + 1 < s->heaped && before(s, s->heap[child + 1], s->heap[child]);
		if (!before(s, s->heap[child], last))
			break;
		s->heap[at] = s->heap[child];
	}
	s->heap[at] = last;
	return top;
}

void line_add(struct arriving *s, struct line *l, uint32_t runner)
{
	s->runners[runner].next = NOBODY;
	if (l->first == NOBODY)
		l->first = runner;
	else
		s->runners[l->last].next = runner;
	l->last = runner;
}

void line_add_first(struct arriving *s, struct line *l, uint32_t runner)
{
	s->runners[runner].next = l->first;
	if (l->first == NOBODY)
		l->last = runner;
	l->first = runner;
}

uint32_t line_take(struct arriving *s, struct line *l)
{
	uint32_t runner = l->first;

	if (runner != NOBODY)
		l->first = s->runners[runner].next;
	return runner;
}

/* ---- times ---- */

static double scaled(const struct arriving *s, const struct runner *r, uint32_t number)
{
	double by = s->pass->scales.v[number].by[0], least = 1;

	for (uint32_t i = 0; i < r->holds; i++) {
		double f = s->pass->locks.v[r->held[i]].hold[0];

		if (f < least || least == 1)
			least = f == 1 ? least : f;
	}
	return by * least;
}

static double work_of(struct arriving *s, uint32_t i, const uint32_t *w)
{
	struct runner *r = &s->runners[i];
	const struct graph_work *work = s->p->graph->work.v;
	uint32_t pieces = tape_number(w[0]);
	double all = 0, sum = 0;

	for (uint32_t k = r->work; k < r->work + pieces; k++) {
		all += work[k].ns;
		sum += work[k].ns * s->pass->scales.v[s->pass->path_scale[work[k].path]].by[0];
	}
	r->work += pieces;
	if (tape_op(w[0]) == OP_PART)
		sum = all > 0 ? sum * w[1] / all : 0;
	else
		sum += w[1];
	return sum * scaled(s, r, 0) * (s->share ? s->share[i] : 1);
}

static void go_on(struct arriving *s, uint32_t i, double at)
{
	s->runners[i].time = at;
	s->runners[i].doing = RUNS;
	arriving_push(s, i);
}

/* ---- gates and barriers ---- */

static const uint32_t *words_at(const struct arriving *s, uint32_t i)
{
	return s->p->code + s->runners[i].at;
}

/* What a wait for a gate comes to: past it at `open`. The operation is done. */
static void pass_gate(struct arriving *s, uint32_t i, double open)
{
	const uint32_t *w = words_at(s, i);
	struct runner *r = &s->runners[i];
	double by;

	switch (tape_op(w[0])) {
	case OP_BEGIN:
		r->time = open + w[1];
		r->at += 2;
		break;
	case OP_PASS:
		r->time = open > r->time + REPLAY_TIE_NS ? open + w[1] : r->time + w[2];
		r->at += 3;
		break;
	case OP_AGAIN:
		r->waited = open > r->time + REPLAY_TIE_NS;
		r->time = open > r->time ? open : r->time;
		r->passed_gate = 1;
		break;
	default:
		by = s->pass->scales.v[s->pass->class_scale[w[1]]].by[0];
		r->time = open > r->time + REPLAY_TIE_NS ? open + w[2] * by : r->time + w[3] * by;
		r->at += 4;
	}
}

static void wake_all(struct arriving *s, uint32_t first, double at)
{
	for (uint32_t i = first, next; i != NOBODY; i = next) {
		next = s->runners[i].next;
		pass_gate(s, i, at);
		go_on(s, i, s->runners[i].time);
	}
}

static int wait_gate(struct arriving *s, uint32_t i, uint32_t gate)
{
	struct opening *g = &s->gates[gate];

	if (g->open) {
		pass_gate(s, i, g->at);
		return 1;
	}
	cpus_leave(s, i);
	s->runners[i].doing = WAITS_GATE;
	s->runners[i].next = g->first;
	g->first = i;
	return 0;
}

static void set_gate(struct arriving *s, uint32_t gate, double at)
{
	struct opening *g = &s->gates[gate];

	g->open = 1;
	g->at = at;
	wake_all(s, g->first, at);
	g->first = NOBODY;
}

static void come(struct arriving *s, uint32_t i, uint32_t round)
{
	struct gathering *g = &s->rounds[round];

	g->last = s->runners[i].time > g->last ? s->runners[i].time : g->last;
	if (++g->came != s->p->round_members[round])
		return;
	wake_all(s, g->first, g->last);
	g->first = NOBODY;
}

static int wait_round(struct arriving *s, uint32_t i, uint32_t round)
{
	struct gathering *g = &s->rounds[round];

	if (g->came >= s->p->round_members[round]) {
		pass_gate(s, i, g->last);
		return 1;
	}
	cpus_leave(s, i);
	s->runners[i].doing = WAITS_ROUND;
	s->runners[i].next = g->first;
	g->first = i;
	return 0;
}

/* ---- locks ---- */

static int is_shared(unsigned op)
{
	return op == OP_TAKE_SH || op == OP_GRAB_SH || op == OP_SEIZE_SH;
}

static int is_free(const struct arriving *s, uint32_t lock, int shared)
{
	const struct lock_now *l = &s->locks[lock];
	const struct pass_lock *c = &s->pass->locks.v[s->pass->lock_change[lock]];

	if (s->pass->lock_change[lock] && c->open[0])
		return 1;
	if (s->pass->lock_change[lock] && c->parts[0] > 1 && !shared)
		return l->taken < c->parts[0];
	return !l->holder && (shared || !l->readers);
}

static unsigned words_of(unsigned op)
{
	static const uint8_t words[] = {
#define X(name, n) 1 + n,
		TAPE_OPS(X)
#undef X
	};
	return words[op];
}

/* It has the lock: the operation is done. */
static void have(struct arriving *s, uint32_t i, uint32_t lock, int shared)
{
	struct lock_now *l = &s->locks[lock];
	struct runner *r = &s->runners[i];
	uint32_t change = s->pass->lock_change[lock];

	if (shared)
		l->readers++;
	else
		l->holder = i + 1;
	l->taken += !shared;
	if (change && s->pass->locks.v[change].has_hold && r->holds < sizeof(r->held) / sizeof(r->held[0]))
		r->held[r->holds++] = change;
	r->at += words_of(tape_op(words_at(s, i)[0]));
	r->passed_gate = r->waited = 0;
}

static struct lasting { double late, cost; } lasting(const uint32_t *w)
{
	switch (tape_op(w[0])) {
	case OP_TAKE:
	case OP_TAKE_SH: return (struct lasting){ w[1], w[2] };
	case OP_AGAIN:   return (struct lasting){ w[2], w[3] };
	default:         return (struct lasting){ 0, 0 };
	}
}

static int wait_lock(struct arriving *s, uint32_t i, uint32_t lock)
{
	const uint32_t *w = words_at(s, i);
	struct runner *r = &s->runners[i];
	int shared = is_shared(tape_op(w[0]));

	if (is_free(s, lock, shared)) {
		r->time += r->waited ? lasting(w).late : lasting(w).cost;
		have(s, i, lock, shared);
		return 1;
	}
	cpus_leave(s, i);
	r->doing = WAITS_LOCK;
	r->waited = 1;
	line_add(s, &s->locks[lock].line, i);
	return 0;
}

/* Who is woken needs its time for that; until then the lock is free for others. */
static void wake(struct arriving *s, uint32_t i, uint32_t lock, double now)
{
	struct runner *r = &s->runners[i];

	r->time = (r->time > now ? r->time : now) + lasting(words_at(s, i)).late;
	r->doing = RETRIES;
	s->locks[lock].woken++;
	arriving_push(s, i);
}

/* The first in line; if that only reads, all that only read. */
static void wake_next(struct arriving *s, uint32_t lock, double now)
{
	struct lock_now *l = &s->locks[lock];
	struct line kept = { NOBODY, NOBODY };
	uint32_t first = l->woken ? NOBODY : l->line.first;

	if (first == NOBODY)
		return;
	if (!is_shared(tape_op(words_at(s, first)[0]))) {
		wake(s, line_take(s, &l->line), lock, now);
		return;
	}
	for (uint32_t i; (i = line_take(s, &l->line)) != NOBODY;) {
		if (is_shared(tape_op(words_at(s, i)[0])))
			wake(s, i, lock, now);
		else
			line_add(s, &kept, i);
	}
	l->line = kept;
}

static int retry(struct arriving *s, uint32_t i)
{
	uint32_t lock = tape_number(words_at(s, i)[0]);
	int shared = is_shared(tape_op(words_at(s, i)[0]));

	s->locks[lock].woken--;
	if (is_free(s, lock, shared)) {
		have(s, i, lock, shared);
		return 1;
	}
	s->runners[i].doing = WAITS_LOCK;
	line_add_first(s, &s->locks[lock].line, i);
	return 0;
}

static int end_hold(struct runner *r, uint32_t change)
{
	for (uint32_t k = r->holds; k--;) {
		if (r->held[k] != change)
			continue;
		r->held[k] = r->held[--r->holds];
		return 1;
	}
	return 0;
}

static void give(struct arriving *s, uint32_t i, uint32_t lock, int shared)
{
	struct lock_now *l = &s->locks[lock];
	uint32_t change = s->pass->lock_change[lock];

	if (change && s->pass->locks.v[change].has_hold && !end_hold(&s->runners[i], change) && l->holder)
		end_hold(&s->runners[l->holder - 1], change);  /* another thread took it */
	if (shared)
		l->readers -= !!l->readers;
	else
		l->holder = 0, l->taken -= !!l->taken;
	if (!l->holder && (!l->readers || shared))
		wake_next(s, lock, s->runners[i].time);
}

/* ---- the run ---- */

static int again(struct arriving *s, uint32_t i, const uint32_t *w)
{
	if (w[1] && !s->runners[i].passed_gate) {
		if (!wait_gate(s, i, w[1] - 1))
			return 0;
		if (s->heaped && s->runners[s->heap[0]].time < s->runners[i].time) {
			go_on(s, i, s->runners[i].time);
			return 0;
		}
	}
	return wait_lock(s, i, tape_number(w[0]));
}

static int touches_others(unsigned op)
{
	return op >= OP_GATE;
}

/* One operation. Whether the runner can go on at once. */
static int step(struct arriving *s, uint32_t i)
{
	const uint32_t *w = words_at(s, i);
	struct runner *r = &s->runners[i];
	unsigned op = tape_op(w[0]);
	uint32_t n = tape_number(w[0]);

	switch (op) {
	case OP_BEGIN: return wait_gate(s, i, n);
	case OP_GATE:  return wait_gate(s, i, n);
	case OP_PASS:  return wait_round(s, i, n);
	case OP_AGAIN: return again(s, i, w);
	case OP_TAKE: case OP_TAKE_SH: case OP_GRAB: case OP_GRAB_SH: return wait_lock(s, i, n);
	case OP_SEIZE: case OP_SEIZE_SH: have(s, i, n, op == OP_SEIZE_SH); return 1;
	default: break;
	}
	r->at += words_of(op);
	switch (op) {
	case OP_WORK: case OP_PART: return cpus_work(s, i, work_of(s, i, w));
	case OP_SPEND:   cpus_leave(s, i); r->time += w[1] * scaled(s, r, s->pass->class_scale[n]); break;
	case OP_SPEND64: cpus_leave(s, i); r->time += (double)(w[1] | (uint64_t)w[2] << 32) * scaled(s, r, s->pass->class_scale[n]); break;
	case OP_AT:      r->time = (double)(w[1] | (uint64_t)w[2] << 32); break;
	case OP_SET:     set_gate(s, n, r->time); break;
	case OP_GIVE:    give(s, i, n, 0); break;
	case OP_GIVE_SH: give(s, i, n, 1); break;
	case OP_COME: case OP_COME_1: come(s, i, n); break;
	default: break;
	}
	return 1;
}

/* Until it waits, or somebody else is earlier. Work and calls of its own concern nobody else. */
static void run(struct arriving *s, uint32_t i)
{
	struct runner *r = &s->runners[i];

	if (r->doing == WORKS && !cpus_slice(s, i))
		return;
	if (r->doing == RETRIES && !retry(s, i))
		return;
	r->doing = RUNS;
	while (r->at < s->p->threads[i].end) {
		if (s->heaped && s->runners[s->heap[0]].time < r->time && (s->cpus || touches_others(tape_op(words_at(s, i)[0])))) {
			arriving_push(s, i);
			return;
		}
		if (!step(s, i))
			return;
	}
	cpus_leave(s, i);
	r->doing = ENDED;
}

/* Nothing can go on: the wait that began first is taken as over. NOBODY: there is none, or there were too many. */
static uint32_t first_waiting(const struct arriving *s)
{
	uint32_t best = NOBODY;

	if (s->forced > FORCED_MOST)
		return NOBODY;

	for (uint32_t i = 0; i < s->p->thread_count; i++) {
		unsigned d = s->runners[i].doing;

		if ((d == WAITS_GATE || d == WAITS_LOCK || d == WAITS_ROUND) && (best == NOBODY || before(s, i, best)))
			best = i;
	}
	return best;
}

static void leave_line(struct arriving *s, uint32_t *first, uint32_t i)
{
	while (*first != NOBODY && *first != i)
		first = &s->runners[*first].next;
	if (*first == i)
		*first = s->runners[i].next;
}

static void force_on(struct arriving *s, uint32_t i)
{
	const uint32_t *w = words_at(s, i);
	struct runner *r = &s->runners[i];
	uint32_t n = tape_number(w[0]);

	s->forced++;
	if (r->doing == WAITS_LOCK) {
		struct line kept = { NOBODY, NOBODY };

		for (uint32_t k, *first = &s->locks[n].line.first; (k = *first) != NOBODY;) {
			*first = s->runners[k].next;
			if (k != i)
				line_add(s, &kept, k);
		}
		s->locks[n].line = kept;
		have(s, i, n, is_shared(tape_op(w[0])));
	} else {
		leave_line(s, r->doing == WAITS_ROUND ? &s->rounds[n].first : &s->gates[tape_op(w[0]) == OP_AGAIN ? w[1] - 1 : n].first, i);
		pass_gate(s, i, r->time);
	}
	go_on(s, i, r->time);
}

static void begin(struct arriving *s)
{
	const struct tape *p = s->p;

	s->runners = xcalloc(p->thread_count + 1, sizeof(*s->runners));
	s->gates = xcalloc(p->gate_count + 1, sizeof(*s->gates));
	s->locks = xcalloc(p->locks.n + 1, sizeof(*s->locks));
	s->rounds = xcalloc(p->round_count + 1, sizeof(*s->rounds));
	s->heap = xcalloc(p->thread_count + 1, sizeof(*s->heap));
	s->queue = (struct line){ NOBODY, NOBODY };
	for (uint32_t i = 0; i < p->gate_count; i++)
		s->gates[i].first = NOBODY;
	for (size_t i = 0; i < p->locks.n; i++)
		s->locks[i].line = (struct line){ NOBODY, NOBODY };
	for (uint32_t i = 0; i < p->round_count; i++)
		s->rounds[i].first = NOBODY;
	for (uint32_t i = 0; i < p->thread_count; i++) {
		s->runners[i].at = p->threads[i].code;
		s->runners[i].work = p->threads[i].first_work;
		if (p->threads[i].code == p->threads[i].end)
			s->runners[i].doing = ENDED;
		else
			arriving_push(s, i);
	}
}

struct arrivals replay_arrivals(const struct tape *p, const struct plan *plan, const double *cpu_share)
{
	struct pass pass;
	struct arriving s = { .p = p, .pass = &pass };
	struct arrivals result;
	uint32_t stuck;

	pass_new(&pass, p, plan, 1, NULL);
	s.cpus = pass.cpus;
	s.share = s.cpus ? cpu_share : NULL;
	begin(&s);
	for (;;) {
		while (s.heaped && s.runners[p->result].doing != ENDED)
			run(&s, arriving_pop(&s));
		stuck = s.runners[p->result].doing == ENDED ? NOBODY : first_waiting(&s);
		if (stuck == NOBODY)
			break;
		force_on(&s, stuck);
	}
	result = (struct arrivals){ s.runners[p->result].time, s.forced, s.runners[p->result].doing == ENDED };
	pass_free(&pass);
	free(s.runners);
	free(s.gates);
	free(s.locks);
	free(s.rounds);
	free(s.heap);
	return result;
}
