/* shares[]: what each thread's life went by with. The parts add up to it. */
#include "dump/ops.h"
#include "table/waits.h"
#include "util/alloc.h"

/* What a bar is made of, in its order; the waits are those of model/waits.h. */
#define PARTS(X) X(RUNNING, '#') X(RUNNABLE, '+') X(UNKNOWN, '?') X(LOCK, 'L') X(COND, 'C') X(SEM, 'M') X(BARRIER, 'B') X(JOIN, 'J') X(POLL, 'P') \
	X(SLEEP, 'S') X(CHILD, 'H') X(IO, 'I') X(STDIO, 'O')
enum part {
#define X(name, letter) PART_##name,
	PARTS(X)
#undef X
	PART_COUNT
};
static const char letters[PART_COUNT] = {
#define X(name, letter) [PART_##name] = letter,
	PARTS(X)
#undef X
};
struct shares { uint64_t life, ns[PART_COUNT]; };

enum { BAR_WIDTH = 12 };

enum {
	LIFE, BAR, RUNNING_PCT, READY_PCT, UNKNOWN_PCT, LOCK_PCT, COND_PCT, SEM_PCT, BARRIER_PCT, JOIN_PCT, POLL_PCT, SLEEP_PCT, CHILD_PCT,
	IO_PCT, STDIO_PCT, TID, NAME, THREAD, FIGURES,
};
#define SHARE(title) { "", title, UNIT_PERCENT, .flags = COLUMN_TEXT | COLUMN_SPARE }
#define FIGURE(part, key) [FIGURES + PART_##part] = { key, key, UNIT_NS, COLUMN_DATA, FROM(struct shares, ns[PART_##part]) }
static const struct column columns[] = {
	[LIFE]        = { "life_ns", "life", UNIT_NS, FROM(struct shares, life) },
	[BAR]         = { "", "", .flags = COLUMN_TEXT | COLUMN_WORDS },
	[RUNNING_PCT] = { "", "running", UNIT_PERCENT, .flags = COLUMN_TEXT },
	[READY_PCT]   = { "", "ready", UNIT_PERCENT, .flags = COLUMN_TEXT },
	[UNKNOWN_PCT] = SHARE("either"),
	[LOCK_PCT]    = SHARE("lock"),
	[COND_PCT]    = SHARE("cond"),
	[SEM_PCT]     = SHARE("sem"),
	[BARRIER_PCT] = SHARE("barrier"),
	[JOIN_PCT]    = SHARE("join"),
	[POLL_PCT]    = SHARE("poll"),
	[SLEEP_PCT]   = SHARE("sleep"),
	[CHILD_PCT]   = SHARE("child"),
	[IO_PCT]      = SHARE("I/O"),
	[STDIO_PCT]   = SHARE("stdio"),
	[TID]         = { "tid", "tid", .flags = COLUMN_DATA },
	[NAME]        = { "name", "name", .flags = COLUMN_DATA },
	[THREAD]      = { "", "thread", .flags = COLUMN_TEXT },
	FIGURE(RUNNING, "running_ns"), FIGURE(RUNNABLE, "runnable_ns"), FIGURE(UNKNOWN, "unknown_ns"), FIGURE(LOCK, "lock_ns"),
	FIGURE(COND, "cond_ns"), FIGURE(SEM, "sem_ns"), FIGURE(BARRIER, "barrier_ns"), FIGURE(JOIN, "join_ns"), FIGURE(POLL, "poll_ns"),
	FIGURE(SLEEP, "sleep_ns"), FIGURE(CHILD, "child_ns"), FIGURE(IO, "io_ns"), FIGURE(STDIO, "stdio_ns"),
};

static enum part part_of(unsigned wait_class)
{
	static const uint8_t parts[WAIT_CLASS_COUNT] = {
		[WAIT_LOCK] = PART_LOCK, [WAIT_COND] = PART_COND, [WAIT_SEM] = PART_SEM, [WAIT_BARRIER] = PART_BARRIER, [WAIT_JOIN] = PART_JOIN,
		[WAIT_POLL] = PART_POLL, [WAIT_SLEEP] = PART_SLEEP, [WAIT_CHILD] = PART_CHILD, [WAIT_IO] = PART_IO,
	};

	return parts[wait_class];
}

/* What a call that had not returned adds. */
static void add_pending(const struct model *m, const struct pending_call *p, struct shares *s)
{
	unsigned wait_class = wait_class_of(p->op);
	uint64_t end = m->threads.v.v[p->thread].end_ns, to = m->options.to_ns && m->options.to_ns < end ? m->options.to_ns : end;
	uint64_t from = p->start_ns > m->options.from_ns ? p->start_ns : m->options.from_ns;
	bool stdio = op_info(p->op)->kind == HP_STDIO;

	if (to > from && (stdio || wait_class < WAIT_CLASS_COUNT))
		s->ns[stdio ? PART_STDIO : part_of(wait_class)] += to - from;
}

static struct shares *all_shares(const struct model *m)
{
	struct shares *all = xcalloc(m->threads.v.n + 1, sizeof *all);

	for (size_t i = 0; i < m->threads.v.n; i++) {
		const struct thread *t = &m->threads.v.v[i];

		all[i].life = view_life(m, t);
		all[i].ns[PART_STDIO] = t->stdio_ns;
		for (unsigned c = 0; c < WAIT_CLASS_COUNT; c++)
			all[i].ns[part_of(c)] += t->wait_ns[c];
	}
	for (size_t i = 0; i < m->pending.n; i++)
		if (m->pending.v[i].thread != THREAD_NONE && !m->pending.v[i].abandoned)
			add_pending(m, &m->pending.v[i], &all[m->pending.v[i].thread]);
	return all;
}

static void give(uint64_t *to, uint64_t *rest, uint64_t ns)
{
	*to = ns < *rest ? ns : *rest;
	*rest -= *to;
}

/* Calls of signal handlers lie inside of others: what is too much is taken off. What then remains was spent between calls. */
static void fit(const struct thread *t, struct shares *s)
{
	uint64_t rest = s->life;

	for (unsigned i = PART_LOCK; i < PART_COUNT; i++)
		give(&s->ns[i], &rest, s->ns[i]);
	give(&s->ns[PART_RUNNING], &rest, t->running_ns);
	give(&s->ns[PART_RUNNABLE], &rest, t->runnable_ns);
	s->ns[PART_UNKNOWN] = rest;
}

static const char *bar(const struct view_input *in, const struct shares *s)
{
	char text[BAR_WIDTH + 1];
	uint64_t sum = 0;
	unsigned at = 0;

	for (unsigned i = 0; i < PART_COUNT && s->life; i++) {
		sum += s->ns[i];
		for (double upto = (double)sum / (double)s->life * BAR_WIDTH; at < BAR_WIDTH && at + 0.5 < upto;)
			text[at++] = letters[i];
	}
	text[at] = 0;
	return view_text(in, "%s", text);
}

static void add_thread(const struct view_input *in, struct table *table, uint32_t thread, const struct shares *s)
{
	static const enum part order[] = {
		PART_RUNNING, PART_RUNNABLE, PART_UNKNOWN, PART_LOCK, PART_COND, PART_SEM, PART_BARRIER, PART_JOIN, PART_POLL, PART_SLEEP,
		PART_CHILD, PART_IO, PART_STDIO,
	};
	const struct thread *t = &in->model->threads.v.v[thread];
	struct cell *c = table_row(table);

	table_fill(table, c, s);
	for (unsigned i = 0; i < PART_COUNT; i++)
		c[RUNNING_PCT + i] = cell_share(s->ns[order[i]], s->life);
	c[BAR] = cell_name(bar(in, s));
	c[TID] = cell_int(t->tid);
	c[NAME] = cell_name(t->name[0] ? t->name : NULL);
	c[THREAD] = cell_name(waits_thread(in, thread));
}

/* Threads that work, want to work or are held up come before those that have nothing to do. */
static uint64_t activity(const struct shares *s)
{
	return s->ns[PART_RUNNING] + s->ns[PART_RUNNABLE] + s->ns[PART_UNKNOWN] + s->ns[PART_LOCK] + s->ns[PART_BARRIER] + s->ns[PART_IO];
}

struct ranked { uint32_t thread; uint64_t activity; };

static int most_active_first(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (a->activity != b->activity)
		return a->activity > b->activity ? -1 : 1;
	return a->thread < b->thread ? -1 : a->thread > b->thread;
}

void waits_add_shares(const struct view_input *in, struct doc *doc)
{
	struct table *table = TABLE_NEW(in->arena, TABLE_ROWS, "shares", "What threads did", columns);
	const struct threads *threads = &in->model->threads;
	struct shares *all = all_shares(in->model);
	VEC(struct ranked) order = { 0 };

	for (uint32_t i = 0; i < threads->v.n; i++) {
		if (!threads->v.v[i].tid || !view_has_thread(in->model, &threads->v.v[i]) || in->model->options.focus)
			continue;
		fit(&threads->v.v[i], &all[i]);
		vec_push(&order, (struct ranked){ i, activity(&all[i]) });
	}
	vec_sort(&order, most_active_first);
	for (size_t i = 0; i < order.n; i++)
		add_thread(in, table, order.v[i].thread, &all[order.v[i].thread]);
	table->note = order.n ? "in percent of their lives; the bar's # is running, + ready to, ? the one or the other" : NULL;
	doc_add(doc, table);
	vec_free(&order);
	free(all);
}
