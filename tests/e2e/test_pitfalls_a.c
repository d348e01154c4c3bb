/* Section A of docs/pitfalls.md: loading, relocation, symbol versions. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "json.h"
#include "same.h"

/* What a shell prints, with $HP the library and $W the directory of the targets. */
static struct run *shell(const char *text)
{
	return run((struct run_how){.env = ENV(format("HP=%s", built("libhp.so")), format("W=%s", built("targets")), format("A=%s", analyzer()))},
	           ARGV("sh", "-c", text));
}

/* ---- before everything is ready ---- */

Test(pitfalls_a, a1_a_hook_before_our_constructor_is_counted)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("early_first")}, ARGV(target("cxx")));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = report(run_dump(r));
	/* malloc, realloc, free and calloc: as events, or counted as early */
	long long recorded = json_sum(j, "memory.sites", "calls", "early"), early = json_int(j, "recorder.early_events");
	cr_expect(recorded == 3 || early >= 4, "%lld recorded, %lld early", recorded, early);
	expect(json_sum(j, "memory.sites", "calls", "make_one"), ==, 41);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
}

static void expect_early_ifunc(struct run_how how, bool before_us)
{
	how.env = ENV("early_ifunc=1");
	struct run *plain = run((struct run_how){.preload_after = how.preload_after, .preload_before = how.preload_before, .env = how.env}, ARGV(target("heap_leaks")));
	how.preload = true;
	struct run *r = run(how, ARGV(target("heap_leaks")));
	cr_assert_eq(r->status, 0, "status %d, signal %d: %s", r->status, r->signal, r->err);
	cr_expect_str_eq(r->out, plain->out);
	expect(run_tally(r, "good"), ==, 2);
	expect(run_tally(r, "kept"), ==, 1);
	json *j = report(run_dump(r));
	/* the resolver's malloc, malloc, calloc, malloc, free, lock, unlock, open, read, close */
	cr_expect_geq(json_int(j, "recorder.early_events"), 10, "%s: %lld", before_us ? "before" : "after", json_int(j, "recorder.early_events"));
	expect(json_sum(j, "memory.sites", "calls", "load_config"), ==, 7);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 7000);
	json_free(j);
	run_free(r);
	run_free(plain);
}

Test(pitfalls_a, a2_a_resolver_that_runs_before_we_are_relocated)
{
	expect_early_ifunc((struct run_how){.preload_after = target("early_ifunc")}, false);
	struct run *r = shell("ld=$(ldd /bin/sh | grep -o '/[^ ]*ld-linux[^ ]*'); LD_PRELOAD= $ld --list /bin/true >a; LD_PRELOAD=$HP $ld --list /bin/true >b; "
	                      "echo $?; grep -v libhp b | sed 's/(.*//' >c; sed 's/(.*//' a | cmp - c && ls *.hpd 2>/dev/null");
	cr_expect_str_eq(r->out, "0\n", "%s%s", r->out, r->err);
	run_free(r);
}

/* Relocated before that library, but the loader has not finished: thread-local storage that is written now is wiped later. */
Test(pitfalls_a, a3_a_resolver_that_runs_before_thread_local_storage_is_there)
{
	expect_early_ifunc((struct run_how){.preload_before = target("early_ifunc")}, true);
}

/* ---- finding the real functions ---- */

Test(pitfalls_a, a4_functions_that_dlsym_does_not_find)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("dlsym_misses")));
	expect(run_tally(r, "missed"), ==, 100);
	expect(run_tally(r, "clean"), ==, 100);
	run_free(r);
}

Test(pitfalls_a, a5_dlsym_is_not_called)
{
	struct run *r = shell("nm -D --undefined-only $HP | grep -c -E ' (dlsym|dlvsym|dlopen|__libc_.*)@'");
	cr_expect_str_eq(r->out, "0\n", "%s", r->out);
	run_free(r);
}

Test(pitfalls_a, a6_threads_in_a_constructor_of_another_library)
{
	struct run_how orders[] = {{.preload = true, .preload_after = target("early_threads")}, {.preload = true, .preload_before = target("early_threads")}};
	for (int i = 0; i < 2; i++) {
		struct run *r = run(orders[i], ARGV("true"));
		cr_assert_eq(r->status, 0, "status %d, signal %d", r->status, r->signal);
		json *j = report(run_dump(r));
		expect(json_sum(j, "memory.sites", "calls", "early_work"), ==, 64 * 20);
		expect(json_sum(j, "memory.sites", "leaked_blocks", "early_work"), ==, 0);
		expect(json_int(j, "process.threads"), ==, 65);
		json_free(j);
		run_free(r);
	}
}

/* valgrind has libc free all that it holds, which what it was given in the beginning may be among. */
Test(pitfalls_a, a7_blocks_of_before_the_start_that_are_freed_at_the_end)
{
	if (!have_program("valgrind"))
		cr_skip_test("valgrind is not installed");
	struct run *r = run((struct run_how){.preload_after = built("libhp.so"), .preload_before = target("early_ifunc"), .env = ENV("early_ifunc=1")},
	                    ARGV("valgrind", "-q", "--run-libc-freeres=yes", "--error-exitcode=9", target("heap_leaks")));
	cr_expect_eq(r->status, 0, "%s", r->err);
	expect(run_tally(r, "kept"), ==, 1);
	expect(run_tally(r, "measured"), ==, 1);
	run_free(r);
}

/* ---- versions ---- */

Test(pitfalls_a, a8_every_hook_takes_the_place_of_its_function)
{
	struct run *r = shell("for t in stdio_all io_all path_all wait_all cond_old lock_counts heap_calls; do ldd -r $W/$t >/dev/null || echo broken; "
		"LD_DEBUG=bindings LD_BIND_NOW=1 LD_PRELOAD=$HP HP_OUT=d LD_DEBUG_OUTPUT=log.$t $W/$t >/dev/null 2>&1; done; "
		"sed -nE 's/^HP_HOOK(_VERSION|_TAIL)?\\([A-Z]+, *([A-Za-z0-9_]+).*/\\2/p' hooks.def >/dev/null 2>&1; "
		"nm -D --defined-only $HP | sed -E 's/.* //; s/@.*//' | sort -u >ours; "
		"grep -h 'binding file.*/targets/' log.* | grep -v 'symbol `main' | sed -E 's/.* to ([^ ]+) \\[.*symbol `([^'\"'\"']+).*/\\2 \\1/' | sort -u >bound; "
		"join ours bound | grep -v /libhp.so; join ours bound | grep -c /libhp.so");
	cr_expect(atoi(r->out) > 150, "hooks that are passed by, or few that are met: %s%s", r->out, r->err);
	run_free(r);
}

Test(pitfalls_a, a9_condition_variables_of_the_old_kind)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("cond_old")));
	expect(run_tally(r, "timed_out"), ==, 1);
	expect(run_tally(r, "untouched"), ==, 1);
	run_free(r);
}

/* What a call with a version goes to is found by that version, not by libc's order. */
Test(pitfalls_a, a11_both_versions_of_posix_spawn)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("spawn_versions")));
	cr_expect(strstr(r->out, "new 8\n") != NULL, "ENOEXEC is 8: %s", r->out);
	run_free(r);
}

Test(pitfalls_a, a12_a13_nothing_that_an_old_system_has_not)
{
	struct run *r = shell("nm -D --undefined-only $HP | awk '$1 != \"w\" { sub(/.*@GLIBC_/, \"\", $2); split($2, v, \".\"); if (v[1] > 2 || v[2] > 17) print }';"
	                      "readelf -d $HP | grep NEEDED | grep -vF '[libc.so.6]'");
	cr_expect_str_eq(r->out, "", "%s", r->out);
	run_free(r);
}

/* As libpthread before glibc 2.34, which a plugin may bring along. A function that musl has not and hp hooks stands for it. */
Test(pitfalls_a, a14_a_function_that_comes_with_a_library_of_later)
{
	if (!have_program("musl-gcc"))
		cr_skip_test("musl-gcc is not installed");
	struct run *r = shell("cat >l.c <<'X'\n#include <stddef.h>\nstatic char block[999];\nvoid *pvalloc(size_t n) { return n == 77 ? block : NULL; }\n"
		"int is_block(void *p) { return p == block; }\nX\n"
		"cat >a.c <<'X'\n#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <stdio.h>\nint main(void) { void *l = dlopen(\"./l.so\", RTLD_NOW | RTLD_GLOBAL);\n"
		"void *(*get)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, \"pvalloc\"); int (*is)(void *) = (int (*)(void *))dlsym(l, \"is_block\");\n"
		"printf(\"%d %d\\n\", is(get(77)), is(get(77))); printf(\"ours %d\\n\", (void *)get != dlsym(l, \"pvalloc\")); return 4; }\nX\n"
		"musl-gcc -shared -fPIC -o l.so l.c && musl-gcc -o a a.c && LD_PRELOAD=$HP ./a; echo $?");
	cr_expect_str_eq(r->out, "1 1\nours 1\n4\n", "%s%s", r->out, r->err);
	run_free(r);
}

/* ---- other allocators, other scopes, other preloads ---- */

Test(pitfalls_a, a15_a_program_with_its_own_malloc)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("own_malloc")));
	expect(run_tally(r, "ours"), ==, 1);
	expect(run_tally(r, "aligned"), ==, 1);
	json *j = report(run_dump(r));
	cr_expect(json_any_contains(j, "recorder.blind_spots", "an allocator of its own"));
	json_free(j);
	run_free(r);
}

Test(pitfalls_a, a16_a_library_that_is_bound_past_us)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("deepbind"), target("deepbind_plugin")));
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.unknown_frees"), ==, 10);  /* blocks of theirs: allocated unseen */
	/* blocks of ours: freed unseen, so that nine more come at the address of one that was not given back */
	expect(json_int(j, "memory.lost_frees"), ==, 9);
	expect(json_sum(j, "memory.sites", "leaked_blocks", "makes_here"), ==, 1);
	json_free(j);
	run_free(r);
}

Test(pitfalls_a, a17_other_namespaces_and_auditors)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("namespaces"), target("deepbind_plugin")));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "work_here"), ==, run_tally(r, "here"));
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
	r = run_same((struct run_how){.env = ENV(format("LD_AUDIT=%s", target("audit")))}, ARGV(target("heap_leaks")));
	j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "load_config"), ==, 7);
	json_free(j);
	run_free(r);
}

Test(pitfalls_a, a18_a_library_that_takes_nearly_all_static_thread_local_storage)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("loads"), target("static_tls")));
	expect(run_tally(r, "ready"), ==, 1);
	run_free(r);
	r = shell("readelf -lW $HP | sed -n 's/^ *TLS .* 0x0*\\([0-9a-f]*\\) *R .*/\\1/p'");
	expect(strtol(r->out, NULL, 16), >, 0);
	expect(strtol(r->out, NULL, 16), <=, 64);
	run_free(r);
}

Test(pitfalls_a, a19_another_interposer_on_either_side)
{
	struct run_how orders[] = {{.preload = true, .preload_after = target("counts_below")}, {.preload = true, .preload_before = target("counts_below")}};
	for (int i = 0; i < 2; i++) {
		struct run *r = run(orders[i], ARGV(target("two_interposers")));
		cr_expect_eq(run_tally(r, "mallocs") + run_tally(r, "frees") + run_tally(r, "reads"), 300, "%s", r->out);
		json *j = report(run_dump(r));
		expect(json_sum(j, "memory.sites", "calls", "a_hundred"), ==, 100);
		expect(json_sum(j, "memory.sites", "leaked_blocks", "a_hundred"), ==, 0);
		json *read = json_row(j, "io.ops", "name", "read");
		expect(json_int(read, "calls"), ==, 100);
		json_free(j);
		run_free(r);
	}
}

/* ---- programs that the loader does not put us in front of ---- */

Test(pitfalls_a, a21_a_program_of_another_word_size)
{
	struct run *r = shell("printf '.globl _start\\n_start: movl $1,%%eax\\n movl $7,%%ebx\\n int $0x80\\n' >a.s; "
		"cc -m32 -nostdlib -pie -Wl,-dynamic-linker,/lib/ld-linux.so.2 -o a a.s 2>/dev/null; [ -e /lib/ld-linux.so.2 ] && ./a; [ $? = 7 ] || { echo none; exit; }; "
		"$A record -- ./a; echo $?; LD_PRELOAD=$HP ./a; echo $?");
	if (strstr(r->out, "none"))
		cr_skip_test("32-bit programs do not run here");
	cr_expect_str_eq(r->out, "7\n7\n", "%s%s", r->out, r->err);
	cr_expect(strstr(r->err, "another CPU or word size") != NULL, "%s", r->err);
	cr_expect(strstr(r->err, "wrong ELF class") != NULL, "%s", r->err);
	run_free(r);
}

Test(pitfalls_a, a22_a_program_in_a_root_without_libhp)
{
	if (geteuid() != 0)
		cr_skip_test("needs root");
	struct run *r = shell("mkdir root; for f in /bin/true $(ldd /bin/true | grep -o '/[^ ]*'); do mkdir -p root${f%/*}; cp -L $f root$f; done; "
		"LD_PRELOAD=$HP HP_OUT=$PWD/%e.hpd chroot root /bin/true; echo $?; ls *.hpd");
	cr_expect_str_eq(r->out, "0\nchroot.hpd\n", "%s%s", r->out, r->err);
	cr_expect(strstr(r->err, "cannot be preloaded") != NULL, "%s", r->err);
	run_free(r);
}

Test(pitfalls_a, a24_an_environment_that_is_cleared)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV("env", "-i", target("heap_calls"), "1"));
	expect(r->status, ==, 0);
	cr_expect(strstr(run_dump(r), "/env.") != NULL, "%s", run_dump(r));
	cr_expect_str_eq(r->err, "");
	json *j = report(run_dump(r));
	cr_expect_str_eq(json_text(j, "process.end"), "exec");
	json_free(j);
	run_free(r);
}

Test(pitfalls_a, a25_libhp_that_is_loaded_late_and_closed)
{
	struct run *r = run((struct run_how){0}, ARGV(target("unload_hp"), built("libhp.so")));
	cr_expect_eq(r->status, 0, "status %d, signal %d", r->status, r->signal);
	expect(run_tally(r, "loaded"), ==, 1);
	expect(run_tally(r, "closed"), ==, 1);
	expect(run_tally(r, "still_there"), ==, 1);
	run_free(r);
}
