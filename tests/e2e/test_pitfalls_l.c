/* Section L of docs/pitfalls.md: what a process has one of. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>

#include "expect.h"
#include "json.h"
#include "same.h"

Test(pitfalls_l, l1_nothing_is_printed_nor_written_to_the_programs_files)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV("sh", "-c", "exec 2>data; for i in 1 2 3; do ls -d /; done; cat data; "
		"exec 1>&- 2>&- 3<>three; cat three >&3"));
	cr_expect_str_eq(r->out, "/\n/\n/\n");
	cr_expect_str_eq(r->err, "");
	char *three = format("%s/three", r->work), *text = file_text(three, NULL);
	cr_expect_str_eq(text, "");
	free(text);
	free(three);
	run_free(r);
}

/* But for the two variables that were set, in the same order. */
Test(pitfalls_l, l2_the_environment_is_what_it_was)
{
	const char *const *argv = ARGV("env", "-u", "LD_PRELOAD", "-u", "HP_OUT", "env");
	const char *const *env = ENV("HP_HOOKS=memory,io", "HP_FOLLOW=fork,exec", "X=a:b,c d", "LAST=");
	struct run *plain = run((struct run_how){.env = env}, argv), *r = run((struct run_how){.preload = true, .env = env}, argv);
	cr_expect(strstr(r->out, "X=a:b,c d\nLAST=\n") != NULL, "%s", r->out);
	cr_expect_str_eq(r->out, plain->out);
	run_free(plain);
	run_free(r);
}

Test(pitfalls_l, l3_a_title_written_over_the_environment_does_not_reach_us)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("env_overwritten"), "an argument"));
	long long blocks = 0;
	expect(r->dump_count, ==, 2);
	for (size_t i = 0; i < r->dump_count; i++) {
		json *j = report(r->dump[i]);
		blocks += json_sum(j, "memory.sites", "calls", "in_child");
		cr_expect(strstr(json_text(j, "process.exe"), "env_overwritten") != NULL);
		json_free(j);
	}
	expect(blocks, ==, 20000);
	run_free(r);
}

static void without_randomization(void) { personality(ADDR_NO_RANDOMIZE); }
static void legacy_layout(void)
{
	setrlimit(RLIMIT_STACK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
}
static void both(void) { without_randomization(), legacy_layout(); }

Test(pitfalls_l, l9_any_layout_of_the_address_space)
{
	void (*layouts[])(void) = {without_randomization, legacy_layout, both};
	for (size_t i = 0; i < 3; i++) {
		struct run *r = run_same((struct run_how){.in_child = layouts[i]}, ARGV(target("heap_leaks")));
		json *j = report(run_dump(r));
		expect(json_int(j, "memory.alloc_calls"), ==, 549);
		expect(json_int(j, "recorder.unwind_cut"), ==, 0);
		json_free(j);
		run_free(r);
	}
}

static int lines_of(const char *text)
{
	int n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

Test(pitfalls_l, l9_few_mappings_are_added)
{
	const char *const *argv = ARGV("cat", "/proc/self/maps");
	struct run *plain = run((struct run_how){0}, argv), *r = run((struct run_how){.preload = true}, argv);
	expect(lines_of(r->out) - lines_of(plain->out), <=, 32);
	run_free(plain);
	run_free(r);
}

Test(pitfalls_l, l11_the_variable_and_the_library_are_there_to_be_seen)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV("sh", "-c", "echo \"$LD_PRELOAD\"; grep -c libhp.so /proc/$$/maps"));
	cr_expect(strstr(r->out, "libhp.so\n") != NULL, "%s", r->out);
	cr_expect(atoi(strchr(r->out, '\n') + 1) > 0);
	run_free(r);
}

/* All that is changed after the start lies outside of what the loader has made read-only, and behind no lazy binding. */
Test(pitfalls_l, l12_relocated_data_is_read_only_from_the_start)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c", format("readelf -lW %s | grep -c GNU_RELRO; readelf -rW %s | grep -c JUMP_SLO",
		built("libhp.so"), built("libhp.so"))));
	cr_expect_str_eq(r->out, "1\n0\n");
	run_free(r);
}

Test(pitfalls_l, l13_ldd_lists_us_and_ends_well)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV("ldd", "/bin/ls"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->out, "libhp.so") && strstr(r->out, "libc.so.6"), "%s", r->out);
	cr_expect_str_eq(r->err, "");
	run_free(r);
	r = run((struct run_how){.preload = true, .env = ENV("LD_TRACE_LOADED_OBJECTS=1")}, ARGV("/bin/ls"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->out, "libhp.so") != NULL, "%s", r->out);
	expect(r->dump_count, ==, 0);
	run_free(r);
}


Test(pitfalls_l, l14_under_strace_and_gdb)
{
	char *strace = format("strace -f -o trace -E LD_PRELOAD=%s -E HP_OUT=$OUT/%%e.%%p.hpd %s >/dev/null", built("libhp.so"), target("heap_leaks"));
	char *gdb = format("gdb -nx -batch -ex 'set startup-with-shell off' -ex 'set env LD_PRELOAD %s' -ex \"set env HP_OUT $OUT/%%e.%%p.hpd\" -ex 'break malloc' "
	                   "-ex run -ex 'ignore 1 200' -ex continue -ex backtrace -ex delete -ex continue %s >out 2>&1; cat out", built("libhp.so"), target("heap_leaks"));
	const char *programs[] = {"strace", "gdb"}, *texts[] = {strace, gdb};
	for (size_t i = 0; i < 2; i++) {
		if (!have_program(programs[i]))
			continue;
		struct run *r = run((struct run_how){.default_out = true, .seconds = 60}, ARGV("sh", "-c", format("OUT=$PWD; %s", texts[i])));
		cr_assert_eq(r->dump_count, 1, "%s: %s%s", programs[i], r->out, r->err);
		json *j = report(r->dump[0]);
		cr_expect_eq(json_int(j, "memory.alloc_calls"), 549, "%s", programs[i]);
		cr_expect_str_eq(json_text(j, "process.end"), "exit", "%s: %s", programs[i], r->out);
		json_free(j);
		run_free(r);
	}
	free(strace);
	free(gdb);
}
