/* advise: which functions to leave out of the next recording. */
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "table/advise.h"
#include "util/text.h"

enum { KEY_AT_MOST = OPTIONS_KEY_FREE, KEY_SHARE, ROWS = 20 };

struct arguments { struct options common; struct advise_options advise; };

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;
	long double share;

	switch (key) {
	case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
	case KEY_AT_MOST:
		if (parse_duration(text, &a->advise.at_most_ns) < 0 || !a->advise.at_most_ns)
			argp_error(state, "--at-most: '%s' is not a duration: a number with ns, us, ms or s", text_shown(text));
		return 0;
	case KEY_SHARE:
		if (parse_decimal(text, &share) < 0 || share > 100)
			argp_error(state, "--share: '%s' is no percentage", text_shown(text));
		a->advise.share = (double)share;
		return 0;
	default:            return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "at-most", KEY_AT_MOST, "T", 0, "Functions whose calls take no more than this on average; ten times what recording a call costs unless it is given", 0 },
	{ "share", KEY_SHARE, "PERCENT", 0, "Functions that make at least so many percent of all calls; 1 unless it is given", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_MARKDOWN, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "DUMP|DIR...",
	"Which small functions cost most of the recording, what goes away without them, and the words that leave them out of the next "
	"one.\vTheir time is their callers' then. HP_FILTER may also be given as `hp-analyze record --filter`. gcc looks for the names in "
	"its list as pieces of functions' names: those that other recorded functions have, too, are left out of it.",
	children, NULL, NULL,
};

int cmd_advise(int argc, char **argv)
{
	struct arguments a = { .advise = { .share = 1 } };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	a.common.compensate = 1;
	status = input_open(&in, &a.common, MODEL_FUNCTIONS);
	if (!status)
		status = input_run(&in);
	if (!status) {
		in.doc.schema = 1;
		advise_add(&in.view, &a.advise, &in.doc);
		status = input_draw(&in, &a.common, ROWS);
	}
	if (status == CMD_DAMAGED)
		input_warn(&in);
	input_close(&in);
	return status;
}
