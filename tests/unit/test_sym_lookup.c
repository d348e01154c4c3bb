/* The look-ups behind symbols: modules that come and go, nested ranges, remembered answers, mangled names, programs. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "own_modules.h"
#include "run.h"
#include "sym/cache.h"
#include "sym/demangle.h"
#include "sym/program.h"
#include "sym/ranges.h"
#include "sym/spans.h"
#include "util/arena.h"

/* ---- modules over time ---- */

static void expect_module(const struct spans *s, uint64_t address, uint64_t time, int wanted)
{
	const struct span *span = spans_find(s, address, time);

	cr_expect(eq(int, span ? span->module : -1, wanted), "at %llx, time %llu", (unsigned long long)address, (unsigned long long)time);
}

Test(spans, an_address_belongs_to_the_module_that_was_there_at_the_time)
{
	struct spans s = { 0 };

	vec_push(&s, (struct span){ 0x1000, 0x2000, 0, UINT64_MAX, 0, 0 });
	vec_push(&s, (struct span){ 0x8000, 0x9000, 100, 200, 1, 0 });
	vec_push(&s, (struct span){ 0x7000, 0xa000, 300, 400, 2, 0 });
	vec_push(&s, (struct span){ 0x8000, 0x9000, 500, UINT64_MAX, 3, 0 });
	spans_seal(&s);
	expect_module(&s, 0x1fff, 0, 0);
	expect_module(&s, 0x2000, 0, -1);
	expect_module(&s, 0x8800, 150, 1);
	expect_module(&s, 0x8800, 350, 2);
	expect_module(&s, 0x9800, 350, 2);
	expect_module(&s, 0x8800, 600, 3);
	expect_module(&s, 0x8800, UINT64_MAX, 3);
	expect_module(&s, 0xfff, UINT64_MAX, -1);
	vec_free(&s);
}

Test(spans, at_a_time_when_none_was_there_the_nearest_in_time_is_meant)
{
	struct spans s = { 0 };

	vec_push(&s, (struct span){ 0x8000, 0x9000, 100, 200, 1, 0 });
	vec_push(&s, (struct span){ 0x8000, 0x9000, 300, 400, 2, 0 });
	spans_seal(&s);
	expect_module(&s, 0x8000, 50, 1);
	expect_module(&s, 0x8000, 210, 1);
	expect_module(&s, 0x8000, 290, 2);
	expect_module(&s, 0x8000, UINT64_MAX, 2);
	vec_free(&s);
}

/* ---- ranges ---- */

static void expect_range(const struct ranges *r, uint64_t at, int wanted)
{
	const struct range *found = ranges_find(r, at);

	cr_expect(eq(int, found ? (int)found->value : -1, wanted), "at %llu", (unsigned long long)at);
}

Test(ranges, the_innermost_one_is_found_and_the_outer_one_goes_on_after_it)
{
	struct ranges r = { 0 };

	ranges_add(&r, 10, 100, 1);
	ranges_add(&r, 20, 50, 2);
	ranges_add(&r, 30, 40, 3);
	ranges_add(&r, 60, 70, 4);
	ranges_add(&r, 200, 210, 5);
	ranges_add(&r, 80, 80, 6);
	ranges_seal(&r);
	expect_range(&r, 9, -1);
	expect_range(&r, 10, 1);
	expect_range(&r, 25, 2);
	expect_range(&r, 35, 3);
	expect_range(&r, 40, 2);
	expect_range(&r, 50, 1);
	expect_range(&r, 69, 4);
	expect_range(&r, 80, 1);
	expect_range(&r, 100, -1);
	expect_range(&r, 205, 5);
	ranges_free(&r);
}

Test(ranges, of_equal_ones_the_greater_value_wins)
{
	struct ranges r = { 0 };

	ranges_add(&r, 10, 20, 7);
	ranges_add(&r, 10, 20, 9);
	ranges_add(&r, 10, 20, 8);
	ranges_seal(&r);
	expect_range(&r, 15, 9);
	cr_expect(eq(sz, r.n, 1));
	ranges_free(&r);
}

/* Against a search through all of them. */
Test(ranges, many_random_ones_give_what_a_plain_search_gives)
{
	struct range all[60];
	struct ranges r = { 0 };
	unsigned seed = 3;

	for (uint32_t i = 0; i < 60; i++) {
		all[i].lo = (uint64_t)rand_r(&seed) % 900;
		all[i].hi = all[i].lo + 1 + (uint64_t)rand_r(&seed) % 100;
		all[i].value = i;
		ranges_add(&r, all[i].lo, all[i].hi, i);
	}
	ranges_seal(&r);
	for (uint64_t at = 0; at < 1000; at++) {
		int best = -1;

		for (int i = 0; i < 60; i++) {
			if (at < all[i].lo || at >= all[i].hi)
				continue;
			if (best < 0 || all[i].lo > all[best].lo || (all[i].lo == all[best].lo && all[i].hi <= all[best].hi))
				best = i;
		}
		expect_range(&r, at, best);
	}
	ranges_free(&r);
}

/* ---- cache ---- */

Test(cache, answers_stay_while_it_grows)
{
	struct cache c = { 0 };

	for (uint32_t i = 0; i < 20000; i++)
		cache_at(&c, i % 7, i * 16, 1 + i % 3)->n = i + 1;
	for (uint32_t i = 0; i < 20000; i++)
		cr_assert(eq(sz, cache_at(&c, i % 7, i * 16, 1 + i % 3)->n, i + 1));
	cr_expect(eq(sz, cache_at(&c, 1, 0, 1)->n, 0));
	cache_free(&c);
}

/* ---- mangled names ---- */

static void expect_demangled(const char *raw, const char *wanted)
{
	struct arena a = { 0 };
	const char *got = demangle(&a, raw);

	cr_expect(eq(str, (char *)(got ? got : "NULL"), (char *)(wanted ? wanted : "NULL")), "%s", raw);
	arena_free(&a);
}

Test(demangle, knows_cplusplus_and_both_schemes_of_rust)
{
	expect_demangled("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)");
	expect_demangled("_ZN3foo3barEv.constprop.0", "foo::bar() [clone .constprop.0]");
	expect_demangled("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
	expect_demangled("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
}

Test(demangle, leaves_other_names_alone)
{
	expect_demangled("main", NULL);
	expect_demangled("", NULL);
	expect_demangled("_", NULL);
	expect_demangled("_Z", NULL);
	expect_demangled("_Zfoo", NULL);
	expect_demangled("__libc_start_main", NULL);
	expect_demangled("_Random", NULL);
}

/* f(A<int, int>, A<1st, 1st>, A<2nd, 2nd>, ...): each argument is twice as long as the one before. */
static char *doubling_name(int times)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *name = format("_Z1f1AIiiE");

	for (int i = 0; i < times; i++) {
		char *longer = format("%sS_IS%c_S%c_E", name, digits[i], digits[i]);

		free(name);
		name = longer;
	}
	return name;
}

Test(demangle, a_name_that_would_fill_the_memory_is_refused)
{
	char *twice = doubling_name(2), *often = doubling_name(35);

	expect_demangled(twice, "f(A<int, int>, A<A<int, int>, A<int, int> >, A<A<A<int, int>, A<int, int> >, A<A<int, int>, A<int, int> > >)");
	expect_demangled(often, NULL);
	free(twice);
	free(often);
}

/* ---- programs ---- */

static void inspect(struct program *p, const char *dir, const char *name)
{
	char *path = format("%s/%s", dir, name), *found = program_find(path);

	cr_assert(found != NULL, "%s", path);
	program_inspect(p, found);
	free(found);
	free(path);
}

Test(program, a_dynamic_one_has_a_loader_and_a_static_one_has_none)
{
	char *dir = new_directory();
	struct program p;

	build_with(dir, "a.c", "int main(void) { return 0; }", "cc -o dynamic a.c && cc -static -o static a.c");
	inspect(&p, dir, "dynamic");
	cr_expect(p.is_elf && p.loader && strstr(p.loader, "ld-linux"));
	cr_expect(eq(int, p.foreign + p.privileged + p.scripts, 0));
	cr_expect(eq(int, p.sanitizer, PROGRAM_NO_SANITIZER));
	program_free(&p);
	inspect(&p, dir, "static");
	cr_expect(p.is_elf && !p.loader);
	program_free(&p);
	remove_tree(dir);
	free(dir);
}

Test(program, a_script_is_followed_to_its_interpreter)
{
	char *dir = new_directory();
	struct program p;

	build_with(dir, "one", "#! /bin/sh -e\n", "chmod +x one");
	build_with(dir, "two", "#!/usr/bin/env -S A=b sh -e\n", "chmod +x two");
	inspect(&p, dir, "one");
	cr_expect(eq(int, p.scripts, 1));
	cr_expect(eq(str, p.path, "/bin/sh"));
	cr_expect(p.is_elf && p.loader);
	program_free(&p);
	inspect(&p, dir, "two");
	cr_expect(eq(int, p.scripts, 1));
	cr_expect(strstr(p.path, "/sh") != NULL, "%s", p.path);
	program_free(&p);
	build_with(dir, NULL, NULL, "printf '#!%s/self\\n' \"$PWD\" > self && chmod +x self");
	inspect(&p, dir, "self");
	cr_expect(eq(int, p.is_elf, 0));
	program_free(&p);
	remove_tree(dir);
	free(dir);
}

Test(program, a_set_id_one_and_one_for_another_cpu_are_seen)
{
	char *dir = new_directory(), *path = format("%s/a", dir);
	struct program p;

	build_with(dir, "a.c", "int main(void) { return 0; }", "cc -o a a.c && cp a other && chmod 4755 a");
	if (chown(path, 12345, (gid_t)-1) == 0) {
		cr_assert(eq(int, chmod(path, 04755), 0));
		inspect(&p, dir, "a");
		cr_expect(eq(int, p.privileged, 1));
		program_free(&p);
	}
	free(path);
	path = format("%s/other", dir);
	size_t bytes;
	char *elf = file_text(path, &bytes);
	((Elf64_Ehdr *)(void *)elf)->e_machine = EM_S390;
	file_write(path, elf, bytes);
	inspect(&p, dir, "other");
	cr_expect(eq(int, p.foreign, 1));
	program_free(&p);
	free(elf);
	free(path);
	remove_tree(dir);
	free(dir);
}

Test(program, a_shared_sanitizer_runtime_is_seen)
{
	char *dir = new_directory();
	struct program p;

	build_with(dir, "a.c", "int main(void) { return 0; }", "gcc -fsanitize=address -o a a.c && gcc -fsanitize=thread -o t a.c");
	inspect(&p, dir, "a");
	cr_expect(eq(int, p.sanitizer, PROGRAM_ASAN));
	program_free(&p);
	inspect(&p, dir, "t");
	cr_expect(eq(int, p.sanitizer, PROGRAM_TSAN));
	program_free(&p);
	remove_tree(dir);
	free(dir);
}

Test(program, what_is_not_there_or_no_program_is_not_found)
{
	cr_expect(program_find("/does/not/exist") == NULL);
	cr_expect(program_find("no-such-program-anywhere") == NULL);
	cr_expect(program_find("/etc/passwd") == NULL);
	cr_expect(program_find("/etc") == NULL);
	cr_expect(program_find("") == NULL);
}
