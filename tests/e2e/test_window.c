/* --from and --to: what is in progress at an edge, or all the time, counts with what lies between them. */
#include <criterion/criterion.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static json *report_between(const char *dump, long long from, long long to)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", "--from", format("%lldns", from), "--to",
	                                               format("%lldns", to), dump));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

/* The last event of that name. */
static json *last_event(const char *dump, const char *name)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "events", "--json", dump));
	char *rest = r->out, *line;
	json *found = NULL;
	while ((line = strsep(&rest, "\n"))) {
		json *j = *line ? json_parse(line) : NULL;
		if (j && !strcmp(json_text(j, "name"), name)) {
			json_free(found);
			found = j;
		} else {
			json_free(j);
		}
	}
	run_free(r);
	cr_assert_not_null(found, "%s", name);
	return found;
}

static json *thread_row(json *report, long long tid)
{
	for (size_t i = 0; i < json_length(report, "threads"); i++)
		if (json_int(json_at(report, "threads", i), "tid") == tid)
			return json_at(report, "threads", i);
	cr_assert_fail("no thread %lld", tid);
	return NULL;
}

Test(window, one_inside_a_wait_is_full_of_it)
{
	struct run *r = run_recorded(ARGV(target("lock_convoy")));
	json *wait = last_event(run_dump(r), "lock after wait");
	long long end = json_int(wait, "time_ns"), took = json_int(wait, "duration_ns");
	long long from = end - took / 10 * 6, to = end - took / 10 * 4;
	json *j = report_between(run_dump(r), from, to);
	json *lock = json_row(j, "locks", "name", "convoy_lock");
	expect(json_int(thread_row(j, json_int(wait, "tid")), "lock_wait_ns"), ==, to - from);
	expect(json_int(lock, "wait_ns"), >=, to - from);
	expect(json_int(lock, "wait_ns"), <=, 2 * (to - from));
	expect(json_int(lock, "hold_ns"), ==, to - from);
	expect(json_int(lock, "acquisitions"), ==, 0);
	json_free(j);
	json_free(wait);
	run_free(r);
}

Test(window, halves_add_up_to_the_whole)
{
	struct run *r = run_recorded(ARGV(target("wait_counts"), "4", "50"));
	json *all = report(run_dump(r));
	long long middle = json_int(all, "process.duration_ns") / 2;
	json *first = report_between(run_dump(r), 0, middle), *second = report_between(run_dump(r), middle + 1, 1LL << 60);
	for (const char *const *key = ARGV("waits.cond.time_ns", "waits.lock.time_ns", "waits.join.time_ns", "waits.sleep.time_ns", "io.time_ns"); *key; key++) {
		long long sum = json_int(first, *key) + json_int(second, *key), whole = json_int(all, *key);
		cr_expect(sum <= whole && sum + 100 >= whole, "%s: %lld of %lld", *key, sum, whole);  /* 1 ns for each wait over the edge */
	}
	json *halves[] = { first, second };
	long long hold = 0;
	for (unsigned i = 0; i < 2; i++)
		hold += json_int(json_row(halves[i], "locks", "name", "turn_lock"), "hold_ns");
	long long whole = json_int(json_row(all, "locks", "name", "turn_lock"), "hold_ns");
	cr_expect(hold <= whole && hold + 100 >= whole, "%lld of %lld", hold, whole);
	json_free(first);
	json_free(second);
	json_free(all);
	run_free(r);
}

Test(window, trees_have_what_lies_inside_too)
{
	struct run *r = run_recorded(ARGV(target("lock_convoy")));
	json *wait = last_event(run_dump(r), "lock after wait");
	long long end = json_int(wait, "time_ns"), took = json_int(wait, "duration_ns");
	long long from = end - took / 10 * 6, to = end - took / 10 * 4;
	struct run *tree = run((struct run_how){0}, ARGV(analyzer(), "tree", "--json", "--metric", "wait", "--from",
	                       format("%lldns", from), "--to", format("%lldns", to), run_dump(r)));
	json *j = json_parse(tree->out);
	/* both threads waited, and main slept and then joined them */
	expect(json_int(j, "total"), >=, 2 * (to - from));
	expect(json_int(j, "total"), <=, 3 * (to - from));
	json_free(j);
	run_free(tree);
	json_free(wait);
	run_free(r);
}
