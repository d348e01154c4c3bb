/* help.c - the overview, and `help COMMAND`: what COMMAND --help prints. */
#include <stdio.h>
#include <string.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

void command_overview(FILE *out)
{
	fputs("Usage: hp-analyze [report] DUMP|DIR...      where time and memory went\n"
	      "       hp-analyze record [-o DIR] -- CMD... run CMD, record it, then report\n"
	      "       hp-analyze COMMAND ...\n"
	      "\n"
	      "Commands:\n", out);
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-8s %s\n", c->name, c->help);
	fputs("\n"
	      "  -h, --help     this text; `hp-analyze help COMMAND` tells more of one\n"
	      "      --version  the version\n", out);
}

static void refuse(const char *word)
{
	struct buf names = { 0 };

	for (const struct command *c = commands; c->name; c++)
		buf_addf(&names, "%s%s", names.n ? ", " : "", c->name);
	err_warn("help: there is no command '%s'%s; there are: %s", text_shown(word), choice_like(buf_text(&names), word), buf_text(&names));
	buf_free(&names);
}

int cmd_help(int argc, char **argv)
{
	char *ask[] = { argv[0], (char[]){ "--help" }, NULL };
	const struct command *c;

	if (argc < 2 || argv[1][0] == '-') {
		command_overview(stdout);
		return CMD_DONE;
	}
	c = command_find(argv[1]);
	if (!c) {
		refuse(argv[1]);
		return CMD_UNUSABLE;
	}
	if (c->run == cmd_help) {
		puts("Usage: hp-analyze help [COMMAND]");
		return CMD_DONE;
	}
	return command_run(c, 2, ask);
}
