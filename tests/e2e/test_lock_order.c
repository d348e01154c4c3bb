/* Who had a lock after whom: a program that notes it under the lock, against the order that the dump tells. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

enum { OWNERS_MOST = 1 << 20 };

struct owners { long tid[OWNERS_MOST]; long n; };

/* The lines "KEY TID" that the program printed: the owners in their order. */
static struct owners *noted(const struct run *r, const char *key)
{
	struct owners *all = calloc(1, sizeof *all);
	size_t n = strlen(key);
	for (const char *line = r->out; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (!strncmp(line, key, n) && line[n] == ' ' && all->n < OWNERS_MOST)
			all->tid[all->n++] = atol(line + n);
	return all;
}

/* How often an owner that the events tell differs from the noted one; *seen: events that tell one. */
static long differences(const char *events, const char *lock, const struct owners *noted, long *seen)
{
	long wrong = 0;
	char *copy = strdup(events), *rest = copy, *line;
	while ((line = strsep(&rest, "\n"))) {
		json *j = *line ? json_parse(line) : NULL;
		if (!j)
			continue;
		if (!json_is_null(j, "order") && !json_is_null(j, "object_name") && !strcmp(json_text(j, "object_name"), lock)) {
			long long order = json_int(j, "order");
			++*seen;
			wrong += order < 1 || order > noted->n || noted->tid[order - 1] != json_int(j, "tid");
		}
		json_free(j);
	}
	free(copy);
	return wrong;
}

static void check(const struct run *r, const char *events, const char *lock, const char *key, long waits)
{
	struct owners *owners = noted(r, key);
	long seen = 0, wrong = differences(events, lock, owners, &seen);
	cr_expect_gt(owners->n, 0);
	cr_expect_eq(wrong, 0, "%s: %ld of %ld owners are not whom the program noted", lock, wrong, seen);
	cr_expect_eq(seen, owners->n - waits, "%s: %ld of %ld", lock, seen, owners->n - waits);
	free(owners);
}

static int thread_counts[] = {2, 8, 32};

ParameterizedTestParameters(lock_order, owners_come_in_exactly_the_order_that_the_program_noted)
{
	return cr_make_param_array(int, thread_counts, 3);
}

ParameterizedTest(int *threads, lock_order, owners_come_in_exactly_the_order_that_the_program_noted)
{
	struct run *r = run_recorded(ARGV(target("lock_hammer"), format("%d", *threads), "300"));
	struct run *events = run((struct run_how){0}, ARGV(analyzer(), "events", "--json", "--kind", "lock", run_dump(r)));
	json *j = report(run_dump(r));
	json *mutex = json_row(j, "locks", "name", "hammered"), *spin = json_row(j, "locks", "name", "hammered_spin");
	long waits = run_tally(r, "waits");
	check(r, events->out, "hammered_spin", "spin", 0);
	check(r, events->out, "hammered_rw", "rwlock", 0);
	check(r, events->out, "hammered", "mutex", waits);
	expect(json_int(spin, "acquisitions"), ==, 300LL * *threads);
	expect(json_int(spin, "owner_changes"), ==, run_tally(r, "spin_changes"));
	expect(json_int(json_row(j, "locks", "name", "hammered_rw"), "owner_changes"), ==, run_tally(r, "writer_changes"));
	expect(json_int(mutex, "acquisitions"), ==, 300LL * *threads);
	expect(json_int(mutex, "reacquired"), ==, waits);
	expect(json_int(mutex, "owner_changes"), ==, run_tally(r, "changes"));
	json_free(j);
	run_free(events);
	run_free(r);
}

static long count(const char *text, const char *what)
{
	long n = 0;
	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

Test(lock_order, what_was_refused_is_no_owner_and_no_end)
{
	struct run *r = run_recorded(ARGV(target("refused_sync")));
	struct run *events = run((struct run_how){0}, ARGV(analyzer(), "events", "--json", "--kind", "lock", run_dump(r)));
	json *j = report(run_dump(r));
	json *lock = json_row(j, "locks", "name", "guarded");
	expect(run_tally(r, "unowned") + run_tally(r, "busy") + run_tally(r, "destroyed"), ==, 3);
	expect(json_int(lock, "acquisitions"), ==, 2);
	expect(json_int(lock, "reacquired"), ==, 0);
	expect(count(events->out, "\"order\":1,"), ==, 1);
	expect(count(events->out, "\"order\":2,"), ==, 1);
	expect(count(events->out, "pthread_mutex_destroy"), ==, 1);
	json_free(j);
	run_free(events);
	run_free(r);
}
