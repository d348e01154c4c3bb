/* Call paths and function names in a line of text. */
#include <criterion/criterion.h>

#include "render/path.h"
#include "table/table.h"
#include "util/buf.h"

static void expect_name(const char *name, const char *wanted)
{
	struct buf b = { 0 };

	path_name(&b, name);
	cr_assert_str_eq(buf_text(&b), wanted, "%s became %s", name, buf_text(&b));
	buf_free(&b);
}

Test(path, leaves_c_names_alone)
{
	expect_name("parse_line", "parse_line");
	expect_name("libfoo.so+0x12f", "libfoo.so+0x12f");
}

Test(path, leaves_arguments_results_and_template_arguments_out)
{
	expect_name("load(char const*, int)", "load");
	expect_name("void std::vector<int, std::allocator<int> >::push_back(int const&)", "std::vector<>::push_back");
	expect_name("Foo::bar(int) const", "Foo::bar");
	expect_name("std::map<A, B>::iterator find<A>(A const&)", "find<>");
}

Test(path, keeps_operators_and_anonymous_things)
{
	expect_name("operator new(unsigned long)", "operator new");
	expect_name("Foo::operator()(int)", "Foo::operator()");
	expect_name("Foo::operator<<(int)", "Foo::operator<<");
	expect_name("bool operator<(A const&, A const&)", "operator<");
	expect_name("std::basic_ostream<char>& std::operator<< <std::char_traits<char> >(std::basic_ostream<char>&, char)", "std::operator<<");
	expect_name("(anonymous namespace)::work(int)", "(anonymous namespace)::work");
	expect_name("main::{lambda(int)#1}::operator()(int) const", "main::{lambda(int)#1}::operator()");
	expect_name("run(int)::{lambda()#2}::operator()() const", "run::{lambda()#2}::operator()");
	expect_name("<T as alloc::Trait>::call", "<T as alloc::Trait>::call");
}

Test(path, survives_names_that_make_no_sense)
{
	expect_name("", "");
	expect_name("((((", "((((");
	expect_name("a<b<c", "a<>");
	expect_name("operator", "operator");
	expect_name("a\033[31m", "a\\x1b[31m");
}

static void expect_path(const struct frame *frames, size_t count, size_t room, const char *wanted)
{
	struct buf b = { 0 };

	path_text(&b, frames, count, room);
	cr_assert_str_eq(buf_text(&b), wanted, "became %s", buf_text(&b));
	buf_free(&b);
}

static const struct frame leak[] = {
	{ "strdup", NULL, 0, FRAME_FOREIGN }, { "load_config", "/src/app/config.c", 42, FRAME_OWN }, { "run", "/src/app/run.c", 7, FRAME_OWN },
	{ "main", "/src/app/main.c", 3, FRAME_OWN }, { "__libc_start_main", NULL, 0, FRAME_START }, { "app+0x1234", NULL, 0, FRAME_OWN },
};

Test(path, begins_with_the_users_own_code_and_ends_before_start_up)
{
	expect_path(leak, 6, 80, "load_config config.c:42 < run < main");
}

Test(path, says_when_callers_had_to_go)
{
	expect_path(leak, 6, 35, "load_config config.c:42 < run < ..");
	expect_path(leak, 6, 23, "load_config config.c:42");
	expect_path(leak, 6, 12, "load....c:42");
}

Test(path, shows_foreign_frames_when_there_is_nothing_else)
{
	expect_path(leak + 4, 2, 80, "__libc_start_main < app+0x1234");
}

Test(path, folds_recursion)
{
	static const struct frame walk[] = {
		{ "walk", "t.c", 1, FRAME_OWN }, { "walk", "t.c", 2, FRAME_OWN }, { "walk", "t.c", 2, FRAME_OWN }, { "main", NULL, 0, FRAME_OWN },
	};

	expect_path(walk, 4, 80, "walk x3 t.c:1 < main");
}

Test(path, is_empty_without_frames)
{
	expect_path(NULL, 0, 80, "");
}
