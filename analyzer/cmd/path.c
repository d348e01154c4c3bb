/* path: what the end of the run depended on. */
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "table/path.h"
#include "table/path_graph.h"
#include "util/err.h"

enum { STEPS = 24 };

struct arguments { struct options common; };

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	(void)text;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	options_init(state, &a->common);
	return 0;
}

static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_SELECT, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	NULL, parse, "DUMP|DIR...",
	"The critical path: the chain of work and waits that the end of the run depended on. What is not on it may take longer without "
	"anybody noticing; what is on it is worth a look."
	"\vIt is walked backwards from the end of the first process: what the last thread did, until it had to wait for somebody; then "
	"what that one did up to there; and so on to the start. With --from and --to it is what of the path lies in between, with "
	"--thread what that thread depended on (at --to, or at its end) instead of the run.\n\n"
	"\"Functions on it\": their own work on the path, the calls that they made there (I/O, sleeps, waits), both with what is below "
	"them, all their work on the path or off it, and slack: how much longer that might have taken, at the place where it is "
	"least, before the end moves; none is given for what the end does not depend on. \"Locks on it\": for "
	"how long the path was with somebody who held the lock for whom it then waited; that time is also where it was spent. "
	"\"Waits and I/O on it\": \"external\" is what was not recorded (peers, timers, other programs); \"hand-over\" lasts from the "
	"moment when somebody let a thread go on until it did. \"The chain\": the path in its order, short steps drawn together; "
	"--json has all segments, each with its stack.\n\n"
	"Where nothing is instrumented, work is known by the stacks of the events around it.",
	children, NULL, NULL,
};

static int refuse(const struct options *o)
{
	const char *option = o->function ? "--function" : o->module ? "--module" : NULL;

	if (!option)
		return CMD_DONE;
	err_warn("path: %s: what the end depended on is a matter of the whole run; --thread, --from and --to take a part of it", option);
	return CMD_UNUSABLE;
}

/* The graph is of the whole run: the options say what of the path is shown. */
static struct path_choice take_choice(struct model *m, const struct options *o)
{
	struct path_choice c = { m->options.from_ns, m->options.to_ns, m->options.tid, o->json ? 0 : o->top ? o->top : STEPS };

	m->options.from_ns = m->options.to_ns = m->options.tid = 0;
	return c;
}

static int draw(struct input *in, const struct options *o)
{
	struct path_choice choice = take_choice(in->model, o);
	int status = input_run(in);

	if (status)
		return status;
	in->doc.schema = 1;
	if (!path_add(&in->view, &in->doc, &choice)) {
		err_warn("path: nothing was recorded in that time");
		return CMD_UNUSABLE;
	}
	status = input_draw(in, o, STEPS);
	return status == CMD_DAMAGED ? input_warn(in) : status;
}

int cmd_path(int argc, char **argv)
{
	struct arguments a = { 0 };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	status = refuse(&a.common);
	if (status)
		return status;
	status = input_open(&in, &a.common, PATH_GRAPH_PARTS);
	if (!status)
		status = draw(&in, &a.common);
	input_close(&in);
	return status;
}
