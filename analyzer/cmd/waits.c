/* waits: who waited for whom. */
#include "cmd/cmd.h"
#include "cmd/input.h"

enum { ROWS = 8 };

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
	"Who waited for whom, and what of each thread's life went by with what."
	"\vA wait is charged to what it was really waited for: while A waits for B and B for C, to C; while the thread at the end of the chain "
	"sleeps or is in I/O, to that; and where nobody of the recording ended the wait, to what it was (a socket, a timer, a condition "
	"that nobody signalled). What is charged to a thread adds up to its waits. From when a waiter was let go on until it did it was on "
	"its way: that is the kernel's time, and that of other threads on the processors."
	"\n\n"
	"Running and ready (to run, but without a processor, or in page faults) are told apart by samples of the threads' CPU clocks: "
	"one after each long wait, now and then, and at a thread's end. What is before the first one or after the last one, in a thread that "
	"was killed say, is \"either\"."
	"\n\n"
	"With --json, waiters[] has every waiter with each thread it waited because of and all reasons; shares[] what each thread did, in ns; and "
	"locks[] is as in `report --view locks`.",
	children, NULL, NULL,
};

static int is_wanted(const struct arguments *a, const struct view *v)
{
	return !v->name || v == view_find("waits") || (a->common.json && v == view_find("locks"));
}

static unsigned parts_of(const struct arguments *a)
{
	unsigned parts = 0;

	for (size_t i = 0; views[i]; i++)
		if (is_wanted(a, views[i]))
			parts |= views[i]->parts;
	return parts;
}

static int show(struct input *in, const struct arguments *a)
{
	int status = input_run(in);

	if (status)
		return status;
	in->doc.schema = 1;
	for (size_t i = 0; views[i]; i++)
		if (is_wanted(a, views[i]))
			views[i]->add(&in->view, &in->doc);
	return input_draw(in, &a->common, ROWS);
}

int cmd_waits(int argc, char **argv)
{
	struct arguments a = { .common.top = 0 };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	status = input_open(&in, &a.common, parts_of(&a));
	if (!status)
		status = show(&in, &a);
	input_close(&in);
	return status;
}
