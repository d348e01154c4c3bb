/* The critical path of runs that were made up: what it is, is known. */
#include "expect.h"
#include "graph/path.h"
#include "run_of.h"

enum { A = 1, B, C, D, LOCK = 0, OTHER_LOCK = 1, NOTHING = ACT_NONE };

static struct path *whole(const struct graph *g)
{
	return path_new(g, &(struct path_options){ .thread = THREAD_NONE });
}

static uint64_t of_kind(const struct path *p, unsigned kind)
{
	return p->kind_ns[kind];
}

/* Segments follow one another from the beginning of the window to its end. */
static void expect_whole(const struct path *p)
{
	uint64_t at = p->from_ns, sum = 0;
	for (size_t i = 0; i < p->segments.n; i++) {
		const struct path_segment *s = &p->segments.v[i];
		cr_expect_eq(s->start, at, "segment %zu begins at %llu, not %llu", i, (unsigned long long)s->start, (unsigned long long)at);
		cr_expect_lt(s->start, s->end);
		at = s->end;
	}
	cr_expect_eq(at, p->to_ns);
	for (unsigned k = 0; k < PATH_KIND_COUNT; k++)
		sum += p->kind_ns[k];
	expect(sum, ==, p->to_ns - p->from_ns);
}

static void done(struct run_of *r, struct graph *g, struct path *p)
{
	expect_whole(p);
	path_free(p);
	run_end(r, g);
}

Test(path, of_one_thread_is_all_that_it_did)
{
	struct run_of *r = run_new(1);
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	run_work(r, 0, A, 100);
	run_act(r, 0, ACT_SLEEP, 100, 150, NOTHING, ACT_NONE);
	run_work(r, 0, B, 30);
	run_act(r, 0, ACT_IO, 180, 200, 0, ACT_NONE);
	run_act(r, 0, ACT_END, 220, 220, NOTHING, ACT_NONE);
	struct graph *g = run_graph(r);
	struct path *p = whole(g);
	expect(p->to_ns, ==, 220);
	expect(p->work_ns[A], ==, 100);
	expect(p->work_ns[B], ==, 30);
	expect(p->work_ns[0], ==, 20);
	expect(of_kind(p, PATH_SLEEP), ==, 50);
	expect(of_kind(p, PATH_IO), ==, 20);
	expect(g->unknown_ns, ==, 20);
	expect(g->work_ns, ==, 150);
	expect(p->alone_ns, ==, 150);
	expect(p->idle_ns, ==, 70);
	done(r, g, p);
}

/* The main thread makes two and joins both: the first has 60 to do, the second 100. */
static struct run_of *fork_and_join(void)
{
	struct run_of *r = run_new(3);
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	uint32_t one = run_step(r, 0, A, 10, ACT_CREATE, 10, 1);
	uint32_t two = run_step(r, 0, A, 10, ACT_CREATE, 20, 2);
	run_act(r, 1, ACT_BEGIN, 25, 25, NOTHING, one);
	run_act(r, 2, ACT_BEGIN, 28, 28, NOTHING, two);
	one = run_step(r, 1, B, 60, ACT_END, 85, NOTHING);
	run_work(r, 0, A, 10);
	run_act(r, 0, ACT_JOIN, 30, 90, 1, one);
	two = run_step(r, 2, C, 100, ACT_END, 128, NOTHING);
	run_act(r, 0, ACT_JOIN, 90, 133, 2, two);
	run_step(r, 0, D, 7, ACT_END, 140, NOTHING);
	return r;
}

Test(path, goes_through_the_slower_one_of_two_threads_that_are_joined)
{
	struct run_of *r = fork_and_join();
	struct graph *g = run_graph(r);
	struct path *p = whole(g);
	expect(p->to_ns, ==, 140);
	expect(p->work_ns[A], ==, 20);
	expect(p->work_ns[B], ==, 0);
	expect(p->work_ns[C], ==, 100);
	expect(p->work_ns[D], ==, 7);
	expect(of_kind(p, PATH_START), ==, 8);
	expect(of_kind(p, PATH_HAND_OVER), ==, 5);
	expect(p->threads[2].on_path_ns, ==, 108);
	expect(p->threads[0].slack_ns, ==, 0);
	expect(p->threads[2].slack_ns, ==, 0);
	/* its end at 85 lets the join go on at 90; the other one is waited for up to 128 */
	expect(p->threads[1].slack_ns, ==, 38);
	expect(p->slack_ns[B], ==, 38);
	expect(p->all_ns[B], ==, 60);
	done(r, g, p);
}

Test(path, of_a_thread_that_nobody_waits_for_leaves_it_out)
{
	struct run_of *r = run_new(2);
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	uint32_t make = run_step(r, 0, A, 10, ACT_CREATE, 10, 1);
	run_act(r, 1, ACT_BEGIN, 12, 12, NOTHING, make);
	r->m.threads.v.v[0].tid = r->m.processes.v.v[0].pid;
	run_step(r, 0, A, 100, ACT_END, 110, NOTHING);
	run_step(r, 1, B, 98, ACT_END, 110, NOTHING);
	struct graph *g = run_graph(r);
	struct path *p = whole(g);
	expect(p->to_ns, ==, 110);
	expect(p->work_ns[A], ==, 110);
	expect(p->threads[1].slack_ns, ==, PATH_FREE);
	expect(p->alone_ns, ==, 12);
	done(r, g, p);
}

/* Three threads, each holds the lock for 100, and all came for it at once. */
Test(path, of_a_convoy_blames_the_lock_for_the_holds_and_the_function_that_held_it)
{
	struct run_of *r = run_new(4);
	uint32_t created[3], release = ACT_NONE, ends[3];
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	for (uint32_t i = 0; i < 3; i++)
		created[i] = run_act(r, 0, ACT_CREATE, 0, 0, i + 1, ACT_NONE);
	for (uint32_t i = 0; i < 3; i++)
		run_act(r, i + 1, ACT_BEGIN, 0, 0, NOTHING, created[i]);
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t from = i * 102;
		run_work(r, i + 1, A, 10);
		run_act(r, i + 1, ACT_ACQUIRE, 10, 10 + from, LOCK, release);
		release = run_step(r, i + 1, B, 100, ACT_RELEASE, 110 + from, LOCK);
	}
	for (uint32_t i = 0; i < 3; i++)
		ends[i] = run_step(r, i + 1, C, 20 + 2 * (3 - i) + 202 - i * 100, ACT_END, 338 + i, NOTHING);
	for (uint32_t i = 0; i < 3; i++)
		run_act(r, 0, ACT_JOIN, i ? 340 + i : 0, 341 + i, i + 1, ends[i]);
	run_act(r, 0, ACT_END, 344, 344, NOTHING, ACT_NONE);
	struct graph *g = run_graph(r);
	struct path *p = path_new(g, &(struct path_options){ .thread = 3 });
	expect(p->to_ns, ==, 340);
	expect(p->work_ns[A], ==, 10);
	expect(p->work_ns[B], ==, 300);
	expect(p->locks.v[LOCK].held_ns, ==, 200);  /* nobody waited for what the last one held */
	expect(p->locks.v[LOCK].hand_overs, ==, 2);
	expect(p->locks.v[LOCK].hand_over_ns, ==, 4);
	expect(of_kind(p, PATH_HAND_OVER), ==, 4);
	expect(p->jumps, ==, 2);
	done(r, g, p);
}

/* A posts what B waits for; B has more to do for each than A. */
Test(path, of_a_pipeline_is_its_slow_stage)
{
	struct run_of *r = run_new(2);
	uint32_t posts[4], tokens = 0;
	uint64_t b = 0;
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	run_act(r, 1, ACT_BEGIN, 0, 0, NOTHING, run_act(r, 0, ACT_CREATE, 0, 0, 1, ACT_NONE));
	for (uint64_t t = 1; t <= 200; t++) {
		if (t % 10 == 0 && t <= 40)
			posts[tokens++] = run_step(r, 0, A, 10, ACT_SEM_POST, t, LOCK);
		if (t == 40)
			run_act(r, 0, ACT_END, 40, 40, NOTHING, ACT_NONE);
		if (t % 30 == 12 && t < 120) {  /* 12, 42, 72, 102: after 30 of work each */
			if (b)
				run_work(r, 1, B, (uint32_t)(t - b));
			run_act(r, 1, ACT_SEM_WAIT, b, t, LOCK, posts[t / 30]);
			r->m.acts.v.v[r->m.acts.v.n - 1].start = t == 12 ? 0 : t;
			b = t;
		}
	}
	run_step(r, 1, B, 30, ACT_END, 132, NOTHING);
	struct graph *g = run_graph(r);
	struct path *p = path_new(g, &(struct path_options){ .thread = 1 });
	expect(p->work_ns[B], ==, 120);
	expect(p->work_ns[A], ==, 10);
	expect(of_kind(p, PATH_HAND_OVER), ==, 2);
	expect(p->slack_ns[B], ==, 0);
	done(r, g, p);
}

Test(path, of_a_barrier_goes_on_in_the_last_one_to_arrive)
{
	struct run_of *r = run_new(3);
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	for (uint32_t i = 1; i < 3; i++)
		run_act(r, i, ACT_BEGIN, 0, 0, NOTHING, run_act(r, 0, ACT_CREATE, 0, 0, i, ACT_NONE));
	run_work(r, 0, A, 50);
	run_work(r, 1, B, 80);
	run_work(r, 2, C, 30);
	uint32_t last = (uint32_t)r->m.acts.v.n;
	run_act(r, 1, ACT_BARRIER, 80, 81, LOCK, ACT_NONE);
	run_act(r, 0, ACT_BARRIER, 50, 83, LOCK, last);
	run_act(r, 2, ACT_BARRIER, 30, 84, LOCK, last);
	for (uint32_t i = last; i < last + 3; i++)
		r->m.acts.v.v[i].number = 1;
	run_step(r, 0, D, 10, ACT_END, 93, NOTHING);
	struct graph *g = run_graph(r);
	struct path *p = whole(g);
	expect(p->work_ns[B], ==, 80);
	expect(p->work_ns[D], ==, 10);
	expect(of_kind(p, PATH_HAND_OVER), ==, 3);
	expect(p->slack_ns[A], ==, 30);
	expect(p->slack_ns[C], ==, 50);
	expect(p->slack_ns[B], ==, 0);
	done(r, g, p);
}

Test(path, names_what_was_not_recorded_as_external)
{
	struct run_of *r = run_new(1);
	vec_push(&r->m.io.files, (struct io_file){ .path = "1.2.3.4:80", .kind = "socket" });
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	run_work(r, 0, A, 10);
	run_act(r, 0, ACT_READ, 10, 10010, 0, ACT_NONE);  /* too short to have been waiting */
	run_act(r, 0, ACT_READ, 10010, 60010, 0, ACT_NONE);
	run_act(r, 0, ACT_POLL, 60010, 100010, NOTHING, ACT_NONE);
	run_act(r, 0, ACT_END, 100010, 100010, NOTHING, ACT_NONE);
	struct graph *g = run_graph(r);
	struct path *p = whole(g);
	expect(of_kind(p, PATH_EXTERNAL), ==, 90000);
	expect(of_kind(p, PATH_IO), ==, 10000);
	expect(p->objects.n, ==, 3);
	vec_free(&r->m.io.files);
	done(r, g, p);
}

Test(path, of_a_window_is_what_lies_in_it)
{
	struct run_of *r = fork_and_join();
	struct graph *g = run_graph(r);
	struct path *p = path_new(g, &(struct path_options){ .from_ns = 15, .to_ns = 70, .thread = THREAD_NONE });
	expect(p->work_ns[A], ==, 5);
	expect(of_kind(p, PATH_START), ==, 8);
	expect(p->work_ns[C], ==, 42);
	expect(p->to_ns, ==, 70);
	cr_expect_null(path_new(g, &(struct path_options){ .from_ns = 140, .thread = THREAD_NONE }));
	done(r, g, p);
}

Test(path, of_a_thread_ends_where_that_ends)
{
	struct run_of *r = fork_and_join();
	struct graph *g = run_graph(r);
	struct path *p = path_new(g, &(struct path_options){ .thread = 1 });
	expect(p->to_ns, ==, 85);
	expect(p->work_ns[B], ==, 60);
	expect(p->work_ns[A], ==, 10);
	expect(p->threads[2].slack_ns, ==, PATH_FREE);
	done(r, g, p);
}

Test(path, never_goes_round_in_circles)
{
	struct run_of *r = run_new(2);
	run_act(r, 0, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	run_act(r, 1, ACT_BEGIN, 0, 0, NOTHING, ACT_NONE);
	run_act(r, 0, ACT_JOIN, 10, 50, 1, 3);
	run_act(r, 1, ACT_JOIN, 10, 50, 0, 2);
	run_act(r, 0, ACT_END, 60, 60, NOTHING, ACT_NONE);
	struct graph *g = run_graph(r);
	struct path *p = whole(g);
	expect(p->to_ns, ==, 60);
	done(r, g, p);
}

/* Gates, kinds and times as damaged files could have them. */
Test(path, adds_up_to_the_window_whatever_the_acts_are)
{
	for (unsigned seed = 1; seed <= 300; seed++) {
		srand(seed);
		unsigned threads = 1 + (unsigned)rand() % 5, acts = 1 + (unsigned)rand() % 60;
		uint64_t now = 0;
		struct run_of *r = run_new(threads);
		for (unsigned i = 0; i < acts; i++) {
			now += (unsigned)rand() % 20;
			uint64_t start = now - ((unsigned)rand() % 40 < now ? (unsigned)rand() % 40 % (now + 1) : 0);
			uint32_t gate = rand() % 3 ? (uint32_t)rand() % (acts + 3) : ACT_NONE, thread = (uint32_t)rand() % threads;
			run_work(r, thread, 1 + (uint32_t)rand() % RUN_PATHS, (uint32_t)rand() % 30);
			run_act(r, thread, (unsigned)rand() % ACT_KIND_COUNT, start, now, (uint32_t)rand() % 6, gate);
		}
		struct graph *g = run_graph(r);
		uint64_t from = now ? (uint64_t)rand() % now : 0, pieces = 0;
		for (size_t i = 0; i < g->work.n; i++)
			pieces += g->work.v[i].ns;
		expect(pieces + g->unknown_ns, ==, g->work_ns);
		struct path *p = path_new(g, &(struct path_options){ .from_ns = from, .thread = rand() % 2 ? THREAD_NONE : 0 });
		if (p)
			expect_whole(p);
		path_free(p);
		run_end(r, g);
	}
}
