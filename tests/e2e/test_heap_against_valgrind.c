/*
 * Allocations, frees and bytes of real programs against valgrind's "total heap usage".
 *
 * Both look at the same run: the program runs under valgrind with libhp.so preloaded, so that addresses, environment and
 * timing are the same for both. valgrind counts a realloc as one allocation (of the new size) and one free, so
 *     its allocs = alloc_calls + realloc_calls,  its frees = free_calls + realloc_calls,  its bytes = bytes_allocated
 * The recorder's own: when it starts, it measures what its hooks cost with a few blocks that it frees again (preload/measure.c).
 * valgrind counts them; they are what it counts for `true` with hp and not without.
 * valgrind is told not to run libc's and libstdc++'s clean-up at the end (--run-*-freeres=no), which the program would not, and
 * to put itself behind libc's functions only, not behind libhp.so's of the same names (nouserintercepts).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

struct usage { long long allocs, frees, bytes; };

static long long number_after(const char **text)
{
	long long n = 0;
	*text += strcspn(*text, "0123456789");
	for (; (**text >= '0' && **text <= '9') || **text == ','; (*text)++)
		if (**text != ',')
			n = n * 10 + **text - '0';
	return n;
}

/* "total heap usage: 1,234 allocs, 1,200 frees, 56,789 bytes allocated" */
static struct usage usage_by_valgrind(const char *log)
{
	const char *at = strstr(log, "total heap usage:");
	cr_assert(at != NULL, "valgrind said: %s", log);
	at += strlen("total heap usage:");
	struct usage u;
	u.allocs = number_after(&at);
	u.frees = number_after(&at);
	u.bytes = number_after(&at);
	return u;
}

/* valgrind's own launchers are recorded too; they are called valgrind. */
static const char *dump_of_program(const struct run *r)
{
	const char *dump = NULL;
	for (size_t i = 0; i < r->dump_count; i++)
		if (strncmp(strrchr(r->dump[i], '/') + 1, "valgrind", 8)) {
			cr_assert(dump == NULL, "%s and %s", dump, r->dump[i]);
			dump = r->dump[i];
		}
	cr_assert(dump != NULL, "the program was not recorded");
	return dump;
}

/* Runs it under valgrind; *counted is what valgrind says at the end. */
static struct run *run_counted(struct run_how how, const char *const *argv, struct usage *counted)
{
	char *dir = new_directory(), *log = format("%s/valgrind.log", dir), *option = format("--log-file=%s", log);
	const char *all[24] = {"valgrind", "--run-libc-freeres=no", "--run-cxx-freeres=no",
	                       "--soname-synonyms=somalloc=nouserintercepts", option};
	for (int i = 0; argv[i] && i < 18; i++)
		all[5 + i] = argv[i];
	how.seconds = 280;
	struct run *r = run(how, all);
	cr_assert_eq(r->status, 0, "%s", r->err);
	char *text = file_text(log, NULL);
	*counted = usage_by_valgrind(text);
	remove_tree(dir);
	free(text);
	free(option);
	free(log);
	free(dir);
	return r;
}

static struct usage usage_of_the_recorder(void)
{
	struct usage with, without;
	run_free(run_counted((struct run_how){.preload = true}, ARGV("true"), &with));
	run_free(run_counted((struct run_how){0}, ARGV("true"), &without));
	struct usage own = {with.allocs - without.allocs, with.frees - without.frees, with.bytes - without.bytes};
	cr_assert(own.allocs == own.frees && own.allocs < 1000, "the recorder keeps %lld of %lld blocks", own.allocs - own.frees, own.allocs);
	return own;
}

static void expect_equal(const char *script, const char *const *argv, const char *const *env)
{
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec", script));
	cr_assert_eq(made->status, 0, "%s", made->err);
	struct usage theirs, own = usage_of_the_recorder();
	struct run *r = run_counted((struct run_how){.preload = true, .cwd = made->work, .env = env}, argv, &theirs);
	json *j = report(dump_of_program(r));
	long long reallocs = json_int(j, "memory.realloc_calls");
	expect(json_int(j, "memory.alloc_calls") + reallocs, ==, theirs.allocs - own.allocs);
	expect(json_int(j, "memory.free_calls") + reallocs, ==, theirs.frees - own.frees);
	expect(json_int(j, "memory.bytes_allocated"), ==, theirs.bytes - own.bytes);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	cr_expect_gt(theirs.allocs - own.allocs, 100, "%s allocates too little to compare", argv[0]);
	json_free(j);
	run_free(r);
	run_free(made);
}

Test(against_valgrind, a_target_of_ours)
{
	expect_equal("true", ARGV(target("heap_leaks")), NULL);
}

Test(against_valgrind, sqlite3)
{
	expect_equal("true", ARGV("sqlite3", "shop.db", "CREATE TABLE t (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
		"SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i, hex(i) FROM n; CREATE INDEX x ON t (b); "
		"SELECT count(*) FROM t a JOIN t b ON a.b = b.b"), NULL);
}

Test(against_valgrind, python3)
{
	expect_equal("true", ARGV("/usr/bin/python3", "-I", "-S", "-c",
		"import json; print(len(json.dumps([{str(i): [i] * 5} for i in range(2000)])))"),
		ENV("PYTHONMALLOC=malloc", "PYTHONHASHSEED=0"));
}

Test(against_valgrind, the_compiler_proper_of_gcc)
{
	struct run *asked = run((struct run_how){0}, ARGV("gcc", "-print-prog-name=cc1"));
	asked->out[strcspn(asked->out, "\n")] = 0;
	expect_equal("echo 'int sum(int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i] * i; return s; }' >sum.i",
	             ARGV(asked->out, "-quiet", "-fpreprocessed", "sum.i", "-o", "sum.s"), NULL);
	run_free(asked);
}

Test(against_valgrind, git)
{
	expect_equal("git init -q . && seq 5000 >a && git add a && git -c user.name=n -c user.email=e commit -qm one && seq 6000 >a",
	             ARGV("git", "--no-pager", "diff", "--stat"), ENV("GIT_CONFIG_NOSYSTEM=1", "HOME=/nonexistent"));
}

Test(against_valgrind, xz)
{
	expect_equal("seq 40000 >numbers", ARGV("xz", "-k", "-2", "-T2", "--block-size=100000", "numbers"), NULL);
}
