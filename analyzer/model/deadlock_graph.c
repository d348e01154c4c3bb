/* deadlock_graph.c - calls in progress as waiters, and who has what they wait for. */
#include "deadlock_private.h"
#include "locks_private.h"

#include "util/alloc.h"

enum { ROBUST = 16, WAITERS_MOST = 1 << 20, EDGES_MOST = 1 << 22 };  /* ROBUST: of a mutex's type, glibc's PTHREAD_MUTEX_ROBUST_NORMAL_NP */

int thread_lives(const struct model *m, uint32_t thread)
{
	const struct thread *t = &m->threads.v.v[thread];
	enum process_end end = m->processes.v.v[t->process].end;
	return !t->ended && (end == PROCESS_RUNNING || end == PROCESS_KILLED);
}

/* ---- who waits ---- */

static int is_timed(unsigned op)
{
	switch (op) {
	case HP_OP_MUTEX_TIMEDLOCK: case HP_OP_MUTEX_CLOCKLOCK:
	case HP_OP_RWLOCK_TIMEDRDLOCK: case HP_OP_RWLOCK_CLOCKRDLOCK: case HP_OP_RWLOCK_TIMEDWRLOCK: case HP_OP_RWLOCK_CLOCKWRLOCK:
	case HP_OP_COND_TIMEDWAIT: case HP_OP_COND_CLOCKWAIT: case HP_OP_SEM_TIMEDWAIT: case HP_OP_SEM_CLOCKWAIT:
	case HP_OP_TIMEDJOIN: case HP_OP_CLOCKJOIN:
		return 1;
	default:
		return 0;
	}
}

static int is_read_lock(unsigned op)
{
	return op == HP_OP_RWLOCK_RDLOCK || op == HP_OP_RWLOCK_TIMEDRDLOCK || op == HP_OP_RWLOCK_CLOCKRDLOCK;
}

static enum wait_end end_of(struct waits_at_end *w, const struct pending_call *c, uint32_t process)
{
	switch (op_info(c->op)->class) {
	case HP_CLASS_LOCK: case HP_CLASS_JOIN:
		return END_OWNER;
	case HP_CLASS_COND: case HP_CLASS_SEM: case HP_CLASS_BARRIER:
		return END_ANYONE;
	case HP_CLASS_CHILD:
		return END_CHILD;
	case HP_CLASS_READ:
		return waits_for_own_pipe(w, process, c->object) ? END_ANYONE : END_OUTSIDE;
	default:
		return END_OUTSIDE;
	}
}

static uint32_t lock_there(struct model *m, uint32_t process, uint64_t address)
{
	struct locks_private *p = locks_private(m);
	return address && process < p->by_address.n ? map64_get(&p->by_address.v[process], address) : LOCK_NONE;
}

/* Of a process that runs, what began before all threads were cut off counts: only that is known to go with what they hold. */
static int is_known(const struct model *m, const struct pending_call *c)
{
	if (c->thread == THREAD_NONE || c->abandoned || !thread_lives(m, c->thread) || c->op == HP_OP_TRYJOIN || c->op == HP_OP_SEM_TRYWAIT)
		return 0;
	const struct process *p = &m->processes.v.v[m->threads.v.v[c->thread].process];
	const struct dump *d = p->last_scope->dump;
	return d->cut_ticks == UINT64_MAX || c->start_ns <= clock_ns(&d->clock, d->cut_ticks);
}

static void add_waiter(struct waits_at_end *w, uint32_t pending)
{
	struct model *m = w->m;
	const struct pending_call *c = &m->pending.v[pending];
	if (!is_known(m, c) || w->by_thread[c->thread] != WAITER_NONE || w->v.n == WAITERS_MOST)
		return;
	uint32_t process = m->threads.v.v[c->thread].process;
	enum wait_end end = end_of(w, c, process);
	unsigned class = op_info(c->op)->class;
	int lock = class == HP_CLASS_LOCK || class == HP_CLASS_COND || class == HP_CLASS_SEM || class == HP_CLASS_BARRIER;
	w->by_thread[c->thread] = (uint32_t)w->v.n;
	vec_push(&w->v, (struct waiter){
		.pending = pending, .thread = c->thread, .process = process, .start_ns = c->start_ns, .end = (uint8_t)end, .gone = THREAD_NONE, .mutex = LOCK_NONE,
		.lock = lock ? lock_there(m, process, c->object) : LOCK_NONE, .timed = (uint8_t)is_timed(c->op), .shared = (uint8_t)is_read_lock(c->op),
	});
}

/* ---- whom for ---- */

static void add_edge(struct waits_at_end *w, struct waiter *of, uint32_t thread)
{
	if (w->edges.n == EDGES_MOST)
		return;
	if (thread_lives(w->m, thread)) {
		vec_push(&w->edges, thread);
		of->edges++;
	} else if (w->m->threads.v.v[thread].ended && of->lock != LOCK_NONE && !(w->m->locks.v.v[of->lock].type & ROBUST)) {
		of->gone = thread;
	}
}

/* Who has it exclusively, unless the waiter has given it up itself. */
static uint32_t owner_of(const struct waits_at_end *w, uint32_t lock)
{
	const struct lock *l = &w->m->locks.v.v[lock];
	const struct lock_state *s = l->state;
	return s->owner == THREAD_NONE || !s->hold.depth || waits_gave_up(w, s->owner, l) ? THREAD_NONE : s->owner;
}

struct holds_of_lock { uint32_t lock, thread; };

static int by_lock(const void *a, const void *b)
{
	const struct holds_of_lock *x = a, *y = b;
	if (x->lock != y->lock)
		return x->lock < y->lock ? -1 : 1;
	return x->thread < y->thread ? -1 : x->thread > y->thread;
}

struct readers { VEC_FIELDS(struct holds_of_lock) };

static size_t first_of(const struct readers *r, uint32_t lock)
{
	size_t a = 0, b = r->n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (r->v[mid].lock < lock)
			a = mid + 1;
		else
			b = mid;
	}
	return a;
}

static void add_all(struct waits_at_end *w, struct waiter *of, const struct readers *r, uint32_t but)
{
	for (size_t i = first_of(r, of->lock); i < r->n && r->v[i].lock == of->lock; i++)
		if (r->v[i].thread != but)
			add_edge(w, of, r->v[i].thread);
}

/* A writer waits for all readers, a reader for the writer that waits in front of it if nobody else is in its way. */
static void lock_edges(struct waits_at_end *w, struct waiter *of, const struct readers *readers, const struct readers *writers)
{
	uint32_t owner = owner_of(w, of->lock);
	if (owner != THREAD_NONE)
		add_edge(w, of, owner);
	else if (w->m->locks.v.v[of->lock].kind == HP_LOCK_KIND_RWLOCK)
		add_all(w, of, of->shared ? writers : readers, of->shared ? of->thread : THREAD_NONE);
}

static void join_edge(struct waits_at_end *w, struct waiter *of)
{
	const struct process_state *p = &w->m->private->process_states.v[of->process];
	uint32_t i = map64_get(&p->by_pthread, w->m->pending.v[of->pending].object);
	if (i != MAP64_NONE)
		add_edge(w, of, i);
}

/* The mutex is needed for the way out of a condition wait, signalled or not. */
static void cond_edge(struct waits_at_end *w, struct waiter *of)
{
	uint32_t mutex = lock_there(w->m, of->process, w->m->pending.v[of->pending].object2);
	uint32_t owner = mutex == LOCK_NONE ? THREAD_NONE : owner_of(w, mutex);
	if (owner == THREAD_NONE || owner == of->thread || !thread_lives(w->m, owner))
		return;
	of->mutex = mutex;
	add_edge(w, of, owner);
}

/* A lock that nobody of a forked child has had, but somebody of its parent when that forked. */
static void ask_parent(struct waits_at_end *w, struct waiter *of)
{
	struct model *m = w->m;
	const struct process *p = &m->processes.v.v[of->process];
	const struct lock *own = of->lock == LOCK_NONE ? NULL : &m->locks.v.v[of->lock];
	if (!p->forked || p->parent == PROCESS_NONE || (own && (own->all.acquisitions || own->init_stack)))
		return;
	uint32_t lock = lock_there(m, p->parent, m->pending.v[of->pending].object);
	const struct lock_state *s = lock == LOCK_NONE ? NULL : m->locks.v.v[lock].state;
	if (!s)
		return;
	of->inherited = (s->owner != THREAD_NONE && s->hold.from <= p->start_ns) || (s->last.from <= p->start_ns && s->last.to > p->start_ns);
	if (of->inherited && of->lock == LOCK_NONE)
		of->lock = lock;
}

static void find_edges(struct waits_at_end *w)
{
	struct readers readers = { 0 }, writers = { 0 };
	for (size_t i = 0; i < w->holds.n; i++)
		if (w->holds.v[i].shared)
			vec_push(&readers, (struct holds_of_lock){ w->holds.v[i].lock, w->holds.v[i].thread });
	for (size_t i = 0; i < w->v.n; i++)
		if (w->v.v[i].lock != LOCK_NONE && w->m->locks.v.v[w->v.v[i].lock].kind == HP_LOCK_KIND_RWLOCK && !w->v.v[i].shared)
			vec_push(&writers, (struct holds_of_lock){ w->v.v[i].lock, w->v.v[i].thread });
	vec_sort(&readers, by_lock);
	vec_sort(&writers, by_lock);
	for (size_t i = 0; i < w->v.n; i++) {
		struct waiter *of = &w->v.v[i];
		unsigned class = op_info(w->m->pending.v[of->pending].op)->class;
		of->first_edge = (uint32_t)w->edges.n;
		if (class == HP_CLASS_JOIN)
			join_edge(w, of);
		else if (class == HP_CLASS_COND)
			cond_edge(w, of);
		else if (class == HP_CLASS_LOCK && of->lock != LOCK_NONE)
			lock_edges(w, of, &readers, &writers);
		if (class == HP_CLASS_LOCK && !of->edges && of->gone == THREAD_NONE)
			ask_parent(w, of);
	}
	vec_free(&readers);
	vec_free(&writers);
}

/* Edges between those that wait themselves; and the same the other way round. */
static void link_waiters(struct waits_at_end *w)
{
	size_t n = w->v.n;
	w->start = xcalloc(n + 2, sizeof *w->start);
	w->back_start = xcalloc(n + 2, sizeof *w->back_start);
	w->to = xcalloc(w->edges.n + 1, sizeof *w->to);
	w->back = xcalloc(w->edges.n + 1, sizeof *w->back);
	for (uint32_t i = 0, at = 0; i < n; i++) {
		for (uint32_t k = 0; k < w->v.v[i].edges; k++) {
			uint32_t to = w->by_thread[w->edges.v[w->v.v[i].first_edge + k]];
			if (to == WAITER_NONE)
				continue;
			w->to[at++] = to;
			w->back_start[to + 2]++;
		}
		w->start[i + 1] = at;
	}
	for (size_t i = 2; i < n + 2; i++)
		w->back_start[i] += w->back_start[i - 1];
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++)
			w->back[w->back_start[w->to[e] + 1]++] = i;
}

int waits_at_end(struct waits_at_end *w, struct model *m)
{
	int any = 0;
	*w = (struct waits_at_end){ .m = m };
	w->by_thread = xmalloc((m->threads.v.n + 1) * sizeof *w->by_thread);
	for (size_t i = 0; i < m->threads.v.n; i++)
		w->by_thread[i] = WAITER_NONE;
	for (uint32_t i = 0; i < m->pending.n; i++)
		add_waiter(w, i);
	for (size_t i = 0; i < w->v.n; i++)
		any |= w->v.v[i].end == END_OWNER || w->v.v[i].end == END_ANYONE;
	if (!any)
		return 0;
	deadlocks_find_holds(w);
	find_edges(w);
	link_waiters(w);
	return 1;
}

void waits_at_end_free(struct waits_at_end *w)
{
	vec_free(&w->v);
	vec_free(&w->edges);
	vec_free(&w->holds);
	free(w->by_thread);
	free(w->first_hold);
	free(w->start);
	free(w->to);
	free(w->back_start);
	free(w->back);
}
