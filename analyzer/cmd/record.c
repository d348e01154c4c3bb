/* record.c - runs a program under libhp.so, then prints the report of the run. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/dumps.h"
#include "cmd/filters.h"
#include "cmd/keeper.h"
#include "cmd/launch.h"
#include "cmd/library.h"
#include "cmd/options.h"
#include "cmd/sampler.h"
#include "dump/trim.h"
#include "sym/program.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/text.h"

enum { NOT_STARTED = 127, KEY_NO_REPORT = OPTIONS_KEY_FREE, KEY_SAFE, KEY_FILTER, KEY_MIN, KEY_SAMPLE };

struct arguments {
	struct options common;
	int    no_report, safe;
	struct sampler sampler;
	char **program;
};

/* ---- options ---- */

static void set_min(const char *text, struct argp_state *state)
{
	uint64_t ns;
	char *number;

	if (parse_duration(text, &ns) < 0)
		argp_error(state, "--min: '%s' is not a duration: a number with ns, us, ms or s", text_shown(text));
	number = xasprintf("%llu", (unsigned long long)ns);
	setenv("HP_MIN_NS", number, 1);
	free(number);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:    options_init(state, &a->common); return 0;
	case KEY_NO_REPORT:    a->no_report = 1; return 0;
	case KEY_SAFE:         a->safe = 1; return 0;
	case KEY_FILTER:       setenv("HP_FILTER", filters_read("record", text), 1); return 0;
	case KEY_MIN:          set_min(text, state); return 0;
	case KEY_SAMPLE:
		if (sampler_parse(&a->sampler, text) < 0)
			argp_error(state, "--sample: '%s' is neither a number of milliseconds nor off", text_shown(text));
		return 0;
	case 'o':              a->common.output = text; return 0;
	case ARGP_KEY_ARGS:    a->program = state->argv + state->next; return 0;
	case ARGP_KEY_NO_ARGS: argp_error(state, "which program? Write it behind --"); return 0;
	default:               return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ NULL, 'o', "DIR", 0, "Put the dumps into DIR instead of hp.NAME.PID", 0 },
	{ "no-report", KEY_NO_REPORT, NULL, 0, "Do not print the report after the run", 0 },
	{ "safe", KEY_SAFE, NULL, 0, "Record into memory that nobody can cut, and write the dumps when the processes have ended", 0 },
	{ "filter", KEY_FILTER, "EXPR", 0, "Record these function calls only (HP_FILTER): NAME, !NAME, *GLOB*, NAME@MODULE, @depth=N, NAME@notrace; "
	  "separated by commas, or @file:PATH. `hp-analyze advise DUMP` finds one", 0 },
	{ "sample", KEY_SAMPLE, "MS|off", 0, "Look from outside at the memory of the processes every MS milliseconds, 100 unless it is given; "
	  "less often as the run gets longer", 0 },
	{ "min", KEY_MIN, "T", 0, "Leave function calls out that take less time than T, 2us say (HP_MIN_NS)", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "[--] CMD...",
	"Runs CMD and records it and the programs it starts, then prints the report. Exits as CMD did: with its status, 128+N "
	"after signal N, 127 if it could not be started.\v"
	"What is recorded and how is set by HP_HOOKS, HP_STACK, HP_MAX_BYTES and the other HP_ variables.",
	children, NULL, NULL,
};

/* ---- before the run ---- */

/* Why libhp.so will not get into the program; NULL: it will. */
static const char *why_unrecorded(const struct program *p)
{
	if (p->privileged)
		return "it runs with other rights than yours (set-id or capabilities), so the loader ignores LD_PRELOAD";
	if (!p->is_elf)
		return NULL;
	if (p->foreign)
		return "it is built for another CPU or word size than libhp.so";
	if (!p->loader)
		return "it is statically linked, so no library can be put in front of its calls";
	if (strstr(p->loader, "ld-musl"))
		return "it is linked with musl, and libhp.so needs glibc";
	if (p->sanitizer == PROGRAM_TSAN)
		return "ThreadSanitizer's library does not work behind another one; build it without -fsanitize=thread";
	return NULL;
}

static const char *inspect(const char *name, struct program *p)
{
	char *path = program_find(name);
	const char *why;

	*p = (struct program){ 0 };
	if (!path)
		return NULL;  /* exec will say what is wrong */
	program_inspect(p, path);
	free(path);
	why = why_unrecorded(p);
	if (why)
		err_warn("record: nothing of '%s' will be recorded: %s", text_shown(p->path), why);
	return why;
}

static void check_directory(const char *directory)
{
	struct dumps there = { 0 };

	if (directory && dumps_in(&there, directory) > 0)
		err_die("record: '%s' holds dumps of another run already; give another -o DIR", text_shown(directory));
	dumps_free(&there);
}

/* ---- after the run ---- */

/* What can be seen from here of why there is no dump; the recorder itself knows best. */
static const char *why_no_dump(const char *directory)
{
	struct statvfs fs;

	if (access(directory, W_OK | X_OK) < 0)
		return "the directory for the dumps cannot be written to";
	if (statvfs(directory, &fs) == 0 && fs.f_bavail == 0)
		return "the disk is full";
	if (getenv("HP_EXE"))
		return "HP_EXE names other programs";
	return "the program may have started with another environment, or in a place where libhp.so cannot be seen; "
	       "HP_VERBOSE=1 makes it say more";
}

/* Adds a directory's dumps; their unused tails are cut. */
static void finish_dumps(struct dumps *dumps, const char *directory)
{
	size_t before = dumps->n;

	if (directory)
		dumps_in(dumps, directory);
	for (size_t i = before; i < dumps->n; i++)
		dump_trim(dumps->v[i], NULL, NULL);  /* one that is still written keeps its tail */
}

/*
 * In a process of its own: whatever the report does, `record` ends as the program did. directory: where all the dumps are, which is
 * shorter in the report's advice; NULL: nowhere together.
 */
static void report(const struct dumps *dumps, const char *directory)
{
	const struct command *c = command_find("report");
	VEC(char *) argv = { 0 };
	pid_t pid = c ? fork() : -1;
	int status = 0;

	if (pid == 0) {
		vec_push(&argv, xstrdup("report"));
		if (directory && dumps->n > 1)
			vec_push(&argv, xstrdup(directory));
		else
			for (size_t i = 0; i < dumps->n; i++)
				vec_push(&argv, dumps->v[i]);
		vec_push(&argv, NULL);
		exit(command_run(c, (int)argv.n - 1, argv.v));
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE && WTERMSIG(status) != SIGINT)
		err_warn("record: the report failed with signal %d; the recording is kept", WTERMSIG(status));
}

static int status_of(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* A shell would say it, had it started the program. */
static void tell_signal(const char *program, int wait_status)
{
	if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) != SIGINT && WTERMSIG(wait_status) != SIGPIPE)
		err_warn("record: '%s' was killed by signal %d (%s)%s", text_shown(program), WTERMSIG(wait_status),
		         strsignal(WTERMSIG(wait_status)), WCOREDUMP(wait_status) ? ", core dumped" : "");
}

static void tell_failure(const char *program, const struct launched *run)
{
	if (run->no_directory)
		err_warn("record: '%s' was not started: %s: %s: %s; -o names another", text_shown(program), run->failed,
		         text_shown(run->directory), strerror(run->error));
	else
		err_warn("record: '%s' was not started: %s: %s", text_shown(program), run->failed, strerror(run->error));
	if (run->made_directory)
		rmdir(run->directory);
}

/* What of a safe recording is not in the directory. */
static void tell_kept(const struct keeper *k, const struct launched *run, size_t running, size_t in_memory)
{
	if (k->elsewhere)
		err_warn("record: dumps are in '%s' instead of '%s'", text_shown(k->elsewhere), text_shown(run->directory));
	if (running)
		err_warn("record: %zu processes go on; their dumps come to '%s' when they end", running, text_shown(run->directory));
	if (in_memory > running)
		err_warn("record: %zu dumps could not be written anywhere; this report is all that there is of them", in_memory - running);
}

static void conclude(const struct arguments *a, const struct launched *run, const char *unrecorded, struct keeper *k)
{
	struct dumps dumps = { 0 };
	size_t running = k ? keeper_finish(k) : 0, files, together;

	finish_dumps(&dumps, run->directory);
	together = dumps.n;
	finish_dumps(&dumps, k ? k->elsewhere : NULL);
	files = dumps.n;
	if (k) {
		keeper_list(k, &dumps);
		tell_kept(k, run, running, dumps.n - files);
	}
	if (!dumps.n) {
		if (!unrecorded)
			err_warn("record: nothing was recorded: %s", why_no_dump(run->directory));
		if (run->made_directory)
			rmdir(run->directory);
	} else {
		if (isatty(STDERR_FILENO))
			err_warn("recorded in %s", text_shown(run->directory));
		if (!a->no_report)
			report(&dumps, dumps.n == together ? run->directory : NULL);
	}
	if (running && keeper_stay(k) < 0)
		err_warn("record: no process can be left behind to write them: %s", strerror(errno));
	dumps_free(&dumps);
}

int cmd_record(int argc, char **argv)
{
	struct arguments a = { .sampler = { .between_ns = SAMPLER_MS * 1000000ull, .who = "record" } };
	struct launched run;
	struct program program;
	struct keeper keeper = { 0 };
	const char *unrecorded;
	char *library, *made = NULL, *safe;
	int status = NOT_STARTED;

	options_parse_leading(&argp, argc, argv, &a);
	check_directory(a.common.output);
	library = library_find();
	safe = library ? library_safe_path(library, &made) : NULL;
	if (!safe) {
		err_warn("record: libhp.so is not beside hp-analyze, nor in ../lib");
		free(library);
		return NOT_STARTED;
	}
	if (a.safe && keeper_open(&keeper) < 0)
		err_die("record: --safe needs a directory for temporary files: %s", strerror(errno));
	keeper.sampler = &a.sampler;
	unrecorded = inspect(a.program[0], &program);
	if (launch(&(struct launch){
			.argv = a.program, .directory = a.common.output, .asan = program.sanitizer == PROGRAM_ASAN,
			.library = program.sanitizer == PROGRAM_TSAN ? NULL : safe,
			.keeper = keeper.path, .attend = a.safe ? keeper_attend : sampler_attend,
			.attend_with = a.safe ? (void *)&keeper : &a.sampler,
		}, &run) == 0) {
		status = status_of(run.wait_status);
		tell_signal(a.program[0], run.wait_status);
		conclude(&a, &run, unrecorded, a.safe ? &keeper : NULL);
	} else {
		tell_failure(a.program[0], &run);
	}
	sampler_free(&a.sampler);
	if (a.safe)
		keeper_close(&keeper);
	library_forget(made);
	program_free(&program);
	free(run.directory);
	free(safe);
	free(library);
	return status;
}
