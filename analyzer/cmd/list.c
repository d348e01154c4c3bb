#include "cmd/cmd.h"

#include <stddef.h>
#include <string.h>

#include "util/alloc.h"

const struct command commands[] = {
	{ "report", cmd_report, "where time and memory went, by views" },
	{ "record", cmd_record, "run a program, record it, report" },
	{ "info",   cmd_info,   "what a dump is and whether it is whole" },
	{ "tree",   cmd_tree,   "the tree of calls, with their times" },
	{ "waits",  cmd_waits,  "who waited for whom, and what threads did meanwhile" },
	{ "path",   cmd_path,   "what the end depended on: the critical path" },
	{ "what-if", cmd_what_if, "what would be gained if something were faster, or gone" },
	{ "events", cmd_events, "every event, in order of time" },
	{ "export", cmd_export, "for other tools: flame graphs, pprof, Perfetto, callgrind, ..." },
	{ "diff",   cmd_diff,   "what changed between runs, beyond chance" },
	{ "check",  cmd_check,  "whether a run cost what it may, for tests" },
	{ "advise", cmd_advise, "what to leave out of the next recording" },
	{ "ctl",    cmd_ctl,    "switch a running recording on and off, watch its memory" },
	{ "trim",   cmd_trim,   "cut the unused tail of ended recordings" },
	{ "help",   cmd_help,   "how to use a command" },
	{ NULL, NULL, NULL },
};

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

int command_run(const struct command *c, int argc, char **argv)
{
	argv[0] = xasprintf("hp-analyze %s", c->name);  /* argp may keep it until the process ends */
	return c->run(argc, argv);
}
