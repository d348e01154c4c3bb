/*
 * hp-analyze: reads what libhp.so recorded. The first argument names the command (cmd/list.c); anything else is a dump
 * to report on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

static int is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* A word that is neither a command nor a file is most likely a mistyped command. */
static int refuse(const char *word)
{
	const char *why = strerror(errno);
	struct buf names = { 0 };

	for (const struct command *c = commands; c->name; c++)
		buf_addf(&names, "%s ", c->name);
	err_warn("'%s' is neither a command nor a dump: %s%s. Commands:", text_shown(word), why, choice_like(buf_text(&names), word));
	buf_free(&names);
	for (const struct command *c = commands; c->name; c++)
		fprintf(stderr, "  %-8s %s\n", c->name, c->help);
	return CMD_UNUSABLE;
}

/* `hp-analyze DUMP` is `hp-analyze report DUMP`. The slot before the first argument becomes the command's name. */
static int run_default(int argc, char **argv)
{
	const struct command *report = command_find("report");
	struct stat st;

	if (!report || (argv[1][0] != '-' && stat(argv[1], &st) < 0))
		return refuse(argv[1]);
	return command_run(report, argc, argv);
}

static int dispatch(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		command_overview(stderr);
		return CMD_UNUSABLE;
	}
	if (is_one_of(argv[1], "-h", "--help"))
		return cmd_help(1, argv);
	if (is_one_of(argv[1], "-V", "--version")) {
		puts("hp-analyze " HP_VERSION_TEXT);
		return CMD_DONE;
	}
	c = command_find(argv[1]);
	return c ? command_run(c, argc - 1, argv + 1) : run_default(argc, argv);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		err_warn("the output could not be written: %s", strerror(errno));
		return status ? status : CMD_UNUSABLE;
	}
	return status;
}
