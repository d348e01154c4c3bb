/* info: what a dump is, whether it is whole, and what of the program it could not see. */
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "table/info.h"

enum { ROWS_OF_TEXT = 20 };

static error_t parse(int key, char *text, struct argp_state *state)
{
	(void)text;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	options_init(state, state->input);
	return 0;
}

static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	NULL, parse, "DUMP|DIR...", "What a dump is, whether it is whole, and what it could not see.", children, NULL, NULL,
};

static int info(struct input *in, const struct options *o)
{
	static const char *const used[] = { "threads", "modules" };
	int status = input_run(in);

	if (status)
		return status;
	in->doc.schema = 1;
	views[0]->add(&in->view, &in->doc);
	recorder_blind_spots(&in->view, &in->doc);
	doc_add(&in->doc, recorder_table(&in->view));
	info_add(&in->view, &in->doc);
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		view_find(used[i])->add(&in->view, &in->doc);
	return input_draw(in, o, ROWS_OF_TEXT);
}

int cmd_info(int argc, char **argv)
{
	struct options options;
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &options);
	status = input_open(&in, &options, view_find("threads")->parts);
	if (!status)
		status = info(&in, &options);
	input_close(&in);
	return status;
}
