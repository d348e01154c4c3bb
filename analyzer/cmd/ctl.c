/* ctl.c - switches a running recording on and off from outside, and tells which are running. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/dumps.h"
#include "cmd/options.h"
#include "cmd/watch.h"
#include "dump/control.h"
#include "dump/file.h"
#include "util/err.h"
#include "util/parse.h"
#include "util/text.h"

enum { KEY_KIND = OPTIONS_KEY_FREE, KEY_SAMPLE, KEY_MAX_RSS };

struct arguments {
	struct options common;
	uint32_t kinds;
	const struct verb *verb;
	struct sampler sampler;
	struct dumps dumps;
};

/* act: on one dump after the other; NULL: `watch`, on all together. */
struct verb {
	const char *name;
	int (*act)(const struct arguments *, const char *path, struct dump_error *);
};

/* ---- kinds ---- */

static const struct { const char *name; uint32_t bit; } kinds[] = {
#define HP_KIND(bit, NAME, name) { name, HP_##NAME },
#include "hp_kinds.def"
#undef HP_KIND
};
static const char kind_list[] =
#define HP_KIND(bit, NAME, name) " " name
#include "hp_kinds.def"
#undef HP_KIND
	;
enum { KINDS = sizeof kinds / sizeof *kinds };

static uint32_t kinds_of(char *list, struct argp_state *state)
{
	uint32_t mask = 0;

	for (char *word; (word = strsep(&list, ",")); ) {
		uint32_t before = mask;

		for (int i = 0; i < KINDS; i++)
			if (strcmp(kinds[i].name, word) == 0)
				mask |= kinds[i].bit;
		if (mask == before)
			argp_error(state, "--kind: there is no kind '%s', or it is named twice; there are:%s", text_shown(word), kind_list);
	}
	return mask;
}

/* ---- verbs ---- */

static int show(const struct arguments *a, const char *path, struct dump_error *e)
{
	struct dump_file f;
	int code = dump_file_open(&f, path, e);

	if (code < 0)
		return code;
	printf("%s: pid %u, %s", text_shown(path), f.header.pid, f.running ? "running" : "ended");
	if (f.running)
		printf(", %s", f.header.control ? "on:" : "off");
	for (int i = 0; f.running && i < KINDS; i++)
		if (f.header.control & kinds[i].bit)
			printf(" %s", kinds[i].name);
	putchar('\n');
	dump_file_close(&f);
	return 0;
}

static int turn_on(const struct arguments *a, const char *path, struct dump_error *e)
{
	return dump_control(path, a->kinds, e);
}

static int turn_off(const struct arguments *a, const char *path, struct dump_error *e)
{
	return dump_control(path, 0, e);
}

static const struct verb verbs[] = {
	{ "status", show }, { "on", turn_on }, { "off", turn_off }, { "watch", NULL }, { NULL, NULL },
};

/* ---- options ---- */

static void take_words(struct arguments *a, char **words, int n, struct argp_state *state)
{
	for (a->verb = verbs; a->verb->name && strcmp(a->verb->name, words[0]) != 0; a->verb++)
		;
	if (!a->verb->name)
		argp_error(state, "'%s' is none of status, on, off, watch", words[0]);
	if (n < 2)
		argp_error(state, "which dump?");
	a->common.paths = words + 1;
	a->common.n_paths = (size_t)n - 1;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:    options_init(state, &a->common); return 0;
	case KEY_KIND:         a->kinds = kinds_of(text, state); return 0;
	case KEY_SAMPLE:
		if (sampler_parse(&a->sampler, text) < 0 || !a->sampler.between_ns)
			argp_error(state, "--sample: '%s' is not a number of milliseconds", text_shown(text));
		return 0;
	case KEY_MAX_RSS:
		if (parse_size(text, &a->sampler.max_rss) < 0 || !a->sampler.max_rss)
			argp_error(state, "--max-rss: '%s' is not a size", text_shown(text));
		return 0;
	case ARGP_KEY_ARGS:    take_words(a, state->argv + state->next, state->argc - state->next, state); return 0;
	case ARGP_KEY_NO_ARGS: argp_error(state, "what is to be done? status, on, off or watch"); return 0;
	default:               return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "kind", KEY_KIND, "KIND,...", 0, "With `on`: only these kinds of events; all that HP_HOOKS chose by default", 0 },
	{ "sample", KEY_SAMPLE, "MS", 0, "With `watch`: look every MS milliseconds, 100 unless it is given; less often as the run gets longer", 0 },
	{ "max-rss", KEY_MAX_RSS, "SIZE", 0, "With `watch`: tell when a process gets to have more than SIZE in memory", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "status|on|off DUMP|DIR...\nwatch DUMP|DIR|PID...",
	"Shows or switches what a running program records.\v"
	"`watch` looks from outside at the memory of processes that are being recorded, until they have ended, and puts what it sees into their "
	"dumps, as `record` does: a report then tells where resident memory was.", children, NULL, NULL,
};

int cmd_ctl(int argc, char **argv)
{
	struct arguments a = { .kinds = UINT32_MAX, .sampler = { .between_ns = SAMPLER_MS * 1000000ull, .who = "watch" } };
	int status = CMD_DONE;

	options_parse(&argp, argc, argv, &a);
	if (!a.verb->act)
		return watch(&a.sampler, a.common.paths, a.common.n_paths);
	dumps_named(&a.dumps, a.common.paths, a.common.n_paths);
	for (size_t i = 0; i < a.dumps.n; i++) {
		struct dump_error e;

		if (a.verb->act(&a, a.dumps.v[i], &e) < 0) {
			err_warn("%s: %s", text_shown(a.dumps.v[i]), text_shown(e.text));
			status = CMD_UNUSABLE;
		}
	}
	dumps_free(&a.dumps);
	return status;
}
