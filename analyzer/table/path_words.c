/* What the critical path amounts to, in words. */
#include "table/path_private.h"

#include <stdlib.h>

#include "util/buf.h"
#include "util/fmt.h"

enum { NAMED_MOST = 3, LEAST_PERCENT = 2, NEAR_PERCENT = 20, NEAR_MOST = 3 };

static const struct column columns[] = { { "line", "", .flags = COLUMN_TEXT | COLUMN_WHOLE } };

struct words { struct path_doc *d; struct table *t; };

static void say(struct words *w, struct buf *text)
{
	table_row(w->t)[0] = cell_name(arena_strdup(w->d->in->arena, buf_text(text)));
	buf_reset(text);
}

static bool matters(const struct words *w, uint64_t ns)
{
	return ns * 100 >= w->d->length * LEAST_PERCENT;
}

/* A thing with its share. */
struct share { uint64_t ns; const char *name; };

static int by_ns(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return x->ns > y->ns ? -1 : x->ns < y->ns;
}

/* "A 40 %, B 12 %": the largest. */
static void name_largest(const struct words *w, struct buf *text, struct share *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_ns);
	for (size_t i = 0; i < n && i < NAMED_MOST && (i == 0 || matters(w, v[i].ns)); i++)
		buf_addf(text, "%s%s %s", i ? ", " : ": ", v[i].name, fmt_percent((double)v[i].ns, (double)w->d->length).s);
}

static void say_share(const struct words *w, struct buf *text, uint64_t ns, const char *what)
{
	buf_addf(text, "  %s %s", fmt_percent((double)ns, (double)w->d->length).s, what);
}

static void say_work(struct words *w, struct buf *text)
{
	struct path_doc *d = w->d;
	VEC(struct share) v = { 0 };

	if (!d->path->kind_ns[PATH_WORK])
		return;
	for (size_t i = 0; i < d->functions.n; i++)
		if (d->functions.v[i].run_ns)
			vec_push(&v, (struct share){ d->functions.v[i].run_ns, path_code(d->in, d->names.functions.v[i].name) });
	say_share(w, text, d->path->kind_ns[PATH_WORK], "work");
	if (v.n)
		name_largest(w, text, v.v, v.n);
	say(w, text);
	vec_free(&v);
}

static void say_objects(struct words *w, struct buf *text, unsigned kind, const char *what)
{
	const struct path *p = w->d->path;
	VEC(struct share) v = { 0 };

	if (!matters(w, p->kind_ns[kind]))
		return;
	for (size_t i = 0; i < w->d->waits.n; i++)
		if (w->d->waits.v[i].kind == kind)
			vec_push(&v, (struct share){ w->d->waits.v[i].ns, path_wait_thing(w->d, &w->d->waits.v[i]) });
	say_share(w, text, p->kind_ns[kind], what);
	if (v.n)
		name_largest(w, text, v.v, v.n);
	say(w, text);
	vec_free(&v);
}

static void say_locks(struct words *w, struct buf *text)
{
	const struct path *p = w->d->path;

	for (size_t i = 0; i < p->locks.n; i++) {
		const struct path_lock *l = &p->locks.v[i];

		if (!matters(w, l->held_ns + l->hand_over_ns))
			continue;
		buf_addf(text, "For %s of it somebody held %s, for whom it waited, %s times.", fmt_percent((double)l->held_ns, (double)w->d->length).s,
		         naming_lock(w->d->in->naming, (uint32_t)i), fmt_count(l->hand_overs).s);
		say(w, text);
	}
}

/* Threads that would be next, were the path shorter. */
static void say_near(struct words *w, struct buf *text)
{
	const struct path *p = w->d->path;
	unsigned said = 0;

	for (uint32_t i = 0; i < w->d->graph->thread_count && said < NEAR_MOST; i++) {
		uint64_t slack = p->threads[i].slack_ns;

		if (!slack || slack == PATH_FREE || p->threads[i].on_path_ns || slack * 100 > w->d->length * NEAR_PERCENT || !matters(w, p->threads[i].work_ns))
			continue;
		buf_addf(text, "%s is %s behind it.", path_thread_name(w->d->in, i), fmt_duration(slack).s);
		say(w, text);
		said++;
	}
}

static void say_parallel(struct words *w, struct buf *text)
{
	const struct path *p = w->d->path;
	uint32_t threads = 0;

	for (uint32_t i = 0; i < w->d->graph->thread_count; i++)
		threads += p->threads[i].work_ns > 0;
	if (threads < 2)
		return;
	buf_addf(text, "Of %u threads just one worked for %s of the time, none for %s.", threads,
	         fmt_percent((double)p->alone_ns, (double)w->d->length).s, fmt_percent((double)p->idle_ns, (double)w->d->length).s);
	say(w, text);
}

static void say_end(struct words *w, struct buf *text)
{
	const char *open = path_open(w->d);

	if (!open)
		return;
	buf_addf(text, "It ends in %s, which had not returned.", open);
	say(w, text);
}

static void say_limits(struct words *w, struct buf *text)
{
	const struct path *p = w->d->path;

	if (matters(w, p->work_ns[0])) {
		buf_addf(text, "For %s it is not known in which function the thread was: there were no events with a stack around it.",
		         fmt_percent((double)p->work_ns[0], (double)w->d->length).s);
		say(w, text);
	}
	if (w->d->in->model->acts.left_out) {
		buf_addf(text, "%s acts had no room in memory: waits that they ended go unexplained.", fmt_count(w->d->in->model->acts.left_out).s);
		say(w, text);
	}
}

struct table *path_words(struct path_doc *d)
{
	struct words w = { d, TABLE_NEW(d->in->arena, TABLE_ROWS, NULL, "Critical path", columns) };
	struct buf text = { 0 };
	uint32_t threads = 0;

	for (uint32_t i = 0; i < d->graph->thread_count; i++)
		threads += d->path->threads[i].on_path_ns > 0;
	w.t->note = view_text(d->in, "%s from %s to %s, through %s", fmt_duration(d->length).s, fmt_duration(d->path->from_ns).s,
	                      fmt_duration(d->path->to_ns).s, view_count(d->in, threads, "thread"));
	say_work(&w, &text);
	say_objects(&w, &text, PATH_IO, "I/O");
	say_objects(&w, &text, PATH_SLEEP, "sleep");
	say_objects(&w, &text, PATH_EXTERNAL, "waiting for what was not recorded");
	say_objects(&w, &text, PATH_WAIT, "waiting for what nobody was seen to give");
	say_objects(&w, &text, PATH_HAND_OVER, "waking up");
	say_objects(&w, &text, PATH_START, "until threads had begun");
	say_objects(&w, &text, PATH_OUTSIDE, "before the first event");
	say_end(&w, &text);
	say_locks(&w, &text);
	say_near(&w, &text);
	say_parallel(&w, &text);
	say_limits(&w, &text);
	buf_free(&text);
	return w.t;
}
