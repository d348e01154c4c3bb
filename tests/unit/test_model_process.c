/* Processes and threads: who began whom, and how they ended. */
#include "model_of.h"

#include <string.h>

static const struct thread *thread(const struct model *m, uint32_t tid)
{
	static const struct thread none;
	for (size_t i = 0; i < m->threads.v.n; i++)
		if (m->threads.v.v[i].tid == tid)
			return &m->threads.v.v[i];
	return &none;
}

Test(model_process, an_end_record_is_an_exit_with_its_status)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 5000), dw_end(w, HP_END_EXIT, 3);
	struct model *m = model_of(w);
	const struct process *p = &m->processes.v.v[0];
	cr_expect_eq(p->end, PROCESS_EXIT);
	cr_expect(p->has_status);
	cr_expect_eq(p->exit_status, 3);
	cr_expect_eq(p->maxrss_bytes, 1024 * 1024);
	cr_expect_eq(m->duration_ns, 5000);
	cr_expect_eq(m->recorder.events, 0);
	model_free(m);
}

Test(model_process, abort_and_silence_mean_killed)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 5000), dw_end(w, HP_END_ABORT, 6);
	struct model *m = model_of(w);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_KILLED);
	cr_expect(!m->processes.v.v[0].has_status);
	model_free(m);

	w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_release(w, 0x1000);
	m = model_of(w);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_KILLED);
	model_free(m);
}

Test(model_process, an_exec_is_an_end_unless_its_thread_goes_on)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_exec(w, "/bin/next");
	struct model *m = model_of(w);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_EXEC);
	cr_expect_str_eq(m->processes.v.v[0].exec_path, "/bin/next");
	model_free(m);

	w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_exec(w, "/bin/nowhere");
	dw_at(w, 110), dw_record(w, HP_R_EXEC_FAILED, 0, 2, 2);
	m = model_of(w);
	cr_expect_eq(m->processes.v.v[0].end, PROCESS_KILLED);
	cr_expect_eq(m->recorder.events, 1);
	model_free(m);
}

Test(model_process, forked_children_are_processes_of_their_own)
{
	struct dump_writer *w = dw_new();
	dw_meta(w), dw_process(w, DW_PID, 0, "/bin/app");
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 0);
	for (unsigned i = 0; i < 40; i++) {
		dw_child(w, 5000 + i, 9, 5000 + i);
		dw_at(w, 1000 + 100 * i), dw_process(w, 5000 + i, DW_PID, "");
		dw_at(w, 1050 + 100 * i), dw_alloc(w, 0x7000, 8, 0);
		dw_at(w, 1060 + 100 * i), dw_end(w, HP_END_RAW_EXIT, (int)i);
	}
	struct model *m = model_of(w);
	cr_assert_eq(m->processes.v.n, 41);
	cr_expect_eq(m->processes.v.v[40].parent, 0);
	cr_expect_eq(m->processes.v.v[40].exit_status, 39);
	cr_expect_eq(m->processes.v.v[40].start_ns, 4900);
	cr_expect_str_eq(m->processes.v.v[40].exe, "/bin/app");
	cr_expect_eq(m->memory.live_blocks, 41, "each has its own 0x7000");
	cr_expect_eq(m->memory.lost_frees, 0);
	cr_expect_eq(m->recorder.damage, 0);
	model_free(m);
}

Test(model_process, a_pid_used_again_is_another_process)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID), dw_at(w, 100), dw_alloc(w, 0x7000, 8, 0);
	for (unsigned i = 0; i < 2; i++) {
		dw_child(w, 5000, 9 + i, 5000);
		dw_at(w, 1000 + 100 * i), dw_process(w, 5000, DW_PID, "");
		dw_at(w, 1050 + 100 * i), dw_alloc(w, 0x7000, 8, 0);
		dw_at(w, 1060 + 100 * i), dw_end(w, HP_END_RAW_EXIT, (int)i);
	}
	struct model *m = model_of(w);
	cr_assert_eq(m->processes.v.n, 3);
	cr_expect_eq(m->processes.v.v[1].exit_status, 0);
	cr_expect_eq(m->processes.v.v[2].exit_status, 1);
	model_free(m);
}

Test(model_process, threads_know_who_created_them_and_unseen_ones_count)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_thread_info(w, 1, DW_PID, 0x1000, "app");
	dw_at(w, 1500), dw_thread_info(w, 2, DW_PID + 1, 0x2000, "worker");
	dw_at(w, 9500), dw_thread_info(w, 3, DW_PID + 2, 0x2000, "again");
	dw_thread(w, 1, DW_PID);
	dw_at(w, 1000), dw_create(w, 0x2000, 0);
	dw_at(w, 2000), dw_create(w, 0x3000, 0);
	dw_at(w, 3000), dw_create(w, 0x4000, 11);
	dw_at(w, 9000), dw_create(w, 0x2000, 0);
	dw_at(w, 20000), dw_release(w, 0x1);
	dw_thread(w, 2, DW_PID + 1);
	dw_at(w, 1500), dw_alloc(w, 0x7000, 8, 0);
	dw_at(w, 1600), dw_thread_end(w, 77);
	dw_thread(w, 3, DW_PID + 2);
	dw_at(w, 9500), dw_alloc(w, 0x8000, 8, 0);
	struct model *m = model_of(w);
	const struct thread *first = thread(m, DW_PID + 1), *second = thread(m, DW_PID + 2), *unseen = thread(m, 0);
	cr_expect_eq(m->processes.v.v[0].threads, 4);
	cr_expect_eq(first->created_by, 0);
	cr_expect_eq(first->start_ns, 1000);
	cr_expect_eq(first->end_ns, 1600);
	cr_expect_eq(first->cpu_ns, 77);
	cr_expect_str_eq(first->name, "worker");
	cr_expect_eq(second->created_by, 0);
	cr_expect_eq(second->start_ns, 9000);
	cr_expect_eq(second->end_ns, 20000);
	cr_expect_eq(unseen->start_ns, 2000);
	model_free(m);
}

Test(model_process, what_a_thread_does_after_its_end_is_still_its_own)
{
	struct dump_writer *w = dw_new();
	dw_meta(w), dw_thread_info(w, 2, DW_PID + 1, 0x2000, "worker");
	dw_thread(w, 2, DW_PID + 1);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 0);
	dw_at(w, 200), dw_thread_end(w, 0);
	dw_late(w, 2);
	dw_at(w, 300), dw_release(w, 0x7000);
	struct model *m = model_of(w);
	cr_expect_eq(m->memory.free_calls, 1);
	cr_expect_eq(m->memory.live_blocks, 0);
	cr_expect_eq(m->threads.v.n, 1);
	cr_expect_eq(m->recorder.events, 2);
	model_free(m);
}

Test(model_process, what_was_in_progress_at_the_end_is_shown)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_release(w, 0x7000);
	struct hp_slot *s = (void *)((char *)dw_header(w) + HP_SLOTS_OFFSET);
	*s = (struct hp_slot){ .uid = 1, .tid = DW_PID, .pid = DW_PID, .op = HP_OP_MUTEX_LOCK, .object = 0x5000,
		.start = DW_START + 90, .state = HP_SLOT_LIVE, .dropped = 4 };
	struct model *m = model_of(w);
	cr_assert_eq(m->pending.n, 1);
	cr_expect_eq(m->pending.v[0].thread, 0);
	cr_expect_eq(m->pending.v[0].op, HP_OP_MUTEX_LOCK);
	cr_expect_eq(m->pending.v[0].start_ns, 90);
	cr_expect_eq(m->recorder.dropped_events, 4);
	model_free(m);
}

Test(model_process, one_threads_figures_can_be_had_alone)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 0);
	dw_at(w, 300), dw_release(w, 0x8000);
	dw_at(w, 400), dw_enter(w, 0x401000), dw_exit(w);
	dw_thread(w, 2, DW_PID + 1);
	dw_at(w, 200), dw_alloc(w, 0x8000, 100, 0);
	dw_at(w, 250), dw_release(w, 0x7000);
	dw_at(w, 260), dw_enter(w, 0x402000), dw_exit(w);
	struct model *m = model_with(w, &(struct model_options){ .tid = DW_PID + 1 });
	cr_expect_eq(m->memory.alloc_calls, 1);
	cr_expect_eq(m->memory.bytes_allocated, 100);
	cr_expect_eq(m->memory.live_blocks, 0, "freed by the other thread");
	cr_expect_eq(m->functions.nodes.n, 2);
	cr_expect_eq(m->recorder.events, 3);
	model_free(m);
}

Test(model_process, dumps_that_have_nothing_to_do_with_each_other_are_refused)
{
	const char *paths[2] = { dump_path_of(0), dump_path_of(1) };
	struct model *m;
	struct dump_error e;
	for (unsigned i = 0; i < 2; i++) {
		struct dump_writer *w = dw_new();
		dw_header(w)->dump_id[0] = (uint8_t)(i + 1);
		dw_write(w, paths[i]);
		dw_free_writer(w);
	}
	cr_expect_eq(model_open(&m, paths, 2, NULL, &e), DUMP_E_UNRELATED);
	cr_expect_null(m);
	unlink(paths[0]), unlink(paths[1]);
}

Test(model_process, a_childs_own_dump_goes_on_where_its_piece_ends)
{
	const char *paths[2] = { dump_path_of(0), dump_path_of(1) };
	struct dump_writer *w = dw_new();
	struct model *m;
	struct dump_error e;
	dw_thread(w, 1, DW_PID), dw_at(w, 100), dw_alloc(w, 0x7000, 8, 0);
	dw_child(w, 5000, 9, 5000);
	dw_at(w, 1000), dw_process(w, 5000, DW_PID, "");
	dw_at(w, 1100), dw_alloc(w, 0x8000, 8, 0);
	dw_write(w, paths[0]);
	dw_free_writer(w);

	w = dw_new();
	struct hp_header *h = dw_header(w);
	h->pid = 5000, h->ppid = DW_PID, h->dump_id[0] = 2, h->parent_id[0] = 1;
	h->start.monotonic += 2000, h->start.ticks += 2000, h->start.realtime += 2000;
	dw_child(w, 5000, 1, 5000);  /* pid and tid of the child */
	dw_at(w, 3000), dw_release(w, 0x8000);
	dw_at(w, 3100), dw_end(w, HP_END_EXIT, 0);
	((struct hp_r_owner *)(void *)((char *)dw_header(w) + HP_CHUNK_BYTES + 64))->flags = 0;
	dw_write(w, paths[1]);
	dw_free_writer(w);

	cr_assert_eq(model_open(&m, paths, 2, NULL, &e), 0, "%s", e.text);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	cr_expect_eq(m->processes.v.n, 2);
	cr_expect_eq(m->threads.v.n, 2);
	cr_expect_eq(m->memory.free_calls, 1, "the block that it got in the first dump");
	cr_expect_eq(m->memory.unknown_frees, 0);
	cr_expect_eq(m->processes.v.v[1].end, PROCESS_EXIT);
	model_free(m);
	unlink(paths[0]), unlink(paths[1]);
}

Test(model_process, a_child_without_room_for_its_end_has_it_in_its_last_segments_beginning)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x1000, 8, 0);
	for (uint32_t i = 1; i <= 2; i++) {
		dw_child(w, DW_PID + i, 1, DW_PID + i);
		dw_at(w, 200), dw_process(w, DW_PID + i, DW_PID, "");
		dw_at(w, 300), dw_alloc(w, 0x2000, 8, 0);
	}
	size_t n;
	uint32_t *words = (uint32_t *)(uintptr_t)dw_bytes(w, &n);
	for (size_t i = 0; i + 8 <= n / 4; i++)
		if (words[i] == hp_word(HP_R_OWNER, 0, 0) && words[i + 2] == DW_PID + 1)
			words[i + 5] |= HP_OWNER_EXITED | (uint32_t)-3 << HP_OWNER_STATUS_SHIFT;
	struct model *m = model_of(w);
	cr_assert_eq(m->processes.v.n, 3);
	cr_expect_eq(m->processes.v.v[1].end, PROCESS_EXIT);
	cr_expect_eq(m->processes.v.v[1].exit_status, -3);
	cr_expect_eq(m->processes.v.v[2].end, PROCESS_KILLED);
	model_free(m);
}

Test(model_process, a_child_that_moved_to_a_dump_of_its_own_goes_on_there)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x1000, 8, 0);
	dw_child(w, DW_PID + 1, 1, DW_PID + 1);
	dw_at(w, 200), dw_process(w, DW_PID + 1, DW_PID, "");
	dw_at(w, 300), dw_alloc(w, 0x2000, 8, 0);
	dw_child(w, DW_PID + 2, 1, DW_PID + 2);
	dw_at(w, 210), dw_process(w, DW_PID + 2, DW_PID, "");
	dw_at(w, 310), dw_alloc(w, 0x2000, 8, 0);
	size_t n;
	uint32_t *words = (uint32_t *)(uintptr_t)dw_bytes(w, &n);
	for (size_t i = 0; i + 8 <= n / 4; i++)
		if (words[i] == hp_word(HP_R_OWNER, 0, 0) && words[i + 2] == DW_PID + 1)
			words[i + 5] |= HP_OWNER_MOVED;
	struct model *m = model_of(w);
	cr_assert_eq(m->processes.v.n, 3);
	cr_expect_eq(m->processes.v.v[1].end, PROCESS_MOVED);
	cr_expect_eq(m->processes.v.v[2].end, PROCESS_KILLED);
	model_free(m);
}
