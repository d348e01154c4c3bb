/* Running or only ready to run: from samples of threads' CPU clocks, with known answers. */
#include "model_of.h"

enum { MAIN = 1, WORKER = 2, PTHREAD = 0x2000 };

static void sample(struct dump_writer *w, uint64_t ns, uint64_t cpu)
{
	dw_at(w, ns);
	uint32_t *r = dw_record(w, HP_R_CPU, 0, 0, 5);
	r[1] = (uint32_t)dw_ticks(w);
	hp_put64(r + 2, cpu);
}

static void slept(struct dump_writer *w, uint64_t from, uint64_t to)
{
	dw_at(w, to);
	dw_wait(w, HP_OP_NANOSLEEP, to - from, 0, 0, from, 0);
}

/* A worker that is created at 1000. */
static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_thread_info(w, MAIN, DW_PID, 0x1000, "app");
	dw_at(w, 1010), dw_thread_info(w, WORKER, DW_PID + 1, PTHREAD, "worker");
	dw_thread(w, MAIN, DW_PID);
	dw_at(w, 1000), dw_create(w, PTHREAD, 0);
	dw_at(w, 9000), dw_release(w, 0x1);
	dw_thread(w, WORKER, DW_PID + 1);
	return w;
}

static const struct thread *worker(const struct model *m)
{
	for (size_t i = 0; i < m->threads.v.n; i++)
		if (m->threads.v.v[i].tid == DW_PID + 1)
			return &m->threads.v.v[i];
	cr_assert_fail("no worker");
	return NULL;
}

static void is(const struct thread *t, uint64_t cpu, uint64_t running, uint64_t runnable, uint64_t unknown)
{
	cr_expect_eq(t->cpu_ns, cpu, "cpu %llu", (unsigned long long)t->cpu_ns);
	cr_expect_eq(t->running_ns, running, "running %llu", (unsigned long long)t->running_ns);
	cr_expect_eq(t->runnable_ns, runnable, "runnable %llu", (unsigned long long)t->runnable_ns);
	cr_expect_eq(t->unknown_ns, unknown, "unknown %llu", (unsigned long long)t->unknown_ns);
}

Test(model_cpu, what_is_left_of_a_piece_without_its_waits_is_divided_by_the_clock)
{
	struct dump_writer *w = begin();
	slept(w, 1500, 2000), sample(w, 2000, 300);
	slept(w, 2600, 3000), sample(w, 3000, 350);
	dw_at(w, 4000), dw_thread_end(w, 1350);
	struct model *m = model_of(w);
	is(worker(m), 1350, 300 + 50 + 1000, 200 + 550, 0);
	model_free(m);
}

Test(model_cpu, after_the_last_sample_nothing_is_known_but_the_waits)
{
	struct dump_writer *w = begin();
	sample(w, 2000, 1000);
	slept(w, 2600, 3000);
	dw_at(w, 4000), dw_release(w, 0x2);
	struct model *m = model_of(w);
	is(worker(m), 1000, 1000, 0, 9000 - 2000 - 400);
	cr_expect(worker(m)->has_cpu);
	model_free(m);
}

Test(model_cpu, a_clock_that_ran_before_the_recording_says_how_much_it_was_at_most)
{
	struct dump_writer *w = dw_new();
	dw_meta(w), dw_thread_info(w, WORKER, DW_PID + 1, PTHREAD, "worker");
	dw_thread(w, WORKER, DW_PID + 1);
	dw_at(w, 0), dw_release(w, 0x2);
	sample(w, 1000, 300);
	dw_at(w, 2000), dw_thread_end(w, 1300);
	struct model *m = model_of(w);
	is(worker(m), 1000, 1000, 700, 300);
	model_free(m);
}

Test(model_cpu, more_than_there_was_time_between_waits_was_used_in_the_calls)
{
	struct dump_writer *w = begin();
	slept(w, 1500, 2000);
	dw_at(w, 2000), dw_thread_end(w, 700);
	struct model *m = model_of(w);
	is(worker(m), 700, 500, 0, 0);
	model_free(m);
}

Test(model_cpu, a_window_through_a_piece_knows_what_must_have_been)
{
	struct dump_writer *w = begin();
	dw_at(w, 3000), dw_thread_end(w, 1500);
	struct model *m = model_with(w, &(struct model_options){ .from_ns = 2000, .to_ns = 3000 });
	is(worker(m), 500, 500, 0, 500);
	model_free(m);
	w = begin();
	slept(w, 1500, 2200), sample(w, 2200, 100);
	dw_at(w, 3200), dw_thread_end(w, 1100);
	m = model_with(w, &(struct model_options){ .from_ns = 2000, .to_ns = 2700 });
	is(worker(m), 500, 500, 0, 0);
	model_free(m);
}

Test(model_cpu, a_wait_that_is_told_after_the_sample_that_follows_it_belongs_before_it)
{
	struct dump_writer *w = begin();
	sample(w, 1100, 50);
	dw_at(w, 1200), dw_release(w, 0x3);
	uint32_t *r;
	dw_at(w, 2010), r = dw_record(w, HP_R_CPU, 0, 0, 5);
	r[1] = (uint32_t)dw_ticks(w);
	hp_put64(r + 2, 150);
	slept(w, 1300, 2000);
	dw_at(w, 2500), dw_thread_end(w, 150);
	struct model *m = model_of(w);
	is(worker(m), 150, 150, 50 + (210 - 100) + 490, 0);
	model_free(m);
}

Test(model_cpu, a_clock_that_goes_back_or_far_beyond_makes_nothing_negative)
{
	struct dump_writer *w = begin();
	sample(w, 1100, UINT64_MAX);
	sample(w, 1200, 5);
	slept(w, 1100, 1900), slept(w, 1100, 1950);
	dw_at(w, 2500), dw_thread_end(w, UINT64_MAX - 1);
	struct model *m = model_of(w);
	const struct thread *t = worker(m);
	cr_expect_leq(t->running_ns + t->runnable_ns + t->unknown_ns, 1500);
	model_free(m);
}
