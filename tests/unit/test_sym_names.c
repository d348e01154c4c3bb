/* From addresses of a process to functions, inlined functions, source lines and variables. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "own_modules.h"
#include "run.h"
#include "sym/sym.h"

static struct sym *sym;
static int variable_of_this_file = 1;
int variable_of_everyone[4] = { 1 };

static void open_own(void)
{
	size_t n;
	struct sym_module *modules = own_modules(&n);

	sym = sym_open(modules, n, NULL);
	free(modules);
}

static void close_own(void)
{
	sym_close(sym);
}

TestSuite(names, .init = open_own, .fini = close_own);

static __attribute__((noinline)) void *caller_address(void)
{
	return __builtin_extract_return_addr(__builtin_return_address(0));
}

static inline __attribute__((always_inline)) void *inlined_twice(void)
{
	return caller_address();
}

static inline __attribute__((always_inline)) void *inlined_once(void)
{
	void *at = inlined_twice();

	__asm__ volatile("" : "+r"(at));
	return at;
}

static __attribute__((noinline)) void *function_around(void)
{
	void *at = inlined_once();

	__asm__ volatile("" : "+r"(at));
	return at;
}

static void expect_frame(const struct sym_frame *f, const char *function, int inlined)
{
	cr_expect(eq(str, (char *)f->function, (char *)function));
	cr_expect(f->file && strstr(f->file, "test_sym_names.c"), "file is %s", f->file ? f->file : "unknown");
	cr_expect(gt(u32, f->line, 0));
	cr_expect(eq(int, f->inlined, inlined));
	cr_expect(ge(int, f->module, 0));
}

Test(names, a_return_address_gives_all_functions_inlined_there)
{
	const struct sym_frame *f;
	size_t n = sym_frames(sym, (uintptr_t)function_around(), 0, SYM_ANY_TIME, &f);

	cr_assert(eq(sz, n, 3));
	expect_frame(&f[0], "inlined_twice", 1);
	expect_frame(&f[1], "inlined_once", 1);
	expect_frame(&f[2], "function_around", 0);
	cr_expect(lt(u32, f[0].line, f[1].line));
	cr_expect(lt(u32, f[1].line, f[2].line));
}

Test(names, the_same_address_gives_the_same_answer_again)
{
	const struct sym_frame *f, *again;
	uint64_t pc = (uintptr_t)function_around();
	size_t n = sym_frames(sym, pc, 0, SYM_ANY_TIME, &f);

	cr_expect(eq(sz, sym_frames(sym, pc, 0, SYM_ANY_TIME, &again), n));
	cr_expect(eq(ptr, (void *)f, (void *)again));
}

Test(names, the_first_instruction_of_a_function_is_in_it_only_if_exact)
{
	const struct sym_frame *f;
	uint64_t entry = (uintptr_t)function_around;
	size_t n = sym_frames(sym, entry, 1, SYM_ANY_TIME, &f);

	cr_expect(eq(str, (char *)f[n - 1].function, "function_around"));
	n = sym_frames(sym, entry, 0, SYM_ANY_TIME, &f);
	cr_expect(ne(str, (char *)f[n - 1].function, "function_around"));
}

Test(names, a_function_has_the_place_of_its_declaration)
{
	const struct sym_frame *f = sym_function(sym, (uintptr_t)function_around, SYM_ANY_TIME);
	const struct sym_frame *inside;

	expect_frame(f, "function_around", 0);
	sym_frames(sym, (uintptr_t)function_around(), 0, SYM_ANY_TIME, &inside);
	cr_expect(lt(u32, f->line, inside[2].line));
}

Test(names, functions_of_libc_have_the_name_that_programs_use)
{
	const struct sym_frame *f;

	cr_expect(eq(str, (char *)sym_function(sym, (uintptr_t)malloc, SYM_ANY_TIME)->function, "malloc"));
	cr_expect(eq(str, (char *)sym_function(sym, (uintptr_t)qsort, SYM_ANY_TIME)->function, "qsort"));
	cr_expect(eq(sz, sym_frames(sym, (uintptr_t)fopen + 4, 0, SYM_ANY_TIME, &f), 1));
	cr_expect(eq(str, (char *)f->function, "fopen"));
}

Test(names, variables_are_known_with_their_offset)
{
	struct sym_data d;

	cr_assert(eq(int, sym_data(sym, (uintptr_t)&variable_of_this_file, SYM_ANY_TIME, &d), 0));
	cr_expect(eq(str, (char *)d.name, "variable_of_this_file"));
	cr_expect(eq(u64, d.offset, 0));
	cr_assert(eq(int, sym_data(sym, (uintptr_t)&variable_of_everyone[2], SYM_ANY_TIME, &d), 0));
	cr_expect(eq(str, (char *)d.name, "variable_of_everyone"));
	cr_expect(eq(u64, d.offset, 8));
	cr_assert(eq(int, sym_data(sym, (uintptr_t)&stdout, SYM_ANY_TIME, &d), 0));
	cr_expect(eq(str, (char *)d.name, "stdout"));
}

Test(names, heap_and_stack_are_no_variables)
{
	struct sym_data d;
	int local;
	void *block = malloc(16);

	cr_expect(eq(int, sym_data(sym, (uintptr_t)&local, SYM_ANY_TIME, &d), -1));
	cr_expect(eq(int, sym_data(sym, (uintptr_t)block, SYM_ANY_TIME, &d), -1));
	free(block);
}

Test(names, an_address_in_no_module_is_shown_as_a_number)
{
	const struct sym_frame *f;

	cr_assert(eq(sz, sym_frames(sym, 0x1234, 0, SYM_ANY_TIME, &f), 1));
	cr_expect(eq(str, (char *)f->function, "0x1234"));
	cr_expect(eq(int, f->module, -1));
	cr_expect(f->file == NULL && f->raw == NULL);
	sym_frames(sym, 0, 0, SYM_ANY_TIME, &f);
	cr_expect(eq(str, (char *)f->function, "0x0"));
	cr_expect(eq(str, (char *)sym_function(sym, UINT64_MAX, SYM_ANY_TIME)->function, "0xffffffffffffffff"));
}

/* ---- other languages ---- */

static const char cplusplus[] =
	"#include <stddef.h>\n"
	"extern \"C\" void *ra() { return __builtin_return_address(0); }\n"
	"namespace shop { template <class T> struct Cart { __attribute__((noinline)) void *add(T, const char *) { void *p = ra(); asm volatile(\"\" : \"+r\"(p)); return p; } }; }\n"
	"namespace { inline __attribute__((always_inline)) void *hidden() { void *p = ra(); asm volatile(\"\" : \"+r\"(p)); return p; } }\n"
	"namespace shop { __attribute__((noinline)) static void *local() { void *p = hidden(); asm volatile(\"\" : \"+r\"(p)); return p; } }\n"
	"extern \"C\" void *in_method() { shop::Cart<int> c; return c.add(1, \"\"); }\n"
	"extern \"C\" void *in_local() { void *p = shop::local(); asm volatile(\"\" : \"+r\"(p)); return p; }\n"
	"extern \"C\" void *in_lambda() { auto f = [](int x) __attribute__((always_inline)) { void *p = ra(); asm volatile(\"\" : \"+r\"(p), \"+r\"(x)); return p; }; void *p = f(3); asm volatile(\"\" : \"+r\"(p)); return p; }\n";

static size_t frames_in(const char *dir, const char *symbol, const struct sym_frame **f)
{
	union { void *address; void *(*call)(void); } function = { loaded_symbol(dir, "lib.so", symbol) };
	uint64_t pc = (uintptr_t)function.call();

	close_own();
	open_own();  /* the library is new */
	return sym_frames(sym, pc, 0, SYM_ANY_TIME, f);
}

Test(names, cplusplus_names_are_as_in_the_source)
{
	const struct sym_frame *f;
	char *dir = new_directory();

	build_with(dir, "lib.cc", cplusplus, "c++ -O2 -g -fPIC -shared -o lib.so lib.cc");
	cr_assert(eq(sz, frames_in(dir, "in_method", &f), 1));
	cr_expect(eq(str, (char *)f[0].function, "shop::Cart<int>::add(int, char const*)"));
	cr_expect(eq(str, (char *)f[0].raw, "_ZN4shop4CartIiE3addEiPKc"));
	cr_expect(eq(u32, f[0].line, 3));
	remove_tree(dir);
	free(dir);
}

Test(names, cplusplus_functions_local_to_a_file_have_their_scopes)
{
	const struct sym_frame *f;
	char *dir = new_directory();

	build_with(dir, "lib.cc", cplusplus, "c++ -O2 -g -fPIC -shared -o lib.so lib.cc");
	cr_assert(eq(sz, frames_in(dir, "in_local", &f), 2));
	cr_expect(eq(str, (char *)f[0].function, "(anonymous namespace)::hidden"));
	cr_expect(strncmp(f[1].function, "shop::local", 11) == 0, "%s", f[1].function);
	cr_assert(eq(sz, frames_in(dir, "in_lambda", &f), 2));
	cr_expect(strstr(f[0].function, "lambda") && strstr(f[0].function, "operator()"), "%s", f[0].function);
	cr_expect(eq(str, (char *)f[1].function, "in_lambda"));
	remove_tree(dir);
	free(dir);
}

static const char rust[] =
	"extern \"C\" { fn give_caller() -> usize; }\n"
	"mod shelf { pub struct Book<T>(pub T); impl<T: Copy> Book<T> { #[inline(never)] pub fn open(&self) -> usize { let p = unsafe { super::give_caller() }; std::hint::black_box(p) } } }\n"
	"#[no_mangle] pub extern \"C\" fn in_rust() -> usize { let p = shelf::Book(7u8).open(); std::hint::black_box(p) }\n";

static void expect_rust(const char *mangling)
{
	const struct sym_frame *f;
	char *dir = new_directory();
	char *command = format("cc -O1 -fPIC -c -x c - -o ra.o <<< 'unsigned long give_caller(void) { return (unsigned long)__builtin_return_address(0); }' && "
	                       "rustc -g -O --crate-type cdylib -C link-arg=ra.o %s -o lib.so lib.rs", mangling);
	char *line = format("bash -c \"%s\"", command);

	build_with(dir, "lib.rs", rust, line);
	cr_assert(eq(sz, frames_in(dir, "in_rust", &f), 1));
	cr_expect(strstr(f[0].function, "shelf::Book<") && strstr(f[0].function, "::open") && !strstr(f[0].function, "17h"),
	          "%s", f[0].function);
	free(line);
	free(command);
	remove_tree(dir);
	free(dir);
}

Test(names, rust_names_of_both_schemes_are_as_in_the_source)
{
	if (!have_program("rustc"))
		cr_skip_test("no rustc");
	expect_rust("-C symbol-mangling-version=v0");
	expect_rust("");
}
