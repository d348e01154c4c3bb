#include "table/what_if.h"

#include "table/path_graph.h"
#include "table/what_if_private.h"
#include "util/alloc.h"
#include "util/buf.h"

struct what_if *what_if_new(const struct view_input *in, uint64_t from_ns, uint64_t to_ns)
{
	struct graph *g = in->model->acts.v.n ? path_graph(in) : NULL;
	struct tape *t = g ? tape_new(g, from_ns, to_ns) : NULL;
	struct what_if *w;

	if (!t || t->end_ns <= t->from_ns) {
		tape_free(t);
		graph_free(g);
		return NULL;
	}
	w = xcalloc(1, sizeof(*w));
	w->in = in;
	w->graph = g;
	w->tape = t;
	what_if_baselines(w);
	return w;
}

void what_if_free(struct what_if *w)
{
	if (!w)
		return;
	tape_free(w->tape);
	graph_free(w->graph);
	map64_free(&w->name_numbers);
	vec_free(&w->names);
	vec_free(&w->own);
	vec_free(&w->frames);
	free(w->first_frame);
	free(w->cpu_share);
	free(w);
}

static bool assumes(const struct what_if_question *q)
{
	return q->kind == ASK_RW;
}

/* All of them together first, if there are several. */
static const char *together(const struct view_input *in, const struct what_if_question *q, size_t n)
{
	struct buf b = { 0 };
	const char *kept;

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", q[i].text);
	kept = arena_strdup(in->arena, buf_text(&b));
	buf_free(&b);
	return kept;
}

static int find_all(struct what_if *w, const struct what_if_question *q, size_t n, struct answer *answers, struct expr_error *error, size_t *wrong)
{
	size_t first = n > 1;

	for (size_t i = 0; i < n; i++) {
		struct answer *a = &answers[first + i];

		a->expr = q[i].text;
		a->assumes = assumes(&q[i]);
		*wrong = i;
		if (what_if_find(w, &q[i], &a->plan, error))
			return -1;
		if (!first)
			continue;
		answers[0].assumes |= a->assumes;
		if (what_if_find(w, &q[i], &answers[0].plan, error))
			return -1;
	}
	return 0;
}

int what_if_ask(struct what_if *w, const struct what_if_question *q, size_t n, struct doc *doc, struct expr_error *error, size_t *wrong)
{
	size_t count = n + (n > 1);
	struct answer *answers = xcalloc(count + 1, sizeof(*answers));
	int code;

	if (n > 1)
		answers[0].expr = together(w->in, q, n);
	code = find_all(w, q, n, answers, error, wrong);
	if (!code) {
		what_if_answers(w, answers, count, what_if_most(w, count));
		for (size_t i = 0; i < what_if_most(w, count); i++)
			what_if_knee(w, &answers[i]);
		what_if_tables(w, answers, count, false, doc);
	}
	for (size_t i = 0; i < count; i++)
		plan_free(&answers[i].plan);
	free(answers);
	return code;
}
