/*
 * The order of a program: that of the acts' ends, but for what has to come earlier because somebody waited for it. Each act has
 * two halves: what it does when it begins (work before it, a lock given back, a barrier come to), and its end.
 *
 * To get an act out, its thread goes on to it; where that meets an act whose gate is not out yet, the gate's thread goes on
 * first, and so on: a stack of threads. A thread that is on it already waits for itself: such a gate is cut.
 */
#include "tape_private.h"

struct wanted { uint32_t act; enum half half; };
struct stack { VEC_FIELDS(struct wanted) };

/* The barrier's round is over when all have come: the next who has not, or ACT_NONE. */
static uint32_t next_to_come(struct making *m, uint32_t i)
{
	uint32_t at = making_coming(m, &m->acts[i], i), round, first;

	if (at == ACT_NONE || m->round_begun[m->round_of[at]] > 1)
		return ACT_NONE;
	round = m->round_of[at];
	for (first = at; first && m->round_of[first - 1] == round; first--)
		;
	for (; first < m->coming.n && m->round_of[first] == round; first++)
		if (!making_done(m, m->coming.v[first].act, HALF_START))
			return m->coming.v[first].act;
	m->round_begun[round] = 2;
	return ACT_NONE;
}

/* Who has the lock, and gives it back by waiting for a condition: that begins before the act ends. ACT_NONE: nobody. */
static uint32_t about_to_wait(const struct making *m, const struct act *a, uint32_t lock)
{
	uint32_t n = lock < m->g->model->locks.v.n ? m->p->lock_number[lock] : ACT_NONE, holder, now;

	if (n == ACT_NONE || !m->has.v[n].holder || m->has.v[n].holder == a->thread + 1)
		return ACT_NONE;
	holder = m->has.v[n].holder - 1;
	now = making_now(m, holder);
	if (now == ACT_NONE || m->ways[holder].begun || m->acts[now].kind != ACT_COND_WAIT || m->acts[now].other != lock || m->acts[now].start > a->end)
		return ACT_NONE;
	return now;
}

/* What has to come out before the act's end can; act ACT_NONE: nothing. */
static struct wanted missing(struct making *m, uint32_t i)
{
	const struct act *a = &m->acts[i];
	struct wanted w = { ACT_NONE, HALF_START };

	if (a->kind == ACT_BARRIER) {
		w.act = next_to_come(m, i);
	} else if (making_gated(m, a)) {
		w.half = graph_gates_at_start(&m->acts[a->gate]) ? HALF_START : HALF_END;
		w.act = making_done(m, a->gate, w.half) ? ACT_NONE : a->gate;
	}
	if (w.act == ACT_NONE && (a->kind == ACT_ACQUIRE || a->kind == ACT_ACQUIRE_SH))
		w = (struct wanted){ about_to_wait(m, a, a->object), HALF_START };
	else if (w.act == ACT_NONE && a->kind == ACT_COND_WAIT)
		w = (struct wanted){ about_to_wait(m, a, a->other), HALF_START };
	return w;
}

static void push(struct making *m, struct stack *stack, struct wanted w)
{
	m->ways[m->acts[w.act].thread].waiting = 1;
	vec_push(stack, w);
}

static void pop(struct making *m, struct stack *stack)
{
	m->ways[m->acts[stack->v[--stack->n].act].thread].waiting = 0;
}

/* One half further in the thread on top, or its gate's thread on top of it. */
static void step(struct making *m, struct stack *stack)
{
	struct wanted top = stack->v[stack->n - 1], gate;
	uint32_t thread = m->acts[top.act].thread;
	struct way *w = &m->ways[thread];
	uint32_t now = making_now(m, thread);

	if (making_done(m, top.act, top.half)) {
		pop(m, stack);
		return;
	}
	if (!w->begun) {
		making_write(m, thread, HALF_START);
		return;
	}
	gate = missing(m, now);
	if (gate.act != ACT_NONE && !m->ways[m->acts[gate.act].thread].waiting) {
		push(m, stack, gate);
		return;
	}
	m->p->cut += gate.act != ACT_NONE;
	making_write(m, thread, HALF_END);
}

void making_order(struct making *m)
{
	struct stack stack = { 0 };

	for (uint32_t i = 0; i < m->act_count; i++) {
		if (!making_counts(m, i) || making_done(m, i, HALF_END))
			continue;
		push(m, &stack, (struct wanted){ i, HALF_END });
		while (stack.n)
			step(m, &stack);
	}
	vec_free(&stack);
}
