/* What to ask when nothing is asked: every function, lock, file and sleep that is worth it. */
#include <string.h>

#include "dump/ops.h"
#include "table/what_if_private.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/text.h"

enum { MOST_QUESTIONS = 200, SHARE_LEAST = 200, SLEEP_CALLERS = 3 };  /* a 200th: half a percent */

struct candidate { enum what_if_kind kind; bool glob; const char *name, *op; uint64_t ns; size_t order; };  /* glob: the name is one */
struct candidates { VEC_FIELDS(struct candidate) };

static void add(struct candidates *c, enum what_if_kind kind, bool glob, const char *name, const char *op, uint64_t ns, double all)
{
	if (name && *name && (double)ns * SHARE_LEAST >= all)
		vec_push(c, (struct candidate){ kind, glob, name, op, ns, c->n });
}

/* ---- functions ---- */

static void add_functions(struct what_if *w, struct candidates *c)
{
	const struct graph *g = w->graph;
	uint64_t *ns = xcalloc(w->names.n + 1, sizeof(*ns));

	for (size_t i = 0; i < g->work.n; i++)
		ns[what_if_function(w, g->work.v[i].path)] += g->work.v[i].ns;
	for (size_t i = 1; i < w->names.n; i++)
		add(c, ASK_FUNCTION, false, w->names.v[i], NULL, ns[i], w->actual);
	free(ns);
}

/* ---- locks ---- */

static void add_locks(struct what_if *w, struct candidates *c)
{
	for (size_t i = 0; i < w->tape->locks.n; i++) {
		const struct tape_lock *l = &w->tape->locks.v[i];
		const char *name = l->wait_ns ? naming_lock(w->in->naming, l->lock) : NULL;

		add(c, ASK_HOLD, false, name, NULL, l->wait_ns, w->actual);
		add(c, ASK_CONTENTION, false, name, NULL, l->wait_ns, w->actual);
	}
}

/* ---- files and sleeps: calls of one class from different paths belong together ---- */

struct sum { const char *name, *op, *last; uint64_t ns; uint32_t of; };  /* of: how many names, as far as they come one after another */
struct sums { VEC_FIELDS(struct sum) struct map64 by_name; };

static uint64_t sum_key(const char *name, const char *op)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (const char *s = name; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	for (const char *s = op ? op : ""; *s; s++)
		h = (h ^ (unsigned char)*s ^ 0x80) * 0x100000001b3u;
	return h >> 1;
}

/* `whose`: the one name that it is of. */
static void sum_up(struct sums *s, const char *name, const char *op, const char *whose, uint64_t ns)
{
	uint64_t key = sum_key(name, op);
	uint32_t at = map64_get(&s->by_name, key);

	if (at == MAP64_NONE) {
		at = (uint32_t)s->n;
		vec_push(s, (struct sum){ .name = name, .op = op });
		map64_put(&s->by_name, key, at);
	}
	s->v[at].ns += ns;
	s->v[at].of += !s->v[at].last || strcmp(s->v[at].last, whose);
	s->v[at].last = whose;
}

/* A glob is worth it if it stands for several names. */
static void add_sums(struct candidates *c, struct sums *s, enum what_if_kind kind, bool glob, double all)
{
	for (size_t i = 0; i < s->n; i++)
		if (!glob || s->v[i].of > 1)
			add(c, kind, glob, s->v[i].name, s->v[i].op, s->v[i].ns, all);
	vec_free(s);
	map64_free(&s->by_name);
}

/*
 * A sleep is known by the functions around it: a helper that does nothing but sleep tells less than who calls it. Those of the
 * user's own, from the inside out, as far as there are SLEEP_CALLERS of them.
 */
static void add_sleep(struct what_if *w, struct sums *s, const struct tape_class *k)
{
	uint32_t path = graph_stack_path(w->graph, naming_own_stack(w->in->naming, k->stack)), last = 0, said = 0;

	for (; path && path < w->graph->paths.n && said < SLEEP_CALLERS; path = w->graph->paths.v[path].parent) {
		uint32_t name = what_if_function(w, path);

		if (!name || name == last || (last && !w->own.v[name]))
			continue;
		sum_up(s, w->names.v[name], NULL, w->names.v[last], k->ns);
		last = name;
		said++;
	}
}

/* Files of one directory, connections of one host: "/var/db/" and "*". NULL: it has neither. */
static const char *look_alikes(struct what_if *w, const char *name)
{
	const char *cut = strrchr(name, '/');

	cut = cut ? cut : strrchr(name, ':');
	return cut && cut > name ? view_text(w->in, "%.*s*", (int)(cut + 1 - name), name) : NULL;
}

/* What all sleeps go through, or several of those that are asked about, tells nothing that they do not. */
static void add_sleeps(struct candidates *c, struct sums *s, double all)
{
	uint64_t most = 0, least = UINT64_MAX;

	for (size_t i = 0; i < s->n; i++) {
		most = s->v[i].ns > most ? s->v[i].ns : most;
		least = s->v[i].ns < least ? s->v[i].ns : least;
	}
	for (size_t i = 0; i < s->n; i++)
		if (least == most || (s->v[i].of == 1 && s->v[i].ns < most))
			add(c, ASK_SLEEP, false, s->v[i].name, NULL, s->v[i].ns, all);
	vec_free(s);
	map64_free(&s->by_name);
}

static void add_calls(struct what_if *w, struct candidates *c)
{
	struct sums files = { 0 }, ops = { 0 }, alike = { 0 }, all = { 0 }, sleeps = { 0 };

	for (size_t i = 1; i < w->tape->classes.n; i++) {
		const struct tape_class *k = &w->tape->classes.v[i];
		const char *name = k->kind == ACT_SLEEP ? NULL : what_if_class_name(w, k), *glob;

		if (k->kind == ACT_SLEEP)
			add_sleep(w, &sleeps, k);
		if (!name || !*name)
			continue;
		glob = look_alikes(w, name);
		sum_up(&files, name, NULL, name, k->ns);
		sum_up(&ops, name, op_name(k->op), name, k->ns);
		sum_up(&all, "*", op_name(k->op), name, k->ns);
		if (glob)
			sum_up(&alike, glob, NULL, name, k->ns);
	}
	add_sums(c, &files, ASK_IO, false, w->actual);
	add_sums(c, &ops, ASK_IO, false, w->actual);
	add_sums(c, &alike, ASK_IO, true, w->actual);
	add_sums(c, &all, ASK_IO, true, w->actual);
	add_sleeps(c, &sleeps, w->actual);
}

/* ---- questions ---- */

static int most_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return x->kind != y->kind ? x->kind < y->kind ? -1 : 1 : strcmp(x->name, y->name);
}

/*
 * A name as it has to be written: in quotes where it holds what a question is cut at; a glob's characters made plain ones, but for
 * the star at the end of a glob.
 */
static const char *written(struct what_if *w, const char *name, bool glob)
{
	struct buf b = { 0 };
	const char *kept;
	bool quotes = strpbrk(name, ":;=. \"'()<>&|$") != NULL;

	if (quotes)
		buf_addc(&b, '"');
	for (; *name; name++) {
		if (strchr("*?[\\", *name) && !(glob && !name[1]))
			buf_addc(&b, '\\');
		if (*name != '"')
			buf_addc(&b, *name);
	}
	if (quotes)
		buf_addc(&b, '"');
	kept = arena_strdup(w->in->arena, buf_text(&b));
	buf_free(&b);
	return kept;
}

static const char *expression(struct what_if *w, const struct candidate *c)
{
	const char *name = written(w, c->name, c->glob);

	switch (c->kind) {
	case ASK_FUNCTION:   return view_text(w->in, "function:%s=0", name);
	case ASK_SLEEP:      return view_text(w->in, "sleep:%s=0", name);
	case ASK_HOLD:       return view_text(w->in, "lock:%s.hold=0", name);
	case ASK_CONTENTION: return view_text(w->in, "lock:%s.contention=0", name);
	default:             return c->op ? view_text(w->in, "io:%s:%s=0", name, c->op) : view_text(w->in, "io:%s=0", name);
	}
}

/*
 * What is the same as another one is asked about once: an operation that is all there is to its file; of functions around the
 * same sleeps the one that was met first, the innermost.
 */
static bool said(const struct candidates *c, size_t i)
{
	const struct candidate *it = &c->v[i];

	for (size_t k = 0; k < c->n; k++) {
		const struct candidate *o = &c->v[k];

		if (o->kind != it->kind || o->ns != it->ns || k == i)
			continue;
		if (it->kind == ASK_IO ? o->order < it->order && (it->glob || !strcmp(o->name, it->name)) : it->kind == ASK_SLEEP && o->order < it->order)
			return true;
	}
	return false;
}

static size_t ask_all(struct what_if *w, const struct candidates *c, struct answer *answers)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n && n < MOST_QUESTIONS; i++) {
		struct what_if_question q;
		struct expr_error e;
		struct answer *a = &answers[n];

		if (said(c, i))
			continue;
		*a = (struct answer){ .expr = expression(w, &c->v[i]) };
		if (what_if_parse(&q, w->in->arena, a->expr, &e) || what_if_find(w, &q, &a->plan, &e))
			plan_free(&a->plan);  /* a name that cannot be written down */
		else
			n++;
	}
	return n;
}

static int most_saved_first(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	double left = x->has_arrivals ? x->saved[1] : x->saved[0], right = y->has_arrivals ? y->saved[1] : y->saved[0];

	return left != right ? left < right ? 1 : -1 : strcmp(x->expr, y->expr);
}

/* How many save a thousandth of the run. */
static size_t worth(const struct what_if *w, const struct answer *answers, size_t n)
{
	size_t count = 0;

	while (count < n && what_if_saved(w, &answers[count]) >= 0.001 * w->baseline)
		count++;
	return count;
}

void what_if_rank(struct what_if *w, bool all, struct doc *doc)
{
	struct candidates c = { 0 };
	struct answer *answers = xcalloc(MOST_QUESTIONS + 1, sizeof(*answers));
	size_t n, most;

	what_if_names(w);
	add_functions(w, &c);
	add_locks(w, &c);
	add_calls(w, &c);
	vec_sort(&c, most_first);
	n = ask_all(w, &c, answers);
	what_if_answers(w, answers, n, 0);
	qsort(answers, n, sizeof(*answers), most_saved_first);
	most = what_if_most(w, n);
	what_if_answers(w, answers, most, most);
	qsort(answers, n, sizeof(*answers), most_saved_first);
	for (size_t i = 0; i < n && i < most; i++)
		what_if_knee(w, &answers[i]);
	what_if_tables(w, answers, all ? n : worth(w, answers, n), true, doc);
	for (size_t i = 0; i < n; i++)
		plan_free(&answers[i].plan);
	free(answers);
	vec_free(&c);
}
