#include "cmd/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/filters.h"
#include "util/text.h"
#include "util/vec.h"

enum {
	KEY_JSON = 0x100, KEY_TOP, KEY_SORT, KEY_NO_CMDLINE, KEY_THREAD, KEY_FROM, KEY_TO, KEY_DEBUG_DIR, KEY_SYSROOT, KEY_COMPENSATE, KEY_MARKDOWN, KEY_USAGE,
	KEY_SUPPRESSIONS, KEY_SHORT, KEY_FILTER, KEY_FUNCTION, KEY_MODULE, KEY_NO_CACHE,
};

static uint64_t count_of(const char *option, const char *text, uint64_t least, uint64_t most, struct argp_state *state)
{
	uint64_t n;

	if (parse_count(text, most, &n) < 0 || n < least)
		argp_error(state, "%s: '%s' is not a number from %llu on", option, text, (unsigned long long)least);
	return n;
}

static void time_of(const char *option, const char *text, struct parse_time *out, struct argp_state *state)
{
	if (parse_time(text, out) < 0)
		argp_error(state, "%s: '%s' is not a time: a number with ns, us, ms, s or %%, or @MARK", option, text);
}

static uint64_t duration_of(const char *option, const char *text, struct argp_state *state)
{
	uint64_t ns;

	if (parse_duration(text, &ns) < 0 || !ns)
		argp_error(state, "%s: '%s' is not a duration: a number with ns, us, ms or s", option, text);
	return ns;
}

/* "report", of "hp-analyze report". */
static const char *command_of(const struct argp_state *state)
{
	const char *space = strchr(state->name, ' ');

	return space ? space + 1 : state->name;
}

/* Else a slip of the pen would only show in names that are missing. */
static const char *directory(const char *option, const char *text, struct argp_state *state)
{
	struct stat st;

	if (stat(text, &st) < 0)
		argp_error(state, "%s: %s: %s", option, text_shown(text), strerror(errno));
	if (!S_ISDIR(st.st_mode))
		argp_error(state, "%s: %s is no directory", option, text_shown(text));
	return text;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_JSON:       o->json = 1; return 0;
	case KEY_TOP:        o->top = count_of("--top", text, 1, UINT32_MAX, state); return 0;
	case KEY_SORT:       o->sort = text; return 0;
	case KEY_NO_CMDLINE: o->no_cmdline = 1; return 0;
	case KEY_THREAD:     o->thread = (int64_t)count_of("--thread", text, 0, INT_MAX, state); return 0;
	case KEY_FROM:       time_of("--from", text, &o->from, state); return 0;
	case KEY_TO:         time_of("--to", text, &o->to, state); return 0;
	case KEY_FUNCTION:   o->function = text; return 0;
	case KEY_MODULE:     o->module = text; return 0;
	case KEY_FILTER:     o->filter = filters_read(command_of(state), text); return 0;
	case KEY_DEBUG_DIR:  o->debug_dir = directory("--debug-dir", text, state); return 0;
	case KEY_SYSROOT:    o->sysroot = directory("--sysroot", text, state); return 0;
	case KEY_NO_CACHE:   o->no_cache = 1; return 0;
	case KEY_COMPENSATE: o->compensate = 1; return 0;
	case KEY_MARKDOWN:   o->markdown = 1; return 0;
	case KEY_SUPPRESSIONS: o->suppressions = text; return 0;
	case KEY_SHORT:      o->short_ns = duration_of("--short-lived", text, state); return 0;
	case 'o':            o->output = text; return 0;
	default:             return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_paths(int key, char *text, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		return ARGP_ERR_UNKNOWN;  /* all of them together, below */
	case ARGP_KEY_ARGS:
		o->paths = state->argv + state->next;
		o->n_paths = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which dump? Give its file, or the directory of a run");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_help(int key, char *text, struct argp_state *state)
{
	switch (key) {
	case 'h':       argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP); return 0;
	case KEY_USAGE: argp_state_help(state, state->out_stream, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK); return 0;
	default:        return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option output_rows[] = {
	{ "json", KEY_JSON, NULL, 0, "Print JSON instead of text, complete unless --top is given", 0 },
	{ "top", KEY_TOP, "N", 0, "Show the first N rows of each table", 0 },
	{ "sort", KEY_SORT, "KEY", 0, "Order rows by this column, largest first", 0 },
	{ "no-cmdline", KEY_NO_CMDLINE, NULL, 0, "Leave the program's arguments out", 0 },
	{ 0 },
};
static const struct argp_option markdown_rows[] = {
	{ "markdown", KEY_MARKDOWN, NULL, 0, "Print Markdown instead of text, for comments on pull requests", 0 },
	{ 0 },
};
static const struct argp_option select_rows[] = {
	{ "thread", KEY_THREAD, "TID", 0, "Only this thread", 0 },
	{ "from", KEY_FROM, "T", 0, "Only from this time on: 1.5s, 20ms, 30%, @MARK; since the start of the recording", 0 },
	{ "to", KEY_TO, "T", 0, "Only up to this time", 0 },
	{ "function", KEY_FUNCTION, "NAME", 0, "Only what is done in functions of this name or glob, and below them", 0 },
	{ "module", KEY_MODULE, "GLOB", 0, "Only what is done in modules of this file name or path, and below them: libsqlite3*", 0 },
	{ "filter", KEY_FILTER, "EXPR", 0, "Only these function calls, as if they were all that was recorded: NAME, !NAME, *GLOB*, NAME@MODULE, "
	  "@depth=N, NAME@notrace; separated by commas, or @file:PATH", 0 },
	{ 0 },
};
static const struct argp_option times_rows[] = {
	{ "compensate", KEY_COMPENSATE, NULL, 0, "Take what recording itself cost out of the functions' times", 0 },
	{ 0 },
};
static const struct argp_option memory_rows[] = {
	{ "suppressions", KEY_SUPPRESSIONS, "FILE", 0, "Leaks not to report, as LeakSanitizer reads them: lines of leak:PATTERN. "
	  "Those in the program (__lsan_default_suppressions) and what the C library keeps count too, unless FILE is none", 0 },
	{ "short-lived", KEY_SHORT, "TIME", 0, "Call blocks short-lived that are freed within TIME; 1ms unless it is given", 0 },
	{ 0 },
};
static const struct argp_option symbols_rows[] = {
	{ "debug-dir", KEY_DEBUG_DIR, "DIR", 0, "Look for separate debug files here too", 0 },
	{ "sysroot", KEY_SYSROOT, "DIR", 0, "Open the program and its libraries below DIR", 0 },
	{ "no-cache", KEY_NO_CACHE, NULL, 0, "Look all names up anew, and keep none of them (in $XDG_CACHE_HOME/hp or ~/.cache/hp) for the next time", 0 },
	{ 0 },
};
static const struct argp_option file_rows[] = {
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ 0 },
};
static const struct argp_option help_rows[] = {
	{ "help", 'h', NULL, 0, "Print this help", 0 },
	{ "usage", KEY_USAGE, NULL, OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

const struct argp options_paths   = { NULL, parse_paths, NULL, NULL, NULL, NULL, NULL };
const struct argp options_output  = { output_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_markdown = { markdown_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_select  = { select_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_times   = { times_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_memory  = { memory_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_symbols = { symbols_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_file    = { file_rows, parse_option, NULL, NULL, NULL, NULL, NULL };
const struct argp options_help    = { help_rows, parse_help, NULL, NULL, NULL, NULL, NULL };

void options_init(struct argp_state *state, struct options *o)
{
	const struct argp_child *children = state->root_argp->children;

	*o = (struct options){ .thread = -1 };
	for (int i = 0; children && children[i].argp; i++)
		state->child_inputs[i] = o;
}

static void parse_all(const struct argp *argp, int argc, char **argv, unsigned flags, void *input)
{
	argp_err_exit_status = CMD_UNUSABLE;
	choice_check_options(argp, argc, argv, (flags & ARGP_IN_ORDER) != 0);
	if (argp_parse(argp, argc, argv, flags | ARGP_NO_HELP, NULL, input))
		exit(CMD_UNUSABLE);
}

void options_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	parse_all(argp, argc, argv, 0, input);
}

void options_parse_leading(const struct argp *argp, int argc, char **argv, void *input)
{
	parse_all(argp, argc, argv, ARGP_IN_ORDER, input);
}
