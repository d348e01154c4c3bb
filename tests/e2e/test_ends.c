/* All the ways in which a program can end: every event up to there is in the dump, and how it ended is known. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "expect.h"
#include "json.h"

struct ending {
	const char *how;
	int status, signal;       /* of the program, with and without hp */
	const char *end;          /* what the report says */
	int blocks;               /* allocated, and never freed */
};

static void expect_end(struct ending e)
{
	struct run *plain = run((struct run_how){0}, ARGV(target("ends"), e.how));
	cr_assert(plain->status == e.status && plain->signal == e.signal, "%s: the target itself ends otherwise", e.how);
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("ends"), e.how));
	cr_expect(r->status == e.status && r->signal == e.signal, "%s: exit status %d, signal %d", e.how, r->status, r->signal);
	cr_expect_str_eq(r->out, plain->out);
	cr_expect_str_eq(r->err, plain->err);
	json *j = report(run_dump(r));
	cr_expect_str_eq(json_text(j, "process.end"), e.end, "%s: ended by %s", e.how, json_text(j, "process.end"));
	if (!strcmp(e.end, "exit"))
		cr_expect_eq(json_int(j, "process.exit_status"), e.status, "%s", e.how);
	else
		cr_expect(json_is_null(j, "process.exit_status"), "%s", e.how);
	/* Not counted: a thread's descriptor table, and what pthread_exit needs to load libgcc_s for unwinding. */
	long long blocks = json_sum(j, "memory.sites", "leaked_blocks", "main")
	                   - json_sum(j, "memory.sites", "leaked_blocks", "pthread_create")
	                   - json_sum(j, "memory.sites", "leaked_blocks", "pthread_exit");
	cr_expect_eq(blocks, e.blocks, "%s: %lld blocks", e.how, blocks);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.torn_records"), ==, 0);
	json_free(j);
	run_free(r);
	run_free(plain);
}

Test(ends, by_return)     { expect_end((struct ending){"return", 5, 0, "exit", 1000}); }
Test(ends, by_exit)       { expect_end((struct ending){"exit", 7, 0, "exit", 1000}); }
Test(ends, by__exit)      { expect_end((struct ending){"_exit", 8, 0, "exit", 1000}); }
Test(ends, by__Exit)      { expect_end((struct ending){"_Exit", 10, 0, "exit", 1000}); }
Test(ends, by_quick_exit) { expect_end((struct ending){"quick_exit", 11, 0, "exit", 1000}); }
Test(ends, by_abort)      { expect_end((struct ending){"abort", -1, SIGABRT, "killed", 1000}); }
Test(ends, by_raise)      { expect_end((struct ending){"segv", -1, SIGSEGV, "killed", 1000}); }
Test(ends, by_a_fault)    { expect_end((struct ending){"fault", -1, SIGSEGV, "killed", 1000}); }
Test(ends, by_SIGTERM)    { expect_end((struct ending){"term", -1, SIGTERM, "killed", 1000}); }
Test(ends, by_SIGKILL)    { expect_end((struct ending){"kill", -1, SIGKILL, "killed", 1000}); }
Test(ends, by_exit_in_a_thread)           { expect_end((struct ending){"thread-exit", 9, 0, "exit", 1000}); }
Test(ends, by_pthread_exit_in_main)       { expect_end((struct ending){"pthread_exit", 0, 0, "exit", 1000}); }
Test(ends, by_return_after_a_failed_exec) { expect_end((struct ending){"failed-exec", 12, 0, "exit", 1001}); }

Test(ends, by_exec_with_a_dump_for_the_next_program)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("ends"), "exec"));
	cr_assert_eq(r->status, 6);
	cr_assert_eq(r->dump_count, 2, "one dump before and one after exec, not %zu", r->dump_count);
	int by_exec = 0, by_exit = 0;
	for (size_t i = 0; i < r->dump_count; i++) {
		json *j = report(r->dump[i]);
		if (!strcmp(json_text(j, "process.end"), "exec")) {
			by_exec++;
			expect(json_int(j, "memory.leaked_blocks"), ==, 1000);
		} else {
			by_exit++;
			cr_expect_str_eq(json_text(j, "process.end"), "exit");
			expect(json_int(j, "process.exit_status"), ==, 6);
			expect(json_int(j, "memory.leaked_blocks"), ==, 0);
		}
		json_free(j);
	}
	cr_expect(by_exec == 1 && by_exit == 1);
	run_free(r);
}

Test(ends, a_program_that_still_runs_can_be_read)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c",
		"HP_OUT=\"$3/%e.%p.hpd\" LD_PRELOAD=\"$1\" sleep 60 & "
		"for i in $(seq 500); do \"$2\" info \"$3\"/sleep.*.hpd >/dev/null 2>&1 && break; sleep 0.01; done; "
		"\"$2\" report --json \"$3\"/sleep.*.hpd; status=$?; kill $!; exit $status",
		"sh", built("libhp.so"), analyzer(), "../dumps"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	cr_expect_str_eq(json_text(j, "process.end"), "running");
	json_free(j);
	run_free(r);
}
