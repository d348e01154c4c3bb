/* Who ended whose wait, against what programs say of it themselves: by what was handed over. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "run.h"

/* What was said of who let whom go on, or what the model tells of it. */
struct wake { char kind[16]; unsigned waiter, waker; };
struct wakes { VEC_FIELDS(struct wake) };

static struct wakes said(const char *text)
{
	struct wakes all = { 0 };
	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		struct wake w;
		if (sscanf(line, "%15s %u %u", w.kind, &w.waiter, &w.waker) == 3)
			vec_push(&all, w);
	}
	return all;
}

static struct model *model_of_dumps(const char *const *paths, size_t n)
{
	struct model *m;
	struct dump_error e;
	const struct model_options options = { .parts = MODEL_ACTS | MODEL_GRAPH };
	cr_assert_eq(model_open(&m, paths, (unsigned)n, &options, &e), 0, "%s", e.text);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	return m;
}

static unsigned tid_of(const struct model *m, const struct act *a)
{
	return m->threads.v.v[a->thread].tid;
}

/* Those of the kind whose gate is known, in their order; of a forked child's BEGIN the forking thread's. */
static struct wakes told(const struct model *m, const char *kind)
{
	struct wakes all = { 0 };
	for (size_t i = 0; i < m->acts.v.n; i++) {
		const struct act *a = &m->acts.v.v[i], *gate = acts_gate(&m->acts, a);
		if (!gate || strcmp(act_kind_name(a->kind), kind) || (a->kind == ACT_READ && !a->number))
			continue;
		struct wake w = { .waiter = tid_of(m, a), .waker = tid_of(m, gate) };
		snprintf(w.kind, sizeof w.kind, "%s", kind);
		vec_push(&all, w);
	}
	return all;
}

/* For each waiter the same wakers in the same order. Returns how many differ, or are only said. */
static size_t differences(const struct wakes *said, const struct wakes *told, const char *kind, size_t *count)
{
	size_t wrong = 0, *next = calloc(said->n + 1, sizeof *next);
	for (size_t i = 0; i < said->n; i++) {
		const struct wake *s = &said->v[i];
		if (strcmp(s->kind, kind))
			continue;
		size_t nth = 0, k = 0;
		for (size_t b = 0; b < i; b++)
			nth += !strcmp(said->v[b].kind, kind) && said->v[b].waiter == s->waiter;
		for (; k < told->n && (told->v[k].waiter != s->waiter || nth--); k++)
			;
		++*count;
		wrong += k == told->n || told->v[k].waker != s->waker;
	}
	free(next);
	return wrong;
}

static void check_kind(const struct model *m, const struct wakes *s, const char *kind, size_t most_wrong)
{
	struct wakes t = told(m, kind);
	size_t count = 0, wrong = differences(s, &t, kind, &count);
	cr_expect_leq(wrong, most_wrong, "%s: %zu of %zu are not what was said; %zu told", kind, wrong, count, t.n);
	cr_expect_gt(count, 0, "%s", kind);
	vec_free(&t);
}

/* No gate is of the same thread, nor later than what it ended, by more than clocks differ. */
static void check_times(const struct model *m)
{
	for (size_t i = 0; i < m->acts.v.n; i++) {
		const struct act *a = &m->acts.v.v[i], *gate = acts_gate(&m->acts, a);
		if (!gate)
			continue;
		cr_expect_neq(gate->thread, a->thread);
		cr_expect_leq(gate->kind == ACT_END || gate->kind == ACT_READ ? gate->end : gate->start, a->end + 1000, "%s by %s",
			act_kind_name(a->kind), act_kind_name(gate->kind));
	}
}

static void check_model(struct model *m, const char *text, const char *const *kinds, size_t most_wrong)
{
	struct wakes s = said(text);
	for (; *kinds; kinds++)
		check_kind(m, &s, *kinds, most_wrong);
	check_times(m);
	vec_free(&s);
	model_free(m);
}

static void check(struct run *r, const char *text, const char *const *kinds, size_t most_wrong)
{
	check_model(model_of_dumps((const char *const *)r->dump, r->dump_count), text, kinds, most_wrong);
	run_free(r);
}

static struct run *recorded(const char *program, const char *what)
{
	struct run *r = run((struct run_how){ .preload = true }, ARGV(target(program), what));
	cr_assert_eq(r->status, 0, "%s %s: %s", program, what, r->err);
	return r;
}

static void check_threads(const char *what, const char *kind)
{
	struct run *r = recorded("wakes_threads", what);
	check(r, r->out, ARGV(kind), 0);
}

static void check_io(const char *what, const char *const *kinds, size_t most_wrong)
{
	struct run *r = recorded("wakes_io", what);
	check(r, r->err, kinds, most_wrong);
}

Test(wakes, a_mutex_comes_from_whom_its_next_owner_says)    { check_threads("lock", "ACQUIRE"); }
Test(wakes, a_signal_comes_from_whom_the_waiter_says)       { check_threads("cond", "COND_WAIT"); }
Test(wakes, a_broadcast_comes_from_whom_the_waiters_say)    { check_threads("broadcast", "COND_WAIT"); }
Test(wakes, tokens_come_from_whom_the_waiter_says)          { check_threads("sem", "SEM_WAIT"); }
Test(wakes, a_barrier_is_opened_by_whom_the_others_say)     { check_threads("barrier", "BARRIER"); }
Test(wakes, a_join_waits_for_the_thread_that_it_joins)
{
	struct run *r = recorded("wakes_threads", "join");
	check(r, r->out, ARGV("JOIN", "BEGIN"), 0);
}

/* Of two threads that begin to write at the same moment it is not told which was first. */
Test(wakes, what_a_pipe_brings_is_from_its_writer)          { check_io("pipe", ARGV("READ"), 2); }
Test(wakes, what_a_socketpair_brings_is_from_its_writer)    { check_io("socketpair", ARGV("READ"), 2); }
Test(wakes, what_an_eventfd_tells_is_from_its_writer)       { check_io("eventfd", ARGV("READ"), 0); }
Test(wakes, poll_is_ended_by_the_writer_of_what_came)       { check_io("poll", ARGV("POLL"), 0); }
Test(wakes, epoll_is_ended_by_the_writer_of_what_came)      { check_io("epoll", ARGV("POLL"), 0); }
Test(wakes, unix_sockets_connect_processes)                 { check_io("unix", ARGV("READ"), 0); }
Test(wakes, loopback_connects_processes)                    { check_io("tcp", ARGV("READ"), 0); }
Test(wakes, what_a_fifo_brings_is_from_its_writer)          { check_io("fifo", ARGV("READ"), 0); }
Test(wakes, a_child_begins_by_its_fork_and_ends_its_wait)   { check_io("fork", ARGV("BEGIN", "READ", "CHILD"), 0); }

Test(wakes, a_pipeline_of_a_shell_is_followed_from_program_to_program)
{
	glob_t found;
	char *line = format("%s write | %s pass | %s read", target("wakes_io"), target("wakes_io"), target("wakes_io"));
	struct run *r = run((struct run_how){ .preload = false }, ARGV(analyzer(), "record", "-o", "out", "--", "sh", "-c", line));
	char *pattern = format("%s/out/*.hpd*", r->work);
	cr_assert_eq(glob(pattern, 0, NULL, &found), 0, "%s", pattern);
	struct model *m = model_of_dumps((const char *const *)found.gl_pathv, found.gl_pathc);
	check_model(m, r->err, ARGV("READ"), 0);
	globfree(&found);
	free(pattern);
	free(line);
	run_free(r);
}
