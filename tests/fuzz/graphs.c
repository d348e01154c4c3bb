#include "graphs.h"

#include "table/path_graph.h"
#include "table/what_if.h"

static const char *const questions[] = {
	"function:*=0", "function:\"*a*\"=0.5", "path:*;*=0.25", "lock:*.hold=0", "lock:*.contention=0", "lock:#1.split=3", "lock:#2.rw=1", "io:*=0",
	"io:*:read=2", "sleep:*=0", "cpus=1", "cpus=3",
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static void begin(const struct view_input *in, struct doc *doc)
{
	doc_init(doc, in->arena);
	doc->stacks = naming_stacks(in->naming);
	doc->schema = 1;
}

static void ask(const struct view_input *in, const struct path_choice *c, struct doc *doc)
{
	struct what_if *w = what_if_new(in, c->from_ns, c->to_ns);
	struct what_if_question q[QUESTIONS];
	struct expr_error error;
	size_t n = 0, wrong;
	if (!w)
		return;
	what_if_rank(w, true, doc);
	for (size_t i = 0; i < QUESTIONS; i++)
		if (!what_if_parse(&q[n], in->arena, questions[i], &error) && !what_if_ask(w, &q[n], 1, doc, &error, &wrong))
			n++;  /* of what occurs in this run a plan is made */
	if (n)
		what_if_ask(w, q, n, doc, &error, &wrong);
	what_if_free(w);
}

void graphs_of(const struct view_input *in, const struct path_choice *choice, void (*draw)(const struct doc *))
{
	struct doc doc;
	begin(in, &doc);
	if (path_add(in, &doc, choice))
		draw(&doc);
	begin(in, &doc);
	ask(in, choice, &doc);
	draw(&doc);
}
