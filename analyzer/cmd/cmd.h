/*
 * cmd.h - the commands of hp-analyze. A command is one file cmd/NAME.c with one function, and one row in cmd/list.c.
 *
 * A command gets its own arguments: argv[0] is "hp-analyze NAME", what the user typed after NAME follows. It returns
 * the exit status, one of enum cmd_status; `record` returns what the program did. Only commands print and exit.
 */
#ifndef HP_CMD_H
#define HP_CMD_H

#include <stdio.h>

enum cmd_status {
	CMD_DONE    = 0,
	CMD_FAILED  = 1,  /* a `check` failed */
	CMD_UNUSABLE = 2, /* bad usage, or a dump that cannot be read at all */
	CMD_DAMAGED = 3,  /* read and reported, but with structure errors or dropped events */
};

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;  /* one line */
};

/* In the order of the help text; ends with a NULL name. */
extern const struct command commands[];
/* NULL: there is no command of that name. */
const struct command *command_find(const char *name);
/* Calls `c` with argv[0], the command's name as it was typed, replaced by its full one. */
int command_run(const struct command *c, int argc, char **argv);
/* How to use hp-analyze, with the list of commands. */
void command_overview(FILE *out);

int cmd_report(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_waits(int argc, char **argv);
int cmd_tree(int argc, char **argv);
int cmd_path(int argc, char **argv);
int cmd_what_if(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_trim(int argc, char **argv);
int cmd_advise(int argc, char **argv);
int cmd_ctl(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_help(int argc, char **argv);

#endif
