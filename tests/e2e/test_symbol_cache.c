/* A report with names that an earlier one has found is the same report, byte by byte. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "run.h"

static const char *const commands[][5] = {
	{ "report", "--json" }, { "report" }, { "tree" }, { "report", "--json", "--from", "10%" },
};

/* The report of one of the commands; it must be made without complaint. cache NULL: --no-cache */
static char *told(const char *const *command, const char *dump, const char *cache)
{
	const char *argv[9] = { analyzer() };
	size_t n = 1;

	while (*command)
		argv[n++] = *command++;
	if (!cache)
		argv[n++] = "--no-cache";
	argv[n++] = dump;
	struct run *r = run((struct run_how){ .env = ENV(format("XDG_CACHE_HOME=%s", cache ? cache : "/dev/null")) }, argv);
	cr_assert_eq(r->status, 0, "%s: %s", argv[1], r->err);
	char *out = strdup(r->out);
	run_free(r);
	return out;
}

static size_t kept(const char *cache)
{
	size_t n;

	list_files(format("%s/hp", cache), ".symbols", &n);
	return n;
}

enum { COMMANDS = sizeof commands / sizeof *commands };

/* All commands twice, whichever of them is the first. */
static void expect_same_reports(struct run *r)
{
	char *cache[2] = { new_directory(), new_directory() }, *anew[COMMANDS];

	for (size_t c = 0; c < COMMANDS; c++)
		anew[c] = told(commands[c], run_dump(r), NULL);
	for (size_t i = 0; i < 4 * COMMANDS; i++) {
		size_t c = i < 2 * COMMANDS ? i % COMMANDS : COMMANDS - 1 - i % COMMANDS;
		char *with = told(commands[c], run_dump(r), cache[i / (2 * COMMANDS)]);

		cr_expect(!strcmp(anew[c], with), "%s %s, time %zu", commands[c][0], commands[c][1] ? commands[c][1] : "", i);
		free(with);
	}
	cr_expect(kept(cache[0]) >= 1 && kept(cache[1]) >= 1);
	for (size_t c = 0; c < COMMANDS; c++)
		free(anew[c]);
	remove_tree(cache[0]);
	remove_tree(cache[1]);
	run_free(r);
}

Test(symbol_cache, with_inlined_functions)
{
	expect_same_reports(run_recorded(ARGV(target("inlined"))));
}

Test(symbol_cache, with_mangled_names_and_exceptions)
{
	expect_same_reports(run_recorded(ARGV(target("unwind_cxx"))));
}

Test(symbol_cache, with_function_calls)
{
	expect_same_reports(run_recorded(ARGV(target("calls"))));
}

Test(symbol_cache, with_locks_in_static_variables)
{
	expect_same_reports(run_recorded(ARGV(target("lock_counts"))));
}

Test(symbol_cache, with_libraries_at_one_address_one_after_the_other)
{
	expect_same_reports(run_recorded(ARGV(target("plugin_turns"), "3", target("plugin_first"), target("plugin_other"))));
}

Test(symbol_cache, with_suppressions_in_the_program)
{
	expect_same_reports(run_recorded(ARGV(target("leaks_to_suppress"))));
}

Test(symbol_cache, of_a_program_without_symbols)
{
	char *dir = new_directory();
	struct run *made = run((struct run_how){ .cwd = dir }, ARGV("strip", "-s", "-o", "bare", target("heap_leaks")));
	cr_assert_eq(made->status, 0);
	expect_same_reports(run_recorded(ARGV(format("%s/bare", dir))));
	run_free(made);
	remove_tree(dir);
}

Test(symbol_cache, is_not_touched_with_no_cache_nor_without_a_place_for_it)
{
	struct run *r = run_recorded(ARGV(target("inlined")));
	char *cache = new_directory();
	struct run *without = run((struct run_how){ .env = ENV(format("XDG_CACHE_HOME=%s", cache)) },
	                          ARGV(analyzer(), "report", "--no-cache", run_dump(r)));
	cr_expect_eq(without->status, 0);
	cr_expect_eq(kept(cache), 0);
	struct run *homeless = run((struct run_how){ .env = ENV("XDG_CACHE_HOME=relative", "HOME=") }, ARGV(analyzer(), "report", run_dump(r)));
	cr_expect_eq(homeless->status, 0);
	cr_expect_not(strstr(homeless->err, "cache"));
	struct run *home = run((struct run_how){ .env = ENV("XDG_CACHE_HOME=", format("HOME=%s", cache)) }, ARGV(analyzer(), "report", run_dump(r)));
	cr_expect_eq(home->status, 0);
	cr_expect_geq(kept(format("%s/.cache", cache)), 1);
	remove_tree(cache);
	run_free(r);
}
