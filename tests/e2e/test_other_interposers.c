/* Other libraries that take libc's place, other allocators, sanitizers and debuggers, together with libhp.so. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"
#include "same.h"

#define LIBRARIES "/usr/lib/x86_64-linux-gnu/"
static const char *const allocators[] = {LIBRARIES "libjemalloc.so.2", LIBRARIES "libmimalloc.so.2.0", LIBRARIES "libtcmalloc_minimal.so.4"};
enum { ALLOCATORS = sizeof allocators / sizeof *allocators };

static void skip_without(const char *path)
{
	if (access(path, R_OK))
		cr_skip_test("%s is not installed", path);
}

static void skip_without_allocators(void)
{
	for (size_t i = 0; i < ALLOCATORS; i++)
		skip_without(allocators[i]);
}

/* Runs a shell script plain and with its programs under hp: $T is where the targets are, $HP libhp.so, $A hp-analyze. */
static struct run *same_script(struct run_how how, const char *text)
{
	struct run *r = run_same(how, ARGV("sh", "-c", format("T=%s; HP=%s; A=%s; %s", target(""), built("libhp.so"), analyzer(), text)));
	cr_expect_eq(r->status, 0, "%s", r->err);
	return r;
}

/* Of a program compiled on the spot, with its dump at x.hpd: what it prints and leaves. */
static struct run *script(const char *text)
{
	return run((struct run_how){0}, ARGV("sh", "-c", format("T=%s; HP=%s; A=%s; export HP_OUT=$PWD/x.hpd; %s", target(""), built("libhp.so"), analyzer(), text)));
}

static json *report_in(const struct run *r, const char *name)
{
	return report(format("%s/%s", r->work, name));
}

static bool is_blind(json *j, const char *text) { return json_any_contains(j, "recorder.blind_spots", text); }

static void expect_all_of_heap_leaks(const char *how, json *j)
{
	cr_expect_eq(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), 7000, "%s", how);
	cr_expect_eq(json_sum(j, "memory.sites", "calls", "format_line"), 500, "%s", how);
	cr_expect_eq(json_int(j, "memory.unknown_frees"), 0, "%s", how);
	cr_expect_not(is_blind(j, "its heap is not seen"), "%s", how);
}

/* ---- allocators: what they do for a program goes through us if we come first ---- */

Test(other_interposers, an_allocator_preloaded_after_us_is_recorded)
{
	skip_without_allocators();
	for (size_t i = 0; i < ALLOCATORS; i++) {
		struct run *r = run_same((struct run_how){.preload_after = allocators[i]}, ARGV(target("heap_leaks")));
		json *j = report(run_dump(r));
		expect_all_of_heap_leaks(allocators[i], j);
		json_free(j);
		run_free(r);
	}
}

Test(other_interposers, an_allocator_preloaded_before_us_is_a_blind_spot)
{
	skip_without_allocators();
	for (size_t i = 0; i < ALLOCATORS; i++) {
		struct run *r = run_same((struct run_how){.preload_before = allocators[i]}, ARGV(target("heap_leaks")));
		json *j = report(run_dump(r));
		cr_expect(is_blind(j, "its heap is not seen"), "%s", allocators[i]);
		expect(json_sum(j, "memory.sites", "calls", "load_config"), ==, 0);
		json_free(j);
		run_free(r);
	}
}

Test(other_interposers, an_allocator_linked_with_the_program_is_recorded)
{
	skip_without_allocators();
	for (size_t i = 0; i < ALLOCATORS; i++) {
		struct run *r = script(format("printf '#include <stdlib.h>\\nvoid *volatile p;\\n__attribute__((noinline)) static void load_config(void) { p = malloc(1000); }\\n"
			"__attribute__((noinline)) static void format_line(void) { free(p = calloc(1, 80)); }\\n"
			"int main(void) { for (int i = 0; i < 7; i++) load_config(); for (int i = 0; i < 500; i++) format_line(); return 5; }' >a.c; "
			"gcc -O1 -g -fno-builtin -o a a.c -Wl,--no-as-needed %s && ./a; LD_PRELOAD=$HP ./a; echo $?", allocators[i]));
		cr_expect_str_eq(r->out, "5\n", "%s%s", r->out, r->err);
		json *j = report_in(r, "x.hpd");
		expect_all_of_heap_leaks(allocators[i], j);
		json_free(j);
		run_free(r);
	}
}

/* Threads, constructors, thread-specific data and forks, with mutexes that the allocator takes itself. */
Test(other_interposers, allocators_under_threads_and_forks)
{
	skip_without_allocators();
	for (size_t i = 0; i < ALLOCATORS; i++) {
		for (int after = 0; after < 2; after++) {
			struct run_how how = after ? (struct run_how){.preload_after = allocators[i]} : (struct run_how){.preload_before = allocators[i]};
			expect_same(how, ARGV(target("heap_peak"), "threads"));
			expect_same(how, ARGV(target("many_threads"), "200"));
			expect_same(how, ARGV(target("children"), "fork", "3", "50"));
			expect_same(how, ARGV(target("cxx")));
		}
	}
}

/* The three have operators new of their own: those do not come by our malloc, and the report says so. */
Test(other_interposers, objects_from_an_allocators_own_new_are_a_blind_spot)
{
	skip_without_allocators();
	for (size_t i = 0; i < ALLOCATORS; i++) {
		struct run *r = run_same((struct run_how){.preload_after = allocators[i]}, ARGV(target("news"), "4", "1000"));
		json *j = report(run_dump(r));
		cr_expect(is_blind(j, "new and delete"), "%s", allocators[i]);
		expect(json_sum(j, "memory.sites", "calls", "work"), ==, run_tally(r, "blocks"));
		expect(json_int(j, "memory.unknown_frees"), ==, 0);
		json_free(j);
		run_free(r);
	}
	struct run *r = run_recorded(ARGV(target("news"), "4", "1000"));
	json *j = report(run_dump(r));
	expect(json_length(j, "recorder.blind_spots"), ==, 0);
	expect(json_sum(j, "memory.sites", "calls", "work"), >, run_tally(r, "blocks"));
	json_free(j);
	run_free(r);
}

Test(other_interposers, a_program_with_an_allocator_of_its_own_is_a_blind_spot)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("own_allocator")));
	json *j = report(run_dump(r));
	cr_expect(is_blind(j, "its heap is not seen"));
	expect(json_int(j, "memory.alloc_calls"), ==, 0);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "io.errors"), ==, 0);
	json_free(j);
	run_free(r);
}

/* ---- libraries that change what the program sees of the system ---- */

#define FAKETIME LIBRARIES "faketime/libfaketime.so.1"

/* Our clock is not the one that libfaketime gives: the start is today, the duration real. */
static void expect_real_times(struct run_how how)
{
	static const char *const then[] = {"FAKETIME=2001-02-03 04:05:06", "TZ=UTC", NULL};
	how.env = then;
	struct run *r = run_same(how, ARGV("date", "+%s"));
	cr_expect_str_eq(r->out, "981173106\n");
	json *j = report(run_dump(r));
	expect(json_int(j, "process.start_unix_ns"), >, 1700000000000000000);
	expect(json_int(j, "process.duration_ns"), >, 0);
	expect(json_int(j, "process.duration_ns"), <, 60000000000);
	json_free(j);
	run_free(r);
}

Test(other_interposers, libfaketime_changes_the_programs_time_and_not_ours)
{
	skip_without(FAKETIME);
	expect_real_times((struct run_how){.preload_before = FAKETIME});
	expect_real_times((struct run_how){.preload_after = FAKETIME});
}

Test(other_interposers, fakeroot_in_both_orders)
{
	if (!have_program("fakeroot"))
		cr_skip_test("fakeroot is not installed");
	static const char work[] = "id -u; touch a; chown 12:34 a; stat -c %u:%g a; tar cf - a | tar --numeric-owner -tvf - | cut -d\" \" -f2";
	struct run *r = same_script((struct run_how){0}, format("fakeroot sh -c '%s'", work));
	cr_expect_str_eq(r->out, "0\n12:34\n12/34\n");
	run_free(r);
	r = script(format("export HP_OUT=$PWD/%%e.%%p.hpd; fakeroot sh -c 'export LD_PRELOAD=%s:$LD_PRELOAD; %s'; for f in *.hpd; do $A info $f >/dev/null || echo $f; done; ls stat.*.hpd | wc -l",
	                  built("libhp.so"), work));
	cr_expect_str_eq(r->out, "0\n12:34\n12/34\n1\n", "%s%s", r->out, r->err);
	run_free(r);
}

/* ---- sanitizers: docs/other_libraries.md says what works ---- */

#define BUGGY "printf '#include <stdlib.h>\\nint main(int n, char **v) { (void)v; char *volatile p = malloc(100); for (int i = 0; i < 300; i++) free(malloc(50));" \
              " if (n > 1) p[100] = 1; free(p); int volatile m = 0x7fffffff; if (n > 2) m += n; return 4; }' >a.c; "

Test(other_interposers, address_sanitizer_refuses_a_plain_preload_and_works_by_record)
{
	struct run *r = script(BUGGY "gcc -g -fsanitize=address -o a a.c; LD_PRELOAD=$HP ./a 2>&1 | grep -c 'runtime does not come first'; "
	                       "$A record --no-report -o d -- ./a; echo $?; $A record --no-report -o e -- ./a x 2>&1 | grep -c 'ERROR: AddressSanitizer: heap-buffer-overflow'");
	cr_expect_str_eq(r->out, "1\n4\n1\n", "%s%s", r->out, r->err);
	run_free(r);
}

Test(other_interposers, an_address_sanitizer_inside_the_program_works_and_is_a_blind_spot)
{
	struct run *r = script(BUGGY "clang -g -fsanitize=address -o a a.c || exit 77; LD_PRELOAD=$HP ./a; echo $?; HP_OUT=$PWD/y.hpd LD_PRELOAD=$HP ./a x 2>&1 | grep -c 'ERROR: AddressSanitizer: heap-buffer-overflow'");
	if (r->status == 77)
		cr_skip_test("clang has no sanitizers here");
	cr_expect_str_eq(r->out, "4\n1\n", "%s%s", r->out, r->err);
	json *j = report_in(r, "x.hpd");
	cr_expect(is_blind(j, "its heap is not seen"));
	json_free(j);
	run_free(r);
}

Test(other_interposers, undefined_sanitizer_works_behind_a_plain_preload)
{
	struct run *r = script(BUGGY "gcc -g -fsanitize=undefined -o a a.c; LD_PRELOAD=$HP ./a x x 2>&1 | grep -c 'signed integer overflow'");
	cr_expect_str_eq(r->out, "1\n", "%s%s", r->out, r->err);
	json *j = report_in(r, "x.hpd");
	expect(json_sum(j, "memory.sites", "calls", "main"), >=, 301);
	json_free(j);
	run_free(r);
}

/* ---- those that trace ---- */

Test(other_interposers, a_recorded_program_under_strace_and_gdb)
{
	struct run *r = script("LD_PRELOAD= strace -f -qq -o trace -E LD_PRELOAD=$HP $T/lock_counts 4 100 >out; echo $?; grep -c futex trace >/dev/null; "
	                       "$T/lock_counts 4 100 | cmp - out && echo same");
	cr_expect_str_eq(r->out, "0\nsame\n", "%s%s", r->out, r->err);
	json *j = report_in(r, "x.hpd");
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
	r = script("gdb -nx -batch -ex \"set environment LD_PRELOAD $HP\" -ex 'set startup-with-shell off' -ex 'break free if ptr != 0' -ex 'break load_config' -ex run -ex 'info threads' -ex backtrace -ex 'call (int)getpid()' "
	           "-ex 'call (void *)malloc(123)' -ex 'delete' -ex continue $T/heap_leaks </dev/null 2>&1 | grep -c 'load_config\\|exited normally\\|exited with'");
	expect(atoi(r->out), >=, 2);
	j = report_in(r, "x.hpd");
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), >=, 7000);
	json_free(j);
	run_free(r);
}

/* Attached while it is stopped in the middle of its work, and let go of again. */
Test(other_interposers, strace_and_gdb_attached_to_a_recorded_program)
{
	struct run *r = script("LD_PRELOAD=$HP $T/heap_pingpong 1000000 >out & p=$!; while ! [ -s x.hpd ]; do :; done; kill -STOP $p; "
	                       "strace -f -qq -o /dev/null -p $p 2>/dev/null & s=$!; while grep -q 'TracerPid:.0$' /proc/$p/status; do :; done; "
	                       "kill -CONT $p; kill -INT $s; wait $s; kill -STOP $p; "
	                       "gdb -nx -batch -p $p -ex 'thread apply all backtrace 3' -ex detach </dev/null >traced 2>&1; kill -CONT $p; wait $p; echo $?; "
	                       "grep -q '^#0' traced && echo seen; $T/heap_pingpong 1000000 | cmp - out");
	cr_expect_str_eq(r->out, "0\nseen\n", "%s%s", r->out, r->err);
	json *j = report_in(r, "x.hpd");
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "memory.alloc_calls"), >=, 1000000);
	json_free(j);
	run_free(r);
}
