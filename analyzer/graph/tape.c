#include "tape_private.h"
#include "util/alloc.h"

int making_counts(const struct making *m, uint32_t i)
{
	const struct act *a = &m->acts[i];

	return a->thread < m->p->thread_count && !(m->p->from_ns && a->end <= m->p->from_ns) && m->ways[a->thread].count && i <= m->ways[a->thread].last;
}

struct span making_span(const struct making *m, const struct act *a, uint64_t before, int first)
{
	const struct tape *p = m->p;
	struct span s;

	if (first)
		before = a->kind == ACT_BEGIN ? a->start : p->from_ns;
	s.start = graph_act_start(a, before);
	s.start = s.start < p->to_ns ? s.start : p->to_ns;
	s.end = a->end > s.start ? a->end : s.start;
	s.end = s.end < p->to_ns ? s.end : p->to_ns;
	s.before = before < s.start ? before : s.start;
	return s;
}

int making_gated(const struct making *m, const struct act *a)
{
	const struct act *gate = a->gate < m->act_count ? &m->acts[a->gate] : NULL;

	return gate && gate->thread != a->thread && making_counts(m, a->gate) && graph_gate_ns(gate) <= a->end && graph_gate_ns(gate) >= m->p->from_ns;
}

static int is_lock_act(const struct act *a)
{
	return a->kind == ACT_ACQUIRE || a->kind == ACT_ACQUIRE_SH;
}

/* ---- classes ---- */

static uint64_t class_key(const struct tape_class *c)
{
	uint64_t h = ((uint64_t)c->object << 32 | c->stack) * 0x9e3779b97f4a7c15u;

	return ((h ^ h >> 31) + ((uint64_t)c->op << 16 | c->kind << 1 | c->channel)) * 0xbf58476d1ce4e5b9u >> 1;
}

static int same_class(const struct tape_class *a, const struct tape_class *b)
{
	return a->object == b->object && a->stack == b->stack && a->op == b->op && a->kind == b->kind && a->channel == b->channel;
}

/* Reads and writes are told apart by their operation. */
static unsigned class_kind(unsigned kind)
{
	return kind == ACT_READ || kind == ACT_WRITE ? ACT_IO : kind;
}

uint32_t making_class(struct making *m, const struct act *a)
{
	struct tape_class c = { a->object, a->stack, a->op, (uint8_t)class_kind(a->kind), !!(a->flags & ACT_CHANNEL), 0, 0 };
	struct tape *p = m->p;
	uint32_t at;

	if (c.kind != ACT_IO && c.kind != ACT_SLEEP)
		return 0;
	for (uint64_t key = class_key(&c);; key = (key + 1) >> 1 == UINT64_MAX >> 1 ? 0 : key + 1) {
		at = map64_get(&m->class_numbers, key);
		if (at == MAP64_NONE) {
			at = (uint32_t)p->classes.n;
			if (at >= TAPE_NUMBERS)
				return 0;
			vec_push(&p->classes, c);
			map64_put(&m->class_numbers, key, at);
		}
		if (same_class(&p->classes.v[at], &c))
			return at;
	}
}

/* ---- what there is ---- */

static void note_lock(struct making *m, uint32_t lock)
{
	struct tape *p = m->p;

	if (lock >= m->g->model->locks.v.n || p->lock_number[lock] != ACT_NONE || p->locks.n >= TAPE_NUMBERS)
		return;
	p->lock_number[lock] = (uint32_t)p->locks.n;
	vec_push(&p->locks, (struct tape_lock){ .lock = lock });
	vec_add(&m->has);
}

static void note_gate(struct making *m, const struct act *a, const struct span *s)
{
	if (a->kind == ACT_BARRIER)
		return;  /* all of a round wait for all of it */
	if (!is_lock_act(a) && making_gated(m, a)) {
		m->uses[a->gate]++;
		if (graph_gate_ns(&m->acts[a->gate]) <= s->start) {
			m->cost[a->kind].ns += s->end - s->start;
			m->cost[a->kind].count++;
		}
	} else if (is_lock_act(a) && !(a->flags & ACT_CONTENDED)) {
		m->cost[a->kind].ns += s->end - s->start;
		m->cost[a->kind].count++;
	}
}

static void note(struct making *m, uint32_t i)
{
	const struct act *a = &m->acts[i];
	struct way *w = &m->ways[a->thread];
	struct span s = making_span(m, a, w->before, !w->met);

	if (is_lock_act(a))
		note_lock(m, a->object);
	if (a->kind == ACT_COND_WAIT)
		note_lock(m, a->other);
	if (a->kind == ACT_BARRIER && a->number > 0 && !(a->flags & (ACT_FAILED | ACT_OPEN)))
		vec_push(&m->coming, (struct coming){ a->object, i, a->number });
	note_gate(m, a, &s);
	making_timeout(m, i, &s);
	w->code += making_size(m, i, &s, !w->met);
	w->before = s.end;
	w->met = 1;
	m->p->acts++;
	m->p->open_acts += !!(a->flags & ACT_OPEN);
}

static int by_round(const void *a, const void *b)
{
	const struct coming *x = a, *y = b;

	if (x->lock != y->lock)
		return x->lock < y->lock ? -1 : 1;
	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return x->act < y->act ? -1 : x->act > y->act;
}

uint32_t making_coming(const struct making *m, const struct act *a, uint32_t number)
{
	struct coming key = { a->object, number, a->number };
	const struct coming *c = m->coming.n ? bsearch(&key, m->coming.v, m->coming.n, sizeof(key), by_round) : NULL;

	return c ? (uint32_t)(c - m->coming.v) : ACT_NONE;
}

/* Two rounds of a barrier can be under way at once, never three: whoever comes to the third has left the first. */
static void make_rounds(struct making *m)
{
	struct tape *p = m->p;
	size_t n = m->coming.n;

	vec_sort(&m->coming, by_round);
	m->round_of = xcalloc(n + 1, sizeof(*m->round_of));
	m->round_begun = xcalloc(n + 1, 1);
	p->round_members = xcalloc(n + 1, sizeof(*p->round_members));
	p->round_slot = xcalloc(n + 1, sizeof(*p->round_slot));
	for (size_t i = 0, barrier = 0; i < n; i++) {
		const struct coming *c = &m->coming.v[i];

		barrier += i && c[-1].lock != c->lock;
		if (i && (c[-1].lock != c->lock || c[-1].round != c->round))
			p->round_count++;
		m->round_of[i] = p->round_count;
		p->round_members[p->round_count]++;
		p->round_slot[p->round_count] = (uint32_t)(2 * barrier + (c->round & 1));
		p->round_slot_count = (uint32_t)(2 * barrier + 2);
	}
	p->round_count += n > 0;
}

/* ---- beginning and end ---- */

/* The thread that the end of the time depends on: back from the run's end, over the gates of those that waited. */
static uint32_t thread_at(const struct graph *g, uint64_t to)
{
	const struct act *acts = g->model->acts.v.v;
	size_t n = g->model->acts.v.n, steps = 0;
	uint32_t i = g->end_act;

	while (acts[i].start > to && steps++ < n) {
		uint32_t place = graph_place(g, i), gate = acts[i].gate;

		if (gate < n && gate != i && graph_waited(&acts[i], &acts[gate]))
			i = gate;
		else if (place > g->threads[acts[i].thread].first)
			i = g->order[place - 1];
		else if (gate < n && gate < i)
			i = gate;
		else
			break;
	}
	return acts[i].thread;
}

static void make_ways(struct making *m)
{
	const struct graph *g = m->g;
	struct tape *p = m->p;
	const struct act *end = &m->acts[g->end_act];

	p->result = end->end > p->to_ns ? thread_at(g, p->to_ns) : end->thread;
	m->ways = xcalloc(p->thread_count + 1, sizeof(*m->ways));
	for (uint32_t t = 0; t < p->thread_count; t++) {
		struct way *w = &m->ways[t];

		*w = (struct way){ .first = g->threads[t].first, .count = g->threads[t].count, .last = t == end->thread ? g->end_act : UINT32_MAX };
		/* Of a handler's acts and the one that they are inside of, those that begin later end earlier. */
		for (uint32_t i = 0; i < w->count && w->last == UINT32_MAX; i++)
			if (m->acts[g->order[w->first + i]].start > p->to_ns)
				w->last = g->order[w->first + i] - 1;
		if (w->count && m->acts[g->order[w->first]].start > p->to_ns)
			w->count = 0;
	}
}

/* Each thread's operations stand together: the room for them is known once all acts have been looked at. */
static void place_threads(struct making *m)
{
	struct tape *p = m->p;
	size_t all = 0;

	p->threads = xcalloc(p->thread_count + 1, sizeof(*p->threads));
	for (uint32_t t = 0; t < p->thread_count; t++) {
		struct way *w = &m->ways[t];
		size_t words = w->code;

		p->threads[t] = (struct tape_thread){ all, all, m->g->work_first ? m->g->work_first[w->first] : 0 };
		w->code = all;
		all += words + (t == p->result ? TAIL_SIZE : 0);
		w->end = all;
		w->before = 0;
		w->met = 0;
		while (w->at < w->count && !making_counts(m, m->g->order[w->first + w->at]) && m->acts[m->g->order[w->first + w->at]].end <= p->from_ns)
			w->at++;
		if (m->g->work_first)
			p->threads[t].first_work = m->g->work_first[w->first + w->at];
	}
	p->code = xmalloc((all + 1) * sizeof(*p->code));
}

static void making_free(struct making *m)
{
	for (uint32_t t = 0; t < m->p->thread_count; t++)
		vec_free(&m->ways[t].timeouts);
	free(m->ways);
	free(m->uses);
	free(m->elastic);
	free(m->round_of);
	free(m->round_begun);
	vec_free(&m->gates);
	vec_free(&m->free_slots);
	vec_free(&m->has);
	vec_free(&m->coming);
	map64_free(&m->class_numbers);
}

static void keep_slots(struct making *m)
{
	struct tape *p = m->p;

	p->gate_count = (uint32_t)m->gates.n;
	p->slot_of_gate = xcalloc(m->gates.n + 1, sizeof(*p->slot_of_gate));
	for (size_t i = 0; i < m->gates.n; i++)
		p->slot_of_gate[i] = m->gates.v[i].slot;
}

struct tape *tape_new(const struct graph *g, uint64_t from_ns, uint64_t to_ns)
{
	const struct model *model = g->model;
	struct tape *p;
	struct making m;

	if (!model->acts.v.n || g->end_act >= model->acts.v.n || g->thread_count > TAPE_THREADS || model->acts.v.n > TAPE_NUMBERS)
		return NULL;
	if ((to_ns ? to_ns : g->to_ns) <= from_ns)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	*p = (struct tape){ .graph = g, .from_ns = from_ns, .to_ns = to_ns ? to_ns : g->to_ns, .thread_count = g->thread_count };
	m = (struct making){ .p = p, .g = g, .acts = model->acts.v.v, .act_count = model->acts.v.n };
	vec_push(&p->classes, (struct tape_class){ .kind = ACT_KIND_COUNT });
	p->lock_number = xmalloc((model->locks.v.n + 1) * sizeof(*p->lock_number));
	memset(p->lock_number, 0xff, (model->locks.v.n + 1) * sizeof(*p->lock_number));
	m.uses = xcalloc(m.act_count + 1, sizeof(*m.uses));
	m.elastic = xcalloc(m.act_count / 8 + 1, 1);
	make_ways(&m);
	for (uint32_t i = 0; i < m.act_count; i++)
		if (making_counts(&m, i))
			note(&m, i);
	make_rounds(&m);
	place_threads(&m);
	making_order(&m);
	making_tail(&m);
	p->end_ns = m.ways[p->result].before;
	keep_slots(&m);
	making_free(&m);
	return p;
}

void tape_free(struct tape *p)
{
	if (!p)
		return;
	free(p->code);
	free(p->threads);
	free(p->slot_of_gate);
	free(p->round_members);
	free(p->round_slot);
	free(p->lock_number);
	vec_free(&p->turns);
	vec_free(&p->classes);
	vec_free(&p->locks);
	free(p);
}
