/* Section D of docs/pitfalls.md: locks and waits, cancellation, unwinding. */
#include <criterion/criterion.h>
#include <string.h>

#include "expect.h"
#include "json.h"
#include "same.h"

struct hook { const char *kind, *name; };
static const struct hook hooks[] = {
#define HP_HOOK(kind, name) { #kind, #name },
#define HP_HOOK_VERSION(kind, name, member, version)
#define HP_HOOK_TAIL(kind, name)
#include "hooks.def"
#undef HP_HOOK
#undef HP_HOOK_VERSION
#undef HP_HOOK_TAIL
};

static long long calls_of(json *j, const char *op)
{
	json *row = json_find(j, "io.ops", "name", op);
	return row ? json_int(row, "calls") : 0;
}

static struct run *cancelled(const char *how)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("cancel_points"), how));
	json *j = report(run_dump_of(r, "cancel_points"));
	expect(calls_of(j, "fdatasync"), >=, 100);  /* those after it all */
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	expect(json_int(j, "recorder.unknown_ids"), ==, 0);
	json_free(j);
	return r;
}

static bool has_line_of(const char *text, const char *name)
{
	char *line = format("\n%s ", name);
	return strstr(text, line) || !strncmp(text, line + 1, strlen(line + 1));
}

Test(pitfalls_d, d1_d4_every_call_is_a_cancellation_point_if_it_is_one_without_us)
{
	struct run *r = cancelled("pending");
	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
		if (!strcmp(hooks[i].kind, "IO") || !strcmp(hooks[i].kind, "WAIT") || !strcmp(hooks[i].kind, "STDIO"))
			cr_expect(has_line_of(r->out, hooks[i].name), "cancel_points.def lacks %s", hooks[i].name);
	cr_expect(strstr(r->out, "\nread cancelled, cleaned 1, destroyed 1\n") != NULL);
	run_free(r);
}

static void expect_all_cancelled(const char *how)
{
	struct run *r = cancelled(how);
	cr_expect(strstr(r->out, "returned") == NULL, "%s", r->out);
	cr_expect(has_line_of(r->out, "pthread_cond_wait"));
	json *j = report(run_dump_of(r, "cancel_points"));
	expect(json_int(j, "recorder.abandoned_calls"), >=, 60);  /* calls that never returned are told, and stand in nobody's way */
	json_free(j);
	run_free(r);
}

Test(pitfalls_d, d1_d4_threads_are_cancelled_while_they_wait)                 { expect_all_cancelled("blocked"); }
Test(pitfalls_d, d1_d4_threads_are_cancelled_asynchronously_while_they_wait)  { expect_all_cancelled("async"); }

Test(pitfalls_d, d6_waits_last_until_the_time_of_their_clock) { expect_same((struct run_how){0}, ARGV(target("sync_odd"), "clocks")); }

Test(pitfalls_d, d7_locks_inside_of_libc_are_not_recorded)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("sync_odd"), "stdio"));
	json *j = report(run_dump(r));
	expect(json_int(j, "recorder.hooks.lock.events"), ==, 0);
	json_free(j);
	run_free(r);
}

/* The allocator stands behind us, so that its calls of pthread_mutex_lock are hooked, under every call of malloc that we make. */
Test(pitfalls_d, d8_an_allocator_that_takes_a_mutex_is_not_entered_again)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("locking_heap"), .seconds = 20}, ARGV(target("heap_leaks")));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), ==, 549);
	expect(json_int(j, "recorder.hooks.lock.events"), >=, 2 * 549);
	json_free(j);
	run_free(r);
}

Test(pitfalls_d, d9_a_mutex_may_be_gone_as_soon_as_it_is_given_up)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("unlock_unmaps")}, ARGV(target("sync_odd"), "unmapped"));
	cr_assert(r->status == 0 && run_tally(r, "rounds") == 20, "status %d, signal %d", r->status, r->signal);
	json *j = report(run_dump(r));
	expect(json_int(j, "recorder.hooks.lock.events"), >=, 40);
	json_free(j);
	run_free(r);
}

Test(pitfalls_d, d10_errors_come_as_results_or_in_errno) { expect_same((struct run_how){0}, ARGV(target("sync_odd"), "errors")); }
Test(pitfalls_d, d2_d11_exceptions_pass_through_initialisations_and_the_end_of_threads) { expect_same((struct run_how){0}, ARGV(target("once"))); }

Test(pitfalls_d, d12_a_mutex_shared_with_a_process_that_is_not_recorded)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("sync_odd"), "shared"));
	expect(run_tally(r, "counted"), ==, 10000);
	json *j = report(run_dump(r));
	json *lock = json_length(j, "locks") ? json_at(j, "locks", 0) : NULL;
	cr_assert(lock, "no lock in the report");
	expect(json_int(lock, "acquisitions"), ==, 5001);
	json_free(j);
	run_free(r);
}
