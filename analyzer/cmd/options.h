/*
 * options.h - the options that commands have in common, as argp children, so that each is declared, parsed and explained
 * once. A command picks the groups that mean something to it:
 *
 *     struct arguments { struct options common; int all; };
 *
 *     static error_t parse(int key, char *text, struct argp_state *state)
 *     {
 *             struct arguments *a = state->input;
 *
 *             switch (key) {
 *             case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
 *             case 'a':           a->all = 1; return 0;
 *             default:            return ARGP_ERR_UNKNOWN;
 *             }
 *     }
 *     static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_HELP, { 0 } };
 *     static const struct argp argp = { own_options, parse, "DUMP|DIR...", "What it does.", children, NULL, NULL };
 *
 *     options_parse(&argp, argc, argv, &a);
 *
 * Keys from OPTIONS_KEY_FREE on are the commands' own for options without a letter.
 */
#ifndef HP_CMD_OPTIONS_H
#define HP_CMD_OPTIONS_H

#include <argp.h>
#include <stddef.h>
#include <stdint.h>

#include "util/parse.h"

struct options {
	char **paths;               /* OPTIONS_PATHS: at least one; points into argv */
	size_t n_paths;
	int    json, markdown, no_cmdline, compensate;
	int    per_thread;          /* a command's own: see model_options */
	uint64_t top;               /* 0: not given */
	const char *sort;           /* NULL: not given; the view knows its keys */
	const char *output;         /* NULL: not given */
	int64_t thread;             /* tid; -1: all */
	struct parse_time from, to; /* PARSE_TIME_NONE: not given */
	const char *filter;         /* a good one; NULL: not given */
	const char *function, *module;  /* names or globs; NULL: not given */
	const char *debug_dir, *sysroot;
	int    no_cache;            /* of names */
	const char *suppressions;   /* NULL: not given */
	uint64_t short_ns;          /* 0: not given */
};

extern const struct argp options_paths, options_output, options_markdown, options_select, options_times, options_symbols,
	options_memory, options_file, options_help;

#define OPTIONS_PATHS   { &options_paths, 0, NULL, 0 }                       /* DUMP|DIR... */
#define OPTIONS_OUTPUT  { &options_output, 0, "Output:", 1 }                 /* --json --top --sort --no-cmdline */
#define OPTIONS_MARKDOWN { &options_markdown, 0, NULL, 1 }                   /* --markdown */
#define OPTIONS_SELECT  { &options_select, 0, "Which events:", 2 }           /* --thread --from --to --function --module --filter */
#define OPTIONS_TIMES   { &options_times, 0, NULL, 2 }                       /* --compensate */
#define OPTIONS_SYMBOLS { &options_symbols, 0, "Where names come from:", 3 } /* --debug-dir --sysroot --no-cache */
#define OPTIONS_MEMORY  { &options_memory, 0, "Memory:", 3 }                 /* --suppressions --short-lived */
#define OPTIONS_FILE    { &options_file, 0, NULL, 4 }                        /* -o FILE */
#define OPTIONS_WRITE   { &options_file, 0, NULL, 1 }                        /* the same, among those of the output */
#define OPTIONS_HELP    { &options_help, 0, NULL, -1 }                       /* -h --help; every command has it */

enum { OPTIONS_KEY_FREE = 0x200 };

/* For ARGP_KEY_INIT: sets the defaults and hands `o` to the groups. */
void options_init(struct argp_state *, struct options *o);
/* Parses all of argv, options and paths in any order; on bad usage says so and exits with status 2. */
void options_parse(const struct argp *, int argc, char **argv, void *input);
/* The same, but options end at the first other argument; the parser gets it and the rest as ARGP_KEY_ARGS. */
void options_parse_leading(const struct argp *, int argc, char **argv, void *input);

#endif
