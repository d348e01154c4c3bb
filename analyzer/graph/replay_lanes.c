/* The recorded order, for 16 plans at once. */
#include "replay.h"
#include "util/alloc.h"

/* Two numbers are what every processor of the family adds and compares at once; the compiler is told so. */
enum { PAIRS = PLAN_LANES / 2, HELD_AT_ONCE = 8 };
typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_mask __attribute__((vector_size(16)));
struct lanes { pair v[PAIRS]; };

/* Locks of the pass that a thread has, and what that scales by. Further ones than HELD_AT_ONCE change nothing. */
struct holding { uint32_t n, locks[HELD_AT_ONCE]; struct lanes scale; };

/* Of a lock that is split: when it was given back the last times. */
struct ring { struct lanes *given; uint32_t taken, gave, holder; };

struct state {
	const struct tape *p;
	const struct pass *pass;
	struct lanes *time, *slot, *given, *given_sh, *round;
	size_t *at;                    /* by thread: in tape.code */
	const struct graph_work **work;  /* by thread: the next piece */
	struct holding **holding;      /* by thread; NULL: none */
	struct ring *rings;            /* by pass.locks */
};

static inline pair later(pair a, pair b, pair than_a, pair than_b)
{
	pair_mask m = (pair_mask)(than_a > than_b);

	return (pair)((m & (pair_mask)a) | (~m & (pair_mask)b));
}

static inline void add(struct lanes *t, double ns)
{
	for (int i = 0; i < PAIRS; i++)
		t->v[i] += (pair){ ns, ns };
}

static inline void add_scaled(struct lanes *t, double ns, const struct lanes *by)
{
	for (int i = 0; i < PAIRS; i++)
		t->v[i] += by->v[i] * (pair){ ns, ns };
}

static inline void latest(struct lanes *t, const struct lanes *o)
{
	for (int i = 0; i < PAIRS; i++)
		t->v[i] = later(t->v[i], o->v[i], t->v[i], o->v[i]);
}

/* Later than t: the gate and `late`; else t and `cost`. by: NULL, or what both are scaled with. */
static inline void await(struct lanes *t, const struct lanes *gate, double late, double cost, const struct lanes *by)
{
	for (int i = 0; i < PAIRS; i++) {
		pair after = by ? by->v[i] * (pair){ late, late } : (pair){ late, late };
		pair at_once = by ? by->v[i] * (pair){ cost, cost } : (pair){ cost, cost };

		t->v[i] = later(gate->v[i] + after, t->v[i] + at_once, gate->v[i], t->v[i] + (pair){ REPLAY_TIE_NS, REPLAY_TIE_NS });
	}
}

static const struct lanes *scale(const struct state *s, uint32_t number)
{
	return (const struct lanes *)(const void *)s->pass->scales.v[number].by;
}

/* Time of the thread's own. */
static void spend(struct state *s, uint32_t thread, uint32_t class, double ns)
{
	const struct holding *h = s->holding ? s->holding[thread] : NULL;
	uint32_t number = s->pass->class_scale[class];
	struct lanes own;

	if (!number && (!h || !h->n)) {
		add(&s->time[thread], ns);
		return;
	}
	own = *scale(s, number);
	for (int i = 0; h && h->n && i < PAIRS; i++)
		own.v[i] *= h->scale.v[i];
	add_scaled(&s->time[thread], ns, &own);
}

/* Pieces of work that nothing scales are added up first. part: of all times. */
static void work(struct state *s, uint32_t thread, uint32_t pieces, double rest, double part)
{
	const struct holding *h = s->holding ? s->holding[thread] : NULL;
	const struct graph_work *w = s->work[thread];
	double plain = rest;
	struct lanes sum = { 0 };
	int scaled = 0;

	for (uint32_t i = 0; i < pieces; i++) {
		uint32_t number = s->pass->path_scale[w[i].path];

		if (number) {
			add_scaled(&sum, w[i].ns * part, scale(s, number));
			scaled = 1;
		} else {
			plain += w[i].ns * part;
		}
	}
	s->work[thread] = w + pieces;
	if (!scaled && (!h || !h->n)) {
		add(&s->time[thread], plain);
		return;
	}
	add(&sum, plain);
	for (int i = 0; i < PAIRS; i++)
		s->time[thread].v[i] += h && h->n ? sum.v[i] * h->scale.v[i] : sum.v[i];
}

static double part_of(const struct state *s, uint32_t thread, uint32_t pieces, double all)
{
	double sum = 0;

	for (uint32_t i = 0; i < pieces; i++)
		sum += s->work[thread][i].ns;
	return sum > 0 ? all / sum : 0;
}

/* ---- locks that some plan changes ---- */

/* Where several locks are held whose holds are scaled, the smallest factor counts. */
static void rescale(struct state *s, struct holding *h)
{
	for (int k = 0; k < PLAN_LANES; k++) {
		double by = 1;

		for (uint32_t i = 0; i < h->n; i++) {
			double f = s->pass->locks.v[h->locks[i]].hold[k];

			if (f < by || by == 1)
				by = f == 1 ? by : f;
		}
		((double *)(void *)&h->scale)[k] = by;
	}
}

static void begin_hold(struct state *s, uint32_t thread, uint32_t change)
{
	struct holding **h = &s->holding[thread];

	if (!*h)
		*h = xcalloc(1, sizeof(**h));
	if ((*h)->n < HELD_AT_ONCE)
		(*h)->locks[(*h)->n++] = change;
	rescale(s, *h);
	s->rings[change].holder = thread;
}

/* A lock may be given back by another thread than the one that took it. */
static void end_hold(struct state *s, uint32_t thread, uint32_t change, int shared)
{
	struct holding *h = s->holding[shared ? thread : s->rings[change].holder];

	for (uint32_t i = h ? h->n : 0; i--;) {
		if (h->locks[i] != change)
			continue;
		h->locks[i] = h->locks[--h->n];
		rescale(s, h);
		return;
	}
}

static void change_gate(struct state *s, struct lanes *gate, uint32_t change, int shared)
{
	const struct pass_lock *c = &s->pass->locks.v[change];
	struct ring *r = &s->rings[change];
	double *g = (double *)(void *)gate;

	for (int k = 0; k < PLAN_LANES; k++) {
		if (c->open[k])
			g[k] = -1;
		else if (c->parts[k] > 1 && !shared)
			g[k] = r->taken < c->parts[k] ? -1 : ((const double *)(const void *)&r->given[(r->taken - c->parts[k]) % c->most_parts])[k];
	}
}

static void took(struct state *s, uint32_t thread, uint32_t lock, int shared)
{
	uint32_t change = s->pass->lock_change[lock];

	if (!change)
		return;
	s->rings[change].taken += !shared;
	if (s->pass->locks.v[change].has_hold)
		begin_hold(s, thread, change);
}

static void take(struct state *s, uint32_t thread, uint32_t lock, double late, double cost, int shared)
{
	uint32_t change = s->pass->lock_change[lock];
	struct lanes gate = s->given[lock];

	if (!shared)
		latest(&gate, &s->given_sh[lock]);
	if (change)
		change_gate(s, &gate, change, shared);
	await(&s->time[thread], &gate, late, cost, NULL);
	took(s, thread, lock, shared);
}

static void give(struct state *s, uint32_t thread, uint32_t lock, int shared)
{
	uint32_t change = s->pass->lock_change[lock];

	latest(shared ? &s->given_sh[lock] : &s->given[lock], &s->time[thread]);
	if (!change)
		return;
	if (s->rings[change].given && !shared)
		s->rings[change].given[s->rings[change].gave++ % s->pass->locks.v[change].most_parts] = s->time[thread];
	if (s->pass->locks.v[change].has_hold)
		end_hold(s, thread, change, shared);
}

/* After a signal, or at once, the mutex: whichever is later, and the wake-up once. */
static void again(struct state *s, uint32_t thread, uint32_t lock, uint32_t gate, double late, double cost)
{
	uint32_t change = s->pass->lock_change[lock];
	struct lanes open = s->given[lock];

	latest(&open, &s->given_sh[lock]);
	if (change)
		change_gate(s, &open, change, 0);
	if (gate)
		latest(&open, &s->slot[s->p->slot_of_gate[gate - 1]]);
	await(&s->time[thread], &open, late, cost, NULL);
	took(s, thread, lock, 0);
}

/* ---- the run ---- */

static void gate(struct state *s, uint32_t thread, const uint32_t *w)
{
	uint32_t number = s->pass->class_scale[w[1]];

	await(&s->time[thread], &s->slot[s->p->slot_of_gate[tape_number(w[0])]], w[2], w[3], number ? scale(s, number) : NULL);
}

static void set(struct lanes *t, double ns)
{
	*t = (struct lanes){ 0 };
	add(t, ns);
}

static inline uint64_t both(const uint32_t *w)
{
	return w[1] | (uint64_t)w[2] << 32;
}

static unsigned step(struct state *s, uint32_t thread, const uint32_t *w)
{
	static const uint8_t words[] = {
#define X(name, n) 1 + n,
		TAPE_OPS(X)
#undef X
	};
	unsigned op = tape_op(w[0]);
	uint32_t n = tape_number(w[0]);
	struct lanes *t = &s->time[thread];

	switch (op) {
	case OP_WORK:     work(s, thread, n, w[1], 1); break;
	case OP_PART:     work(s, thread, n, 0, part_of(s, thread, n, w[1])); break;
	case OP_SPEND:    spend(s, thread, n, w[1]); break;
	case OP_SPEND64:  spend(s, thread, n, (double)both(w)); break;
	case OP_AT:       set(t, (double)both(w)); break;
	case OP_BEGIN:    *t = s->slot[s->p->slot_of_gate[n]]; add(t, w[1]); break;
	case OP_GATE:     gate(s, thread, w); break;
	case OP_SET:      s->slot[s->p->slot_of_gate[n]] = *t; break;
	case OP_TAKE:     take(s, thread, n, w[1], w[2], 0); break;
	case OP_TAKE_SH:  take(s, thread, n, w[1], w[2], 1); break;
	case OP_GRAB:     take(s, thread, n, 0, 0, 0); break;
	case OP_GRAB_SH:  take(s, thread, n, 0, 0, 1); break;
	case OP_SEIZE:
	case OP_SEIZE_SH: took(s, thread, n, op == OP_SEIZE_SH); break;
	case OP_GIVE:     give(s, thread, n, 0); break;
	case OP_GIVE_SH:  give(s, thread, n, 1); break;
	case OP_AGAIN:    again(s, thread, n, w[1], w[2], w[3]); break;
	case OP_COME_1:   s->round[s->p->round_slot[n]] = *t; break;
	case OP_COME:     latest(&s->round[s->p->round_slot[n]], t); break;
	case OP_PASS:     await(t, &s->round[s->p->round_slot[n]], w[1], w[2], NULL); break;
	default:          break;
	}
	return words[op];
}

static struct lanes *new_lanes(size_t n, double ns)
{
	struct lanes *l = xcalloc(n + 1, sizeof(*l));

	for (size_t i = 0; ns != 0 && i < n; i++)
		set(&l[i], ns);
	return l;
}

static void begin(struct state *s, const struct tape *p, const struct pass *pass)
{
	int holds = 0;

	*s = (struct state){ .p = p, .pass = pass, .time = new_lanes(p->thread_count, 0), .slot = new_lanes(p->slot_count, 0),
		.given = new_lanes(p->locks.n, -1), .given_sh = new_lanes(p->locks.n, -1), .round = new_lanes(p->round_slot_count, 0),
		.at = xcalloc(p->thread_count + 1, sizeof(*s->at)), .work = xcalloc(p->thread_count + 1, sizeof(*s->work)),
		.rings = xcalloc(pass->locks.n + 1, sizeof(*s->rings)) };
	for (uint32_t t = 0; t < p->thread_count; t++) {
		s->at[t] = p->threads[t].code;
		s->work[t] = p->graph->work.v ? p->graph->work.v + p->threads[t].first_work : NULL;
	}
	for (size_t i = 1; i < pass->locks.n; i++) {
		holds |= pass->locks.v[i].has_hold;
		if (pass->locks.v[i].most_parts > 1)
			s->rings[i].given = new_lanes(pass->locks.v[i].most_parts, -1);
	}
	if (holds)
		s->holding = xcalloc(p->thread_count + 1, sizeof(*s->holding));
}

static void end(struct state *s)
{
	for (uint32_t t = 0; s->holding && t < s->p->thread_count; t++)
		free(s->holding[t]);
	for (size_t i = 1; i < s->pass->locks.n; i++)
		free(s->rings[i].given);
	free(s->holding);
	free(s->rings);
	free(s->time);
	free(s->slot);
	free(s->given);
	free(s->given_sh);
	free(s->round);
	free(s->at);
	free(s->work);
}

void replay_lanes(const struct tape *p, const struct pass *pass, double *took_ns)
{
	enum { OPS = (1 << TURN_BITS) - 1 };
	struct state s;

	begin(&s, p, pass);
	for (size_t i = 0; i < p->turns.n; i++) {
		uint32_t thread = p->turns.v[i] >> TURN_BITS;
		size_t at = s.at[thread];

		for (uint32_t ops = p->turns.v[i] & OPS; ops; ops--)
			at += step(&s, thread, p->code + at);
		s.at[thread] = at;
	}
	for (uint32_t k = 0; k < pass->lanes; k++)
		took_ns[k] = ((const double *)(const void *)&s.time[p->result])[k];
	end(&s);
}
