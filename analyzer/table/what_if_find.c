/* What the names in a question mean in this recording. */
#include <stdio.h>
#include <string.h>

#include "dump/ops.h"
#include "table/name_match.h"
#include "table/what_if_private.h"
#include "util/alloc.h"
#include "util/similar.h"
#include "util/text.h"

/* ---- what there is instead ---- */

struct hint { struct similar best; char list[160]; size_t used; unsigned listed; };

static void offer(struct hint *h, const char *name)
{
	similar_offer(&h->best, name);
	if (h->listed < 6 && strlen(name) < 40 && !strstr(h->list, name)) {
		h->used += (size_t)snprintf(h->list + h->used, sizeof(h->list) - h->used, "%s%s", h->listed ? ", " : "", text_shown(name));
		h->used = h->used < sizeof(h->list) ? h->used : sizeof(h->list) - 1;
		h->listed++;
	}
}

static void offer_own(const struct what_if *w, struct hint *h)
{
	for (size_t i = 1; i < w->names.n; i++)
		if (w->own.v[i])
			offer(h, w->names.v[i]);
}

static int none(const struct what_if_question *q, struct expr_error *e, const struct hint *h, const char *what)
{
	e->at = q->name_at;
	e->end = q->name_end;
	if (h->best.word)
		snprintf(e->text, sizeof(e->text), "%s '%s' here; did you mean '%s'?", what, text_shown(q->name), text_shown(h->best.word));
	else if (h->listed)
		snprintf(e->text, sizeof(e->text), "%s '%s' here; there are %s%s", what, text_shown(q->name), h->list, h->listed == 6 ? ", ..." : "");
	else
		snprintf(e->text, sizeof(e->text), "%s '%s' here, and nothing else of the kind", what, text_shown(q->name));
	return -1;
}

/* ---- functions and paths ---- */

/* By number of names: 1 if it matches. */
static uint8_t *matches(struct what_if *w, const char *pattern)
{
	uint8_t *yes = xcalloc(w->names.n + 1, 1);

	for (size_t i = 1; i < w->names.n; i++)
		yes[i] = name_matches(pattern, w->names.v[i]);
	return yes;
}

static int find_function(struct what_if *w, const struct what_if_question *q, struct plan_term *t, struct expr_error *e)
{
	struct hint h = { .best = similar_begin(q->name) };
	uint8_t *yes = matches(w, q->name);

	for (uint32_t i = 1; i < w->graph->paths.n; i++)
		for (uint32_t f = w->first_frame[i]; f < w->first_frame[i + 1]; f++)
			if (yes[w->frames.v[f]]) {
				vec_push(&t->paths, i);
				break;
			}
	offer_own(w, &h);
	free(yes);
	return t->paths.n ? 0 : none(q, e, &h, "no function is called");
}

/* A;B: paths that pass through A, and further in through B. How far each path has come, by path; the pattern's parts at most. */
static uint8_t *passed(struct what_if *w, const char *pattern, uint8_t *parts)
{
	const struct graph *g = w->graph;
	uint8_t *at = xcalloc(g->paths.n + 1, 1), *part[16];
	char *words = xstrdup(pattern), *rest = words, *word;

	for (*parts = 0; *parts < 16 && (word = strsep(&rest, ";"));)
		if (*word)
			part[(*parts)++] = matches(w, word);
	for (uint32_t i = 1; i < g->paths.n; i++) {
		at[i] = g->paths.v[i].parent < i ? at[g->paths.v[i].parent] : 0;
		for (uint32_t f = w->first_frame[i + 1]; f-- > w->first_frame[i];)
			at[i] += at[i] < *parts && part[at[i]][w->frames.v[f]];
	}
	for (unsigned i = 0; i < *parts; i++)
		free(part[i]);
	free(words);
	return at;
}

/* below: work, too; else only sleeps. */
static int find_below(struct what_if *w, const struct what_if_question *q, struct plan_term *t, struct expr_error *e, bool work)
{
	struct hint h = { .best = similar_begin(q->name) };
	uint8_t parts, *at = passed(w, q->name, &parts);

	for (uint32_t i = 1; work && i < w->graph->paths.n; i++)
		if (parts && at[i] == parts)
			vec_push(&t->paths, i);
	for (uint32_t i = 1; i < w->tape->classes.n; i++) {
		const struct tape_class *c = &w->tape->classes.v[i];
		uint32_t path = graph_stack_path(w->graph, c->stack);

		if ((!work && c->kind != ACT_SLEEP) || path >= w->graph->paths.n)
			continue;
		if (parts && at[path] == parts)
			vec_push(&t->classes, i);
		else if (!work && what_if_function(w, path))
			offer(&h, w->names.v[what_if_function(w, path)]);
	}
	if (work)
		offer_own(w, &h);
	free(at);
	if (t->paths.n || t->classes.n)
		return 0;
	return none(q, e, &h, work ? "no call path goes through" : "no sleep is on a call path through");
}

/* ---- locks ---- */

static bool lock_matches(struct what_if *w, const struct what_if_question *q, uint32_t lock)
{
	char id[16];

	snprintf(id, sizeof(id), "#%u", w->in->model->locks.v.v[lock].id);
	return !strcmp(q->name, id) || name_matches(q->name, naming_lock(w->in->naming, lock));
}

static int cannot(const struct what_if_question *q, struct expr_error *e, const char *name, const char *why)
{
	e->at = q->name_at;
	e->end = q->name_end;
	snprintf(e->text, sizeof(e->text), "%s %s", text_shown(name), why);
	return -1;
}

static int find_lock(struct what_if *w, const struct what_if_question *q, struct plan_term *t, struct expr_error *e)
{
	const struct locks *locks = &w->in->model->locks;
	struct hint h = { .best = similar_begin(q->name) };
	const char *not_held = NULL, *of_kind = NULL;
	bool any = false;

	for (uint32_t i = 0; i < locks->v.n; i++) {
		const char *name = naming_lock(w->in->naming, i);

		if (!lock_matches(w, q, i)) {
			if (locks->v.v[i].has_hold)
				offer(&h, name);
			continue;
		}
		if (!locks->v.v[i].has_hold) {
			not_held = name;
		} else if ((q->kind == ASK_SPLIT || q->kind == ASK_RW) && locks->v.v[i].kind == HP_LOCK_KIND_RWLOCK) {
			of_kind = name;
		} else {
			any = true;
			if (w->tape->lock_number[i] != ACT_NONE)
				vec_push(&t->locks, w->tape->lock_number[i]);
		}
	}
	if (any)
		return 0;
	if (of_kind)
		return cannot(q, e, of_kind, q->kind == ASK_RW ? "is a read-write lock already" : "is a read-write lock: only those that one thread holds can be split here");
	if (not_held)
		return cannot(q, e, not_held, "is a lock that nobody holds: a condition variable, semaphore or barrier");
	return none(q, e, &h, "no lock is called");
}

/* ---- files ---- */

const char *what_if_class_name(const struct what_if *w, const struct tape_class *c)
{
	const struct model *m = w->in->model;

	if (c->channel)
		return c->object < m->acts.channels.n ? m->acts.channels.v[c->object].name : NULL;
	return c->object < m->io.files.n ? m->io.files.v[c->object].path : NULL;
}

static int no_op(const struct what_if_question *q, struct expr_error *e, const struct hint *h)
{
	e->at = q->op_at;
	e->end = q->value_at ? q->value_at - 1 : q->op_at + 1;
	snprintf(e->text, sizeof(e->text), "no %s of that; there are %s", text_shown(q->op), h->list);
	return -1;
}

static int find_io(struct what_if *w, const struct what_if_question *q, struct plan_term *t, struct expr_error *e)
{
	struct hint files = { .best = similar_begin(q->name) }, ops = { .best = similar_begin("") };

	for (uint32_t i = 1; i < w->tape->classes.n; i++) {
		const struct tape_class *c = &w->tape->classes.v[i];
		const char *name = c->kind == ACT_IO ? what_if_class_name(w, c) : NULL;

		if (!name)
			continue;
		if (!name_matches(q->name, name)) {
			offer(&files, name);
			continue;
		}
		if (q->op && strcmp(q->op, op_name(c->op)))
			offer(&ops, op_name(c->op));
		else
			vec_push(&t->classes, i);
	}
	if (t->classes.n)
		return 0;
	return ops.listed ? no_op(q, e, &ops) : none(q, e, &files, "no file is called");
}

static const enum plan_change changes[] = {
	[ASK_FUNCTION] = PLAN_SCALE, [ASK_PATH] = PLAN_SCALE, [ASK_HOLD] = PLAN_HOLD, [ASK_CONTENTION] = PLAN_NO_WAIT, [ASK_SPLIT] = PLAN_SPLIT,
	[ASK_RW] = PLAN_NO_WAIT, [ASK_IO] = PLAN_SCALE, [ASK_SLEEP] = PLAN_SCALE, [ASK_CPUS] = PLAN_CPUS,
};

int what_if_find(struct what_if *w, const struct what_if_question *q, struct plan *plan, struct expr_error *e)
{
	struct plan_term *t = vec_add(plan);

	t->change = changes[q->kind];
	t->factor = q->factor;
	t->parts = q->parts;
	if (q->kind == ASK_FUNCTION || q->kind == ASK_PATH || q->kind == ASK_SLEEP)
		what_if_names(w);
	switch (q->kind) {
	case ASK_FUNCTION: return find_function(w, q, t, e);
	case ASK_PATH:     return find_below(w, q, t, e, true);
	case ASK_SLEEP:    return find_below(w, q, t, e, false);
	case ASK_IO:       return find_io(w, q, t, e);
	case ASK_CPUS:     return 0;
	default:           return find_lock(w, q, t, e);
	}
}
