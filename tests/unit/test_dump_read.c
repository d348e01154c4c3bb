/* Reading dumps: chunks, segments, times, metadata. */
#include "model_of.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

static struct dump *open_of(struct dump_writer *w)
{
	struct dump *d;
	struct dump_error e = { 0 };
	const char *path = dump_path();
	dw_write(w, path);
	dw_free_writer(w);
	cr_assert_eq(dump_open(&d, path, &e), 0, "%s", e.text);
	return d;
}

/* Times of all events, in the order in which they come. */
static size_t times_of(struct dump *d, uint64_t *ns, size_t max)
{
	struct dump_merge *m = dump_merge_new(&d, 1);
	size_t n = 0;
	for (const struct dump_event *e; (e = dump_merge_next(m)); n++)
		if (n < max)
			ns[n] = e->ns;
	dump_merge_free(m);
	return n;
}

Test(dump_read, threads_are_merged_by_time)
{
	struct dump_writer *w = dw_new();
	for (unsigned i = 0; i < 3000; i++) {
		unsigned t = i * 7919u % 5;
		dw_thread(w, 1 + t, DW_PID + t);
		dw_at(w, 100 * i), dw_release(w, 0x1000 + i);
	}
	struct dump *d = open_of(w);
	uint64_t ns[3000];
	cr_assert_eq(times_of(d, ns, 3000), 3000);
	for (unsigned i = 0; i < 3000; i++)
		cr_assert_eq(ns[i], 100 * i);
	dump_close(d);
}

Test(dump_read, a_threads_chunks_follow_one_another)
{
	struct dump_writer *w = dw_new();
	enum { N = 50000 };
	for (unsigned i = 0; i < N; i++) {
		dw_thread(w, 1 + i % 2, DW_PID + i % 2);
		dw_at(w, 10 * i), dw_alloc(w, 0x1000 + 16 * i, 8, 0);
	}
	struct dump *d = open_of(w);
	static uint64_t ns[N];
	cr_assert_gt(d->threads.v[0]->segments.n, 5);
	cr_assert_eq(times_of(d, ns, N), N);
	for (unsigned i = 0; i < N; i++)
		cr_assert_eq(ns[i], 10 * i);
	cr_expect_eq(d->damage.listed, 0);
	dump_close(d);
}

Test(dump_read, long_pauses_do_not_confuse_short_times)
{
	struct dump_writer *w = dw_new();
	const uint64_t at[] = { 0, 200000000, 400000000, 700000000, 90000000000, 90000000001, 3600000000000 };
	dw_thread(w, 1, DW_PID);
	for (unsigned i = 0; i < 7; i++)
		dw_at(w, at[i]), i % 2 ? dw_enter(w, 0x401000) : dw_release(w, 0x1000);
	struct dump *d = open_of(w);
	uint64_t ns[8];
	cr_assert_eq(times_of(d, ns, 8), 7);
	for (unsigned i = 0; i < 7; i++)
		cr_expect_eq(ns[i], at[i]);
	dump_close(d);
}

Test(dump_read, small_steps_back_within_a_thread_are_put_up_with)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 1000), dw_release(w, 0x1);
	dw_at(w, 900), dw_release(w, 0x2);
	dw_at(w, 1100), dw_release(w, 0x3);
	struct dump *d = open_of(w);
	struct dump_merge *m = dump_merge_new(&d, 1);
	const struct dump_event *e = dump_merge_next(m);
	e = dump_merge_next(m);
	cr_expect_eq(e->ns, 1000);
	cr_expect_eq(e->stamp, 900);
	e = dump_merge_next(m);
	cr_expect_eq(e->ns, 1100);
	cr_expect_eq(dump_merge_regressions(m), 1);
	dump_merge_free(m);
	dump_close(d);
}

Test(dump_read, a_chunk_that_was_handed_on_belongs_to_both_threads)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_release(w, 0x1);
	uint32_t *r = dw_raw(w, 8);
	const uint32_t owner[6] = { hp_word(HP_R_OWNER, 0, 0), 2, DW_PID, DW_PID + 1, 0, 0 };
	memcpy(r, owner, sizeof owner);
	hp_put64(r + 6, DW_START + 200);
	dw_at(w, 300), dw_release(w, 0x2);
	struct dump *d = open_of(w);
	cr_assert_eq(d->threads.n, 2);
	cr_expect_eq(d->threads.v[1]->tid, DW_PID + 1);
	cr_expect_eq(d->threads.v[1]->segments.n, 1);
	dump_close(d);
}

Test(dump_read, torn_records_are_stepped_over_and_counted_but_are_no_damage)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_release(w, 0x1);
	uint32_t *r = dw_raw(w, 5);
	r[0] = hp_word(HP_R_OPEN, HP_R_ALLOC, 5);
	r[1] = 0xffffffff;
	dw_raw(w, 7);
	dw_at(w, 200), dw_release(w, 0x2);
	struct dump *d = open_of(w);
	uint64_t ns[4];
	cr_expect_eq(d->torn_records, 1);
	cr_expect_eq(d->damage.listed, 0);
	cr_expect_eq(times_of(d, ns, 4), 2);
	cr_expect_eq(ns[1], 200);
	dump_close(d);
}

Test(dump_read, variable_records_of_unknown_kinds_are_stepped_over)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100);
	dw_raw(w, 9)[0] = hp_word(0xfc, 0, 9);
	dw_release(w, 0x2);
	struct dump *d = open_of(w);
	uint64_t ns[2];
	cr_expect_eq(d->damage.listed, 0);
	cr_expect_eq(times_of(d, ns, 2), 1);
	dump_close(d);
}

/* The next event must be this one: its kind, time and words from 2 on. */
static void expect_event(struct dump_merge *m, unsigned kind, uint64_t ns, unsigned sub, unsigned arg, const uint32_t *words)
{
	const struct dump_event *e = dump_merge_next(m);
	cr_assert(e);
	cr_assert_eq(e->r.kind, kind, "kind %x instead of %x", e->r.kind, kind);
	cr_expect_eq(e->ns, ns, "%lu ns instead of %lu", (unsigned long)e->ns, (unsigned long)ns);
	cr_expect_eq(hp_word_sub(*e->r.w), sub);
	cr_expect_eq(hp_word_arg(*e->r.w), arg);
	for (unsigned i = 2; words && i < dump_record_words[kind]; i++)
		cr_expect_eq(e->r.w[i], words[i - 2], "word %u is %x instead of %x", i, e->r.w[i], words[i - 2]);
}

Test(dump_read, near_records_come_out_as_what_they_stand_for)
{
	struct dump_writer *w = dw_new();
	const uint64_t a = (uint64_t)DW_NEAR0 << 36 | 0xfffffff0, b = (uint64_t)DW_NEAR1 << 36 | 0xabcdef010;
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc_near(w, HP_OP_MALLOC, a, (1u << HP_NEAR_SIZE_BITS) - 1, 77);
	dw_at(w, 200), dw_alloc_near(w, HP_OP_PVALLOC, b, 0, 0xffffffff);
	dw_at(w, 300), dw_release_near(w, a);
	dw_at(w, 9000000), dw_release_near(w, b);
	dw_at(w, 9000500), dw_io_near(w, HP_OP_WRITE, 4095, 0xfffff, 9000100, 5);
	struct dump *d = open_of(w);
	struct dump_merge *m = dump_merge_new(&d, 1);
	expect_event(m, HP_R_ALLOC, 100, HP_OP_MALLOC, (unsigned)(a >> 32), (uint32_t[]){ (uint32_t)(DW_START + 100), 0x7ffffff, 77 });
	expect_event(m, HP_R_ALLOC, 200, HP_OP_PVALLOC, (unsigned)(b >> 32), (uint32_t[]){ (uint32_t)(DW_START + 200), 0, 0xffffffff });
	expect_event(m, HP_R_FREE, 300, HP_OP_FREE, (unsigned)(a >> 32), (uint32_t[]){ (uint32_t)(DW_START + 300) });
	expect_event(m, HP_R_FREE, 9000000, HP_OP_FREE, (unsigned)(b >> 32), (uint32_t[]){ (uint32_t)(DW_START + 9000000) });
	expect_event(m, HP_R_IO, 9000500, HP_OP_WRITE, 0, (uint32_t[]){ 400, 5, 4095, 0xfffff });
	cr_expect_null(dump_merge_next(m));
	dump_merge_free(m);
	dump_close(d);
}

Test(dump_read, a_release_without_a_name_is_of_the_lock_that_its_thread_took_last)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_lock(w, HP_R_LOCK, 7, 0x1000);
	dw_at(w, 110), dw_lock(w, HP_R_LOCK_SH, 6, 0x1000);      /* readers are released by name */
	dw_thread(w, 2, DW_PID + 1);
	dw_at(w, 120), dw_lock(w, HP_R_LOCK, 8, 0x1000);         /* another thread's */
	dw_thread(w, 1, DW_PID);
	dw_at(w, 130), dw_lock_wait(w, HP_R_LOCK_WAIT, 9, 0, 125, 0);
	dw_at(w, 140), dw_unlock_last(w);
	dw_at(w, 150), dw_lock(w, HP_R_LOCK, 10, 0x1000);
	dw_at(w, 160), dw_lock(w, HP_R_LOCK, 11, 0x1000);
	dw_at(w, 170), dw_lock(w, HP_R_UNLOCK, 10, 0x1000);      /* out of order, by name */
	dw_at(w, 180), dw_unlock_last(w);
	dw_at(w, 190), dw_unlock_last(w);
	dw_at(w, 200), dw_unlock_last(w);                        /* of nothing: says nothing */
	struct dump *d = open_of(w);
	struct dump_merge *m = dump_merge_new(&d, 1);
	static const struct { unsigned kind, lock, ns; } expected[] = {
		{ HP_R_LOCK, 7, 100 }, { HP_R_LOCK_SH, 6, 110 }, { HP_R_LOCK, 8, 120 }, { HP_R_LOCK_WAIT, 9, 130 }, { HP_R_UNLOCK, 9, 140 },
		{ HP_R_LOCK, 10, 150 }, { HP_R_LOCK, 11, 160 }, { HP_R_UNLOCK, 10, 170 }, { HP_R_UNLOCK, 11, 180 }, { HP_R_UNLOCK, 7, 190 },
	};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		expect_event(m, expected[i].kind, expected[i].ns, 0, expected[i].lock, NULL);
	cr_expect_null(dump_merge_next(m));
	dump_merge_free(m);
	dump_close(d);
}

Test(dump_read, an_acquisition_without_a_name_is_of_the_lock_that_its_thread_took_last)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 90), dw_lock_again(w, 0x1000);                  /* of nothing: says nothing */
	dw_at(w, 100), dw_record(w, HP_R_LOCK, 254, 7, 3);
	dw_at(w, 110), dw_unlock_last(w);
	dw_at(w, 120), dw_lock_again(w, 0x1234);
	dw_at(w, 130), dw_lock(w, HP_R_UNLOCK, 7, 0);
	dw_at(w, 140), dw_lock_again(w, 0x5678);
	dw_at(w, 150), dw_unlock_last(w);
	struct dump *d = open_of(w);
	struct dump_merge *m = dump_merge_new(&d, 1);
	static const struct { unsigned kind, seq, ns; uint32_t where; } expected[] = {
		{ HP_R_LOCK, 254, 100, 0 }, { HP_R_UNLOCK, 254, 110, 0 }, { HP_R_LOCK, 255, 120, 0x1234 },
		{ HP_R_UNLOCK, 0, 130, 0 }, { HP_R_LOCK, 0, 140, 0x5678 }, { HP_R_UNLOCK, 0, 150, 0 },
	};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		expect_event(m, expected[i].kind, expected[i].ns, expected[i].seq, 7, &expected[i].where);
	cr_expect_null(dump_merge_next(m));
	dump_merge_free(m);
	dump_close(d);
}

Test(dump_read, metadata_is_all_there)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_process(w, DW_PID, 0, "/bin/app");
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "\1\2\3");
	dw_node(w, 5, 0, 0x7f0000401010);
	dw_thread_info(w, 1, DW_PID, 0x1234, "sixteen letters!");
	dw_lock_def(w, 3, HP_LOCK_KIND_SPIN, 0x9000, 5);
	struct hp_r_cost *c = (void *)dw_record(w, HP_R_COST, 0, 0, 3);
	c->kind = HP_LOCK, c->picoseconds = 12500;
	struct dump *d = open_of(w);
	const struct dump_scope *s = d->scopes.v[0];
	cr_expect_str_eq(s->exe, "/bin/app");
	cr_assert_eq(s->modules.n, 1);
	cr_expect_str_eq(s->modules.v[0].path, "/bin/app");
	cr_expect_eq(s->modules.v[0].build_id_bytes, 3);
	cr_expect_eq(s->nodes.v[0].pc, 0x7f0000401010);
	cr_expect_eq(s->lock_defs.v[0].index, 3);
	cr_expect_str_eq(d->threads.v[0]->name, "sixteen letters");
	cr_expect_eq(d->threads.v[0]->pthread, 0x1234);
	cr_expect_eq(d->costs.n, 1);
	dump_close(d);
}

Test(dump_read, a_sparse_file_of_gigabytes_is_read_in_no_time)
{
	struct dump_writer *w = dw_new();
	struct dump *d;
	struct dump_error e = { 0 };
	const char *path = dump_path();
	uint64_t ns[2];
	dw_thread(w, 1, DW_PID), dw_at(w, 100), dw_release(w, 0x1);
	dw_header(w)->next_chunk = 0xffffffff;  /* as if damaged: it is not trusted */
	dw_write(w, path);
	dw_free_writer(w);
	cr_assert_eq(truncate(path, 16ll << 30), 0);
	cr_assert_eq(dump_open(&d, path, &e), 0);
	cr_expect_eq(times_of(d, ns, 2), 1);
	cr_expect_eq(d->damage.chunks, 1);
	dump_close(d);
	unlink(path);
}

Test(dump_read, a_running_process_is_read_up_to_when_it_was_opened)
{
	struct dump_writer *w = dw_new();
	struct dump_error e = { 0 };
	struct model *m;
	const char *path = dump_path();
	dw_thread(w, 1, DW_PID), dw_at(w, 100), dw_alloc(w, 0x1000, 8, 0);
	dw_thread(w, 2, DW_PID + 1), dw_at(w, 50000000000000000u), dw_release(w, 0x1000);
	dw_write(w, path);
	dw_free_writer(w);
	int lock = open(path, O_RDONLY);
	cr_assert_eq(flock(lock, LOCK_SH), 0);
	cr_assert_eq(model_open(&m, &path, 1, NULL, &e), 0);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_RUNNING);
	cr_expect_eq(m->memory.live_blocks, 1, "the free is of a time that has not come");
	model_free(m);
	close(lock);
	cr_assert_eq(model_open(&m, &path, 1, NULL, &e), 0);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_KILLED);
	cr_expect_eq(m->memory.live_blocks, 0);
	model_free(m);
	unlink(path);
}

Test(dump_read, clocks_that_drift_are_followed)
{
	struct dump_clock c = { 0 };
	struct hp_header h = { .ticks_per_second = 2000000000, .start = { 1000, 5000000000, 1, 1 } };
	for (uint64_t i = 1; i <= 100; i++) {
		uint64_t ticks = 1000 + i * 200000000, ns = 5000000000 + i * 100000000 + i * i * 50;
		clock_sample(&c, &(struct hp_clocks){ ticks, ns, 1, 1 });
	}
	clock_sample(&c, &(struct hp_clocks){ 1000 + 50ull * 200000000 + 7, 99, 1, 1 });  /* nonsense */
	clock_ready(&c, &h);
	for (uint64_t i = 0; i <= 100; i++)
		cr_expect_leq(clock_ns(&c, 1000 + i * 200000000) - (i * 100000000 + i * i * 50) + 2, 4);
	cr_expect_eq(clock_ns(&c, 0), 0);
	cr_expect_leq(clock_ticks(&c, 150000000) - (1000 + 300000000 - 500), 500);
	clock_free(&c);
}
