/* What a function returns is found in its code, however that was compiled. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "run.h"
#include "sym/sym.h"

static const char by_constant[] =
	"#include <stdio.h>\n"
	"const char *other(void) { return \"some other text\"; }\n"
	"const char *told(void); const char *told(void) { return \"leak:it\\nleak:that\"; }\n"
	"int main(void) { puts(other()); return told()[0]; }\n";
static const char by_variable[] =
	"const char *text = \"leak:it\\nleak:that\";\n"
	"const char *told(void); const char *told(void) { return text; }\n"
	"int main(void) { return told()[0]; }\n";

static int is_leak(const char *text)
{
	return !strncmp(text, "leak:", 5);
}

static void expect_found(const char *compiler, const char *flags, const char *source)
{
	char *dir = new_directory(), *binary = format("%s/made", dir);
	file_write(format("%s/made.c", dir), source, strlen(source));
	struct run *r = run((struct run_how){ .cwd = dir }, ARGV("sh", "-c", format("%s %s -o made made.c", compiler, flags)));
	cr_assert_eq(r->status, 0, "%s %s: %s", compiler, flags, r->err);
	struct sym *s = sym_open(&(struct sym_module){ .path = binary, .lo = 0, .hi = 1 << 30, .to = UINT64_MAX }, 1, NULL);
	const char *text = sym_text_in(s, 0, "told", is_leak);
	cr_expect(text && !strcmp(text, "leak:it\nleak:that"), "%s %s: %s", compiler, flags, text ? text : "nothing");
	cr_expect_null(sym_text_in(s, 0, "no_such_function", is_leak));
	sym_close(s);
	remove_tree(dir);
	run_free(r);
}

Test(sym_text, a_constant_is_found_whatever_the_compiler_made_of_it)
{
	static const char *const flags[] = {
		"-O2 -fno-pie -no-pie", "-O0", "-O2 -finstrument-functions", "-O0 -finstrument-functions", "-Os -fstack-protector-all", "-O1 -fPIC -shared", "-O2 -s -rdynamic",
	};
	static const struct { const char *name; size_t flags; } compilers[] = { { "gcc", 7 }, { "clang", 3 }, { "aarch64-linux-gnu-gcc", 4 } };
	for (size_t c = 0; c < 3; c++)
		for (size_t i = 0; have_program(compilers[c].name) && i < compilers[c].flags; i++)
			expect_found(compilers[c].name, flags[i], by_constant);
}

Test(sym_text, a_text_that_a_variable_points_to_is_found)
{
	expect_found("gcc", "-O0", by_variable);
	expect_found("gcc", "-O2 -fno-pie -no-pie", by_variable);
}
