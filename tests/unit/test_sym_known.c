/* Answers that are kept from one symbolizer to the next: used as long as the files are the same, and told alike. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "own_modules.h"
#include "run.h"
#include "sym/sym.h"

static const char source[] =
	"static int __attribute__((noinline)) hidden(int x) { __asm__ volatile(\"\" : \"+r\"(x)); return x; }\n"
	"int variable[100] = { 1 };\n"
	"int visible(int x) { return hidden(x) + 1; }\n"
	"void *address_of_hidden(void) { return (void *)hidden; }\n"
	"void *address_of_variable(void) { return variable; }\n"
	"const char *told(void) { return \"leak:it\"; }\n";

#define BUILD "cc -O1 -g -fPIC -shared -Wl,--build-id -o lib.so lib.c"
#define SPLIT " && objcopy --only-keep-debug lib.so lib.debug && objcopy --strip-all lib.so"
/* All that is needed to find names, made unreadable; to the eye it is the same file as before. */
#define SPOIL "spoil() { cp -p $1 was; for s in .debug_info .symtab .strtab .debug_abbrev .debug_str .debug_line; do " \
	"set -- $1 $(readelf -SW $1 | sed -n \"s/^ *\\[ *[0-9]*\\] $s  *[A-Z]* *[0-9a-f]* \\([0-9a-f]*\\) \\([0-9a-f]*\\).*/\\1 \\2/p\"); " \
	"dd if=/dev/zero of=$1 bs=1 seek=$((0x$2)) count=$((0x$3)) conv=notrunc status=none || exit 1; done; touch -r was $1; }; "

struct lib { char *dir, *cache; uint64_t hidden, variable; };

static uint64_t address_in(const char *dir, const char *function)
{
	union { void *address; void *(*call)(void); } u = { loaded_symbol(dir, "lib.so", function) };

	return (uintptr_t)u.call();
}

static struct lib library(const char *command)
{
	struct lib l = { .dir = new_directory() };

	build_with(l.dir, "lib.c", source, command);
	l.cache = format("%s/cache", l.dir);
	l.hidden = address_in(l.dir, "address_of_hidden");
	l.variable = address_in(l.dir, "address_of_variable");
	return l;
}

static void done(struct lib *l)
{
	remove_tree(l->dir);
	free(l->dir);
	free(l->cache);
}

static int is_leak(const char *text)
{
	return !strncmp(text, "leak:", 5);
}

/* All that can be asked of the library, in one text; NULL for `cache`: without one. */
static char *ask(const struct lib *l, const char *cache)
{
	size_t n;
	struct sym_module *modules = own_modules(&n);
	struct sym *s = sym_open(modules, n, &(struct sym_options){ .cache_dir = cache });
	const struct sym_frame *f = sym_function(s, l->hidden, SYM_ANY_TIME), *at;
	const char *note, *text = sym_text_in(s, (size_t)f->module, "told", is_leak);
	struct sym_data data = { .name = "?" };
	char *all;
	int has_data;

	sym_frames(s, l->hidden + 2, 1, SYM_ANY_TIME, &at);
	has_data = sym_data(s, l->variable + 8, SYM_ANY_TIME, &data) == 0;
	all = format("%s %s:%u, %s+%u %s:%u, %s+%d, %s", f->function, f->file ? strrchr(f->file, '/') : "?", f->line, at->function, at->offset,
	             at->file ? strrchr(at->file, '/') : "?", at->line, has_data ? data.name : "?", has_data ? (int)data.offset : 0, text ? text : "?");
	sym_state(s, (size_t)f->module, &note);
	cr_expect_null(sym_text_in(s, (size_t)f->module, "no_such_function", is_leak));
	sym_close(s);
	free(modules);
	return all;
}

static void expect_answer(const struct lib *l, const char *cache, const char *expected)
{
	char *answer = ask(l, cache);

	cr_expect(eq(str, answer, (char *)expected));
	free(answer);
}

static const char full[] = "hidden /lib.c:1, hidden+2 /lib.c:1, variable+8, leak:it";

Test(known, answers_are_those_of_the_first_time_and_nothing_is_read_for_them)
{
	struct lib l = library(BUILD);

	expect_answer(&l, NULL, full);
	expect_answer(&l, l.cache, full);
	build_with(l.dir, NULL, NULL, SPOIL "spoil lib.so");
	expect_answer(&l, l.cache, full);
	cr_expect(strncmp(ask(&l, NULL), "hidden", 6) != 0, "the file was not spoilt");
	done(&l);
}

Test(known, a_file_that_changed_in_any_way_is_read_anew)
{
	struct lib l = library(BUILD);

	expect_answer(&l, l.cache, full);
	build_with(l.dir, NULL, NULL, SPOIL "spoil lib.so && touch lib.so");
	cr_expect(strncmp(ask(&l, l.cache), "hidden", 6) != 0);
	done(&l);
}

Test(known, another_build_in_its_place_is_not_answered_for)
{
	struct lib l = library(BUILD);

	expect_answer(&l, l.cache, full);
	build_with(l.dir, NULL, NULL, "echo 'int more;' >> lib.c && " BUILD);
	cr_expect(strncmp(ask(&l, l.cache), "lib.so+0x", 9) == 0);
	done(&l);
}

Test(known, a_debug_file_that_is_installed_later_is_used_and_one_that_went_is_missed)
{
	struct lib l = library(BUILD SPLIT " && objcopy --add-gnu-debuglink=lib.debug lib.so && mv lib.debug kept");

	cr_expect(strncmp(ask(&l, l.cache), "lib.so+0x", 9) == 0);
	cr_expect(strncmp(ask(&l, l.cache), "lib.so+0x", 9) == 0);
	build_with(l.dir, NULL, NULL, "cp -p kept lib.debug");
	expect_answer(&l, l.cache, full);
	build_with(l.dir, NULL, NULL, SPOIL "spoil lib.debug");
	expect_answer(&l, l.cache, full);
	build_with(l.dir, NULL, NULL, "rm lib.debug");
	cr_expect(strncmp(ask(&l, l.cache), "lib.so+0x", 9) == 0);
	done(&l);
}

Test(known, what_a_missing_file_of_split_debug_information_would_say_is_not_kept_without_it)
{
	struct lib l = library("cc -O1 -g -gsplit-dwarf -fPIC -c lib.c && cc -shared -Wl,--build-id -o lib.so lib.o && mv lib.dwo kept");
	char *without = ask(&l, l.cache);

	build_with(l.dir, NULL, NULL, "mv kept lib.dwo");
	expect_answer(&l, l.cache, full);
	cr_expect(strcmp(without, full) != 0);
	build_with(l.dir, NULL, NULL, "rm lib.dwo");
	expect_answer(&l, l.cache, full);
	free(without);
	done(&l);
}

Test(known, without_a_build_id_nothing_is_kept)
{
	struct lib l = library("cc -O1 -g -fPIC -shared -Wl,--build-id=none -o lib.so lib.c");
	size_t kept;

	expect_answer(&l, l.cache, full);
	for (char **f = list_files(l.cache, ".symbols", &kept); *f; f++) {
		size_t n;
		char *text = file_text(*f, &n);

		cr_expect_null(memmem(text, n, "variable", 8), "%s", *f);
	}
	done(&l);
}

Test(known, a_cache_that_cannot_be_written_or_read_changes_nothing)
{
	struct lib l = library(BUILD);
	char *file = format("%s/file", l.dir);
	size_t n;

	file_write(file, "", 0);
	expect_answer(&l, file, full);
	expect_answer(&l, "/dev/null/hp", full);
	expect_answer(&l, l.cache, full);
	for (char **f = list_files(l.cache, ".symbols", &n); *f; f++)
		file_write(*f, "no such thing as a good file", 28);
	expect_answer(&l, l.cache, full);
	expect_answer(&l, l.cache, full);
	free(file);
	done(&l);
}
