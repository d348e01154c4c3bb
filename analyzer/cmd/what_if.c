/* what-if: what a run would have taken if something in it were different. */
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "cmd/mistake.h"
#include "table/path_graph.h"
#include "table/what_if.h"
#include "util/err.h"
#include "util/text.h"

enum { ROWS = 15 };

struct arguments {
	struct options common;
	VEC(struct what_if_question) questions;
	struct arena arena;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	(void)text;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	options_init(state, &a->common);
	return 0;
}

static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_MARKDOWN, OPTIONS_SELECT, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	NULL, parse, "DUMP|DIR... [EXPR...]",
	"What the run would have taken if something in it were different: the recording is replayed with that changed. Without EXPR: what "
	"would save most."
	"\v"
	"Several expressions are answered together, as one plan, and each alone. F is a factor: 0 removes it, 0.5 halves it, 2 doubles it.\n"
	"\n"
	"  function:NAME=F          work of its own, not that of what it calls\n"
	"  path:A;B=F               all that is done below B that is called below A\n"
	"  lock:NAME.hold=F         all that threads do while they hold it\n"
	"  lock:NAME.contention=0   nobody waits for it\n"
	"  lock:NAME.split=K        K locks in its place, taken in turn\n"
	"  lock:NAME.rw=1           who only reads waits for writers only; nobody knows who does: the range is from none to all\n"
	"  io:PATH=F                calls on a file, pipe or socket\n"
	"  io:PATH:OP=F             one kind of them: io:\"/var/db/*\":fsync=0\n"
	"  sleep:NAME=F             sleeps on a call path through NAME\n"
	"  cpus=N                   so many processors instead of as many as are wanted\n"
	"\n"
	"Names are globs, in double quotes where they hold what an expression is made of; #ID is a lock, too. A word that is no expression names "
	"a dump.\n"
	"\n"
	"  hp-analyze what-if hp.app.4711.hpd\n"
	"  hp-analyze what-if hp.app.4711.hpd function:compress=0.5\n"
	"  hp-analyze what-if hp.app.4711.hpd 'lock:cache_lock.split=4' 'io:*.log:fsync=0'\n"
	"\n"
	"\"saves\" is in the order in which threads come to locks; \"at least\" and \"at most\" also look at the order that was recorded. \"knee\": the "
	"factor below which nothing more is saved, because something else is in the way then. Each thread does what it did, in its order, and "
	"waits from outside last as long as they did: docs/what-if.md. A replay of the unchanged run that is more than 2 % off is said to be; more "
	"than 10 %, and answers are refused.",
	children, NULL, NULL,
};

static int wrong_words(const char *text, const struct expr_error *e)
{
	mistake_show("what-if", NULL, text, e->at, e->end, e->text);
	return CMD_UNUSABLE;
}

/* Takes the questions out of the paths. All are looked at, so that all mistakes are told at once. */
static int take_questions(struct arguments *a)
{
	struct options *o = &a->common;
	size_t kept = 0;
	int status = CMD_DONE;

	for (size_t i = 0; i < o->n_paths; i++) {
		struct what_if_question q;
		struct expr_error e = { 0 };

		if (!what_if_is_question(o->paths[i]))
			o->paths[kept++] = o->paths[i];
		else if (what_if_parse(&q, &a->arena, o->paths[i], &e))
			status = wrong_words(o->paths[i], &e);
		else
			vec_push(&a->questions, q);
	}
	o->n_paths = kept;
	if (a->questions.n > WHAT_IF_MOST) {
		err_warn("what-if: %zu expressions; %d can be answered at a time", a->questions.n, WHAT_IF_MOST);
		return CMD_UNUSABLE;
	}
	if (!status && !kept) {
		err_warn("what-if: of which recording? DUMP [EXPR...]; `hp-analyze help what-if` tells more");
		return CMD_UNUSABLE;
	}
	return status;
}

static int refuse(const struct options *o)
{
	const char *option = o->function ? "--function" : o->module ? "--module" : o->thread >= 0 ? "--thread" : NULL;

	if (!option)
		return CMD_DONE;
	err_warn("what-if: %s: what the end depends on is a matter of the whole run; --from and --to take a part of it", option);
	return CMD_UNUSABLE;
}

static int ask(struct input *in, const struct arguments *a, struct what_if *w)
{
	struct expr_error e = { 0 };
	size_t wrong = 0;

	if (!a->questions.n) {
		what_if_rank(w, a->common.json, &in->doc);
		return CMD_DONE;
	}
	return what_if_ask(w, a->questions.v, a->questions.n, &in->doc, &e, &wrong) ? wrong_words(a->questions.v[wrong].text, &e) : CMD_DONE;
}

/* The graph is of the whole run: the options say what of it is replayed. */
static int run(struct input *in, const struct arguments *a)
{
	uint64_t from = in->model->options.from_ns, to = in->model->options.to_ns;
	struct what_if *w;
	int status;

	in->model->options.from_ns = in->model->options.to_ns = 0;
	status = input_run(in);
	if (status)
		return status;
	in->doc.schema = 1;
	w = what_if_new(&in->view, from, to);
	if (!w) {
		err_warn("what-if: nothing was recorded in that time that could be replayed");
		return CMD_UNUSABLE;
	}
	status = ask(in, a, w);
	if (!status)
		status = input_draw(in, &a->common, ROWS);
	what_if_free(w);
	return status == CMD_DAMAGED ? input_warn(in) : status;
}

int cmd_what_if(int argc, char **argv)
{
	struct arguments a = { 0 };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	status = refuse(&a.common);
	if (!status)
		status = take_questions(&a);
	if (!status) {
		status = input_open(&in, &a.common, PATH_GRAPH_PARTS);
		if (!status)
			status = run(&in, &a);
		input_close(&in);
	}
	vec_free(&a.questions);
	arena_free(&a.arena);
	return status;
}
