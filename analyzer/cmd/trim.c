/* trim.c - cuts the unused tails of recordings that have ended. `record` and `report` do it too. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/dumps.h"
#include "cmd/options.h"
#include "dump/trim.h"
#include "util/err.h"
#include "util/fmt.h"
#include "util/text.h"

static error_t parse(int key, char *text, struct argp_state *state)
{
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	options_init(state, state->input);
	return 0;
}

static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	NULL, parse, "DUMP|DIR...",
	"Cuts off what was reserved and never used, so that dumps can be copied by tools that do not know sparse files. "
	"A dump that is still being recorded is left alone, with status 2.",
	children, NULL, NULL,
};

static int trim_one(const char *path)
{
	struct dump_error e;
	uint64_t cut;

	if (dump_trim(path, &cut, &e) < 0) {
		err_warn("%s: %s", text_shown(path), text_shown(e.text));
		return CMD_UNUSABLE;
	}
	printf("%s: %s cut\n", text_shown(path), fmt_bytes(cut).s);
	return CMD_DONE;
}

int cmd_trim(int argc, char **argv)
{
	struct options o;
	struct dumps dumps = { 0 };
	int status = CMD_DONE;

	options_parse(&argp, argc, argv, &o);
	dumps_named(&dumps, o.paths, o.n_paths);
	for (size_t i = 0; i < dumps.n; i++)
		if (trim_one(dumps.v[i]) != CMD_DONE)
			status = CMD_UNUSABLE;
	dumps_free(&dumps);
	return status;
}
