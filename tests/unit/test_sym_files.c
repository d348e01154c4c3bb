/* Which files names are taken from: separate debug files, files that changed, files that are none, files that are hostile. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "own_modules.h"
#include "run.h"
#include "sym/sym.h"

static const char source[] =
	"static int __attribute__((noinline)) hidden(int x) { __asm__ volatile(\"\" : \"+r\"(x)); return x; }\n"
	"int visible(int x) { return hidden(x) + 1; }\n"
	"void *address_of_hidden(void) { return (void *)hidden; }\n"
	"void *address_of_visible(void) { return (void *)visible; }\n";
static const char build[] = "cc -O1 -g -fPIC -shared -Wl,--build-id -o lib.so lib.c";

/* A directory with a library, made by `build` and then `more`. */
static char *library_with(const char *more)
{
	char *dir = new_directory(), *command = format("%s && %s", build, more);

	build_with(dir, "lib.c", source, command);
	free(command);
	return dir;
}

static uint64_t address_in(const char *dir, const char *function)
{
	union { void *address; void *(*call)(void); } u = { loaded_symbol(dir, "lib.so", function) };

	return (uintptr_t)u.call();
}

static void done(char *dir)
{
	remove_tree(dir);
	free(dir);
}

/* What `sym` of all own modules with these options says of hidden() in dir/lib.so, and of the module. */
struct answer { char function[64]; int has_line; char state[16]; char note[128]; };

static struct answer ask(const char *dir, const struct sym_options *options)
{
	uint64_t pc = address_in(dir, "address_of_hidden");
	size_t n;
	struct sym_module *modules = own_modules(&n);
	struct sym *sym = sym_open(modules, n, options);
	const struct sym_frame *f = sym_function(sym, pc, SYM_ANY_TIME);
	struct answer a;
	const char *note;

	cr_assert(ge(int, f->module, 0));
	snprintf(a.function, sizeof a.function, "%s", f->function);
	a.has_line = f->file && f->line == 1;
	snprintf(a.state, sizeof a.state, "%s", sym_state_name(sym_state(sym, (size_t)f->module, &note)));
	snprintf(a.note, sizeof a.note, "%s", note ? note : "");
	sym_close(sym);
	free(modules);
	return a;
}

static void expect_full(const struct answer *a)
{
	cr_expect(eq(str, (char *)a->function, "hidden"));
	cr_expect(a->has_line);
	cr_expect(eq(str, (char *)a->state, "full"));
	cr_expect(eq(str, (char *)a->note, ""));
}

static void expect_unnamed(const struct answer *a, const char *state, const char *note)
{
	cr_expect(strncmp(a->function, "lib.so+0x", 9) == 0, "%s", a->function);
	cr_expect(eq(int, a->has_line, 0));
	cr_expect(eq(str, (char *)a->state, (char *)state));
	cr_expect(strstr(a->note, note) != NULL, "%s", a->note);
}

/* ---- what a module's file has ---- */

Test(files, a_library_built_with_g_has_everything)
{
	char *dir = library_with("true");
	struct answer a = ask(dir, NULL);

	expect_full(&a);
	done(dir);
}

Test(files, without_g_there_are_names_but_no_lines)
{
	char *dir = library_with("strip -g lib.so");
	struct answer a = ask(dir, NULL);

	cr_expect(eq(str, a.function, "hidden"));
	cr_expect(eq(int, a.has_line, 0));
	cr_expect(eq(str, a.state, "full"));
	cr_expect(strstr(a.note, "-g") != NULL, "%s", a.note);
	done(dir);
}

Test(files, a_stripped_library_has_its_exported_names_only)
{
	char *dir = library_with("strip lib.so");
	uint64_t visible = address_in(dir, "address_of_visible");
	struct answer a = ask(dir, NULL);
	size_t n;
	struct sym_module *modules = own_modules(&n);
	struct sym *sym = sym_open(modules, n, NULL);

	expect_unnamed(&a, "dynamic", "--debug-dir");
	cr_expect(eq(str, (char *)sym_function(sym, visible, SYM_ANY_TIME)->function, "visible"));
	sym_close(sym);
	free(modules);
	done(dir);
}

/* ---- separate debug files ---- */

#define SPLIT "objcopy --only-keep-debug lib.so lib.debug && strip lib.so"

Test(files, a_debug_file_beside_the_library_is_found_by_its_link)
{
	char *dir = library_with(SPLIT " && objcopy --add-gnu-debuglink=lib.debug lib.so");
	struct answer a = ask(dir, NULL);

	expect_full(&a);
	done(dir);
}

Test(files, a_debug_file_in_a_hidden_folder_is_found_by_its_link)
{
	char *dir = library_with(SPLIT " && objcopy --add-gnu-debuglink=lib.debug lib.so && mkdir .debug && mv lib.debug .debug/");
	struct answer a = ask(dir, NULL);

	expect_full(&a);
	done(dir);
}

Test(files, without_build_id_the_checksum_of_the_link_decides)
{
	char *dir = new_directory();
	struct answer a;

	build_with(dir, "lib.c", source, "cc -O1 -g -fPIC -shared -Wl,--build-id=none -o lib.so lib.c && " SPLIT
	           " && objcopy --add-gnu-debuglink=lib.debug lib.so");
	a = ask(dir, NULL);
	expect_full(&a);
	build_with(dir, NULL, NULL, "printf x >> lib.debug");
	a = ask(dir, NULL);
	expect_unnamed(&a, "dynamic", "--debug-dir");
	done(dir);
}

#define BY_ID SPLIT " && id=$(readelf -n lib.so | sed -n 's/.*Build ID: //p') && mkdir -p d/.build-id/${id%${id#??}} && " \
	"mv lib.debug d/.build-id/${id%${id#??}}/${id#??}.debug"

Test(files, a_debug_directory_is_searched_by_build_id)
{
	char *dir = library_with(BY_ID), *debug = format("%s/d", dir);
	struct answer a = ask(dir, &(struct sym_options){ .debug_dir = debug });

	expect_full(&a);
	free(debug);
	done(dir);
}

Test(files, the_debug_file_is_enough_when_the_library_is_gone)
{
	char *dir = library_with(BY_ID), *debug = format("%s/d", dir);
	uint64_t pc = address_in(dir, "address_of_hidden");
	size_t n;
	struct sym_module *modules = own_modules(&n);
	struct sym *with, *without;

	build_with(dir, NULL, NULL, "rm lib.so");
	with = sym_open(modules, n, &(struct sym_options){ .debug_dir = debug });
	without = sym_open(modules, n, NULL);
	cr_expect(eq(str, (char *)sym_function(with, pc, SYM_ANY_TIME)->function, "hidden"));
	cr_expect(strncmp(sym_function(without, pc, SYM_ANY_TIME)->function, "lib.so+0x", 9) == 0);
	sym_close(with);
	sym_close(without);
	free(modules);
	free(debug);
	done(dir);
}

Test(files, a_debug_file_of_another_build_is_not_used)
{
	char *dir = library_with(SPLIT " && objcopy --add-gnu-debuglink=lib.debug lib.so && echo 'int other;' >> lib.c && "
	                         "cc -O1 -g -fPIC -shared -Wl,--build-id -o new.so lib.c && objcopy --only-keep-debug new.so lib.debug");
	struct answer a = ask(dir, NULL);

	expect_unnamed(&a, "dynamic", "--debug-dir");
	done(dir);
}

Test(files, a_file_that_changed_since_the_recording_is_not_used)
{
	char *dir = library_with("true");
	uint64_t pc = address_in(dir, "address_of_hidden");
	size_t n;
	struct sym_module *modules = own_modules(&n);
	struct sym *sym = sym_open(modules, n, NULL);
	const char *note;
	int32_t at;

	build_with(dir, NULL, NULL, "echo 'int other;' >> lib.c && cc -O1 -g -fPIC -shared -Wl,--build-id -o new.so lib.c && mv new.so lib.so");
	at = sym_module_at(sym, pc, SYM_ANY_TIME);
	cr_assert(ge(int, at, 0));
	cr_expect(eq(int, sym_state(sym, (size_t)at, &note), SYM_NONE));
	cr_expect(strstr(note, "build id") != NULL, "%s", note);
	cr_expect(strncmp(sym_function(sym, pc, SYM_ANY_TIME)->function, "lib.so+0x", 9) == 0);
	sym_close(sym);
	free(modules);
	done(dir);
}

Test(files, a_sysroot_is_put_in_front_of_every_path)
{
	char *dir = library_with("mkdir -p root$PWD && cp lib.so root$PWD/"), *root = format("%s/root", dir);
	struct answer a;

	address_in(dir, "address_of_hidden");
	a = ask(dir, &(struct sym_options){ .sysroot = root });
	expect_full(&a);
	free(root);
	done(dir);
}

/* ---- what is no module's file ---- */

static void expect_nothing_from(const char *path)
{
	struct sym_module m = { .path = path, .lo = 0x1000, .hi = 0x100000, .to = UINT64_MAX };
	struct sym *sym = sym_open(&m, 1, NULL);
	const struct sym_frame *f;
	struct sym_data d;
	const char *note;

	cr_expect(eq(int, sym_state(sym, 0, &note), SYM_NONE), "%s", path);
	cr_expect(note && *note, "%s", path);
	cr_expect(eq(sz, sym_frames(sym, 0x2000, 0, SYM_ANY_TIME, &f), 1));
	cr_expect(strstr(f->function, "+0x2000") != NULL, "%s", f->function);
	cr_expect(eq(int, sym_data(sym, 0x3000, SYM_ANY_TIME, &d), -1));
	sym_close(sym);
}

Test(files, what_is_no_regular_file_is_never_read)
{
	char *dir = new_directory(), *fifo = format("%s/fifo", dir), *empty = format("%s/empty", dir), *text = format("%s/text", dir);

	cr_assert(eq(int, mkfifo(fifo, 0600), 0));
	file_write(empty, "", 0);
	file_write(text, "hello, this is no ELF file\n", 27);
	expect_nothing_from(fifo);
	expect_nothing_from(dir);
	expect_nothing_from("/dev/zero");
	expect_nothing_from("/dev/tty");
	expect_nothing_from("/proc/self/mem");
	expect_nothing_from(empty);
	expect_nothing_from(text);
	expect_nothing_from("/does/not/exist (deleted)");
	expect_nothing_from("linux-vdso.so.1");
	expect_nothing_from("");
	free(fifo);
	free(empty);
	free(text);
	done(dir);
}

Test(files, a_hostile_path_is_a_name_like_any_other)
{
	struct sym_module m = { .path = "/tmp/\033[2J\n\xff", .lo = 0x1000, .hi = 0x2000, .to = UINT64_MAX };
	struct sym *sym = sym_open(&m, 1, NULL);

	cr_expect(eq(str, (char *)sym_function(sym, 0x1800, SYM_ANY_TIME)->function, "\033[2J\n\xff+0x1800"));
	sym_close(sym);
}

/* ---- damage ---- */

/* Asks for everything that a file could be made to answer. */
static void exercise(const char *path)
{
	struct sym_module m = { .path = path, .lo = 0, .hi = 0x8000, .to = UINT64_MAX };
	struct sym *sym = sym_open(&m, 1, NULL);
	const struct sym_frame *f;
	struct sym_data d;

	for (uint64_t at = 0; at < 0x8000; at += 13) {
		sym_frames(sym, at, 1, SYM_ANY_TIME, &f);
		sym_function(sym, at, SYM_ANY_TIME);
		sym_data(sym, at, SYM_ANY_TIME, &d);
	}
	sym_close(sym);
}

Test(files, damaged_files_harm_nothing)
{
	char *dir = library_with("true"), *path = format("%s/lib.so", dir), *broken = format("%s/broken.so", dir);
	size_t bytes;
	char *good = file_text(path, &bytes), *bad = malloc(bytes);
	unsigned seed = 1;

	for (int round = 0; round < 150; round++) {
		memcpy(bad, good, bytes);
		for (int i = 0; i < 1 << round % 8; i++)
			bad[(size_t)rand_r(&seed) % (round % 3 ? bytes : 1024)] = (char)rand_r(&seed);
		file_write(broken, bad, round % 5 ? bytes : (size_t)rand_r(&seed) % bytes);
		exercise(broken);
	}
	free(good);
	free(bad);
	free(path);
	free(broken);
	done(dir);
}
