/* Views of a model made by hand: what is not known is null, sums and orders are right. */
#include <criterion/criterion.h>

#include "table/summary.h"

static struct model model;
static struct arena arena;
static struct doc doc;
static struct view_input in = { .model = &model, .arena = &arena, .dumps = "x.hpd" };

static void setup(void)
{
	struct process p = { .pid = 10, .ppid = 1, .parent = PROCESS_NONE, .exe = "/bin/app", .host = "", .cwd = "", .cmdline = "app\0-v",
	                     .cmdline_bytes = 7, .argc = 2, .last_ns = 1000, .end = PROCESS_EXIT, .exit_status = 3, .has_status = 1, .threads = 1 };
	struct thread t = { .tid = 10, .created_by = THREAD_NONE, .name = "app", .end_ns = 1000, .wait_ns = { [WAIT_LOCK] = 250 } };

	vec_push(&model.stacks.nodes, (struct stack_node){ .module = MODULE_NONE });
	vec_push(&model.stacks.nodes, (struct stack_node){ .module = MODULE_NONE, .offset = 0x10 });
	vec_push(&model.processes.v, p);
	vec_push(&model.threads.v, t);
	in.naming = naming_new(&model, NULL);
	doc_init(&doc, &arena);
}

static const struct table *view(const char *name, const char *key)
{
	if (name)
		view_find(name)->add(&in, &doc);
	else
		for (size_t i = 0; views[i]; i++)
			if (!views[i]->name)
				views[i]->add(&in, &doc);
	for (size_t i = 0; i < doc.table_count; i++)
		if (doc.tables[i]->key && !strcmp(doc.tables[i]->key, key))
			return doc.tables[i];
	cr_assert_fail("no table %s", key);
	return NULL;
}

static struct cell cell(const struct table *t, size_t row, const char *key)
{
	int column = table_column(t, key);

	cr_assert_geq(column, 0, "no column %s", key);
	cr_assert_lt(row, t->row_count);
	return t->rows[row].cells[column];
}

Test(views, say_who_ran_and_how_it_ended, .init = setup)
{
	const struct table *t = view(NULL, "process");

	cr_assert_eq(cell(t, 0, "pid").integer, 10);
	cr_assert_str_eq(cell(t, 0, "end").name, "exit");
	cr_assert_eq(cell(t, 0, "exit_status").integer, 3);
	cr_assert_eq(cell(t, 0, "host").type, CELL_NULL);
	cr_assert_eq(cell(t, 0, "cmdline").names->count, 2);
	cr_assert_str_eq(cell(t, 0, "cmdline").names->at[1], "-v");
	cr_assert_str_eq(t->note, "pid 10, 1.00 us, 1 thread, exited with status 3");
}

Test(views, leave_the_command_line_out_when_asked_to, .init = setup)
{
	in.no_cmdline = true;
	cr_assert_eq(cell(view(NULL, "process"), 0, "cmdline").type, CELL_NULL);
}

Test(views, shout_only_when_something_was_lost, .init = setup)
{
	cr_assert_null(view(NULL, "recorder")->title);
	model.recorder.dropped_events = 1234;
	model.recorder.stop_reason = HP_STOP_DISK_FULL;
	doc_init(&doc, &arena);
	cr_assert(view(NULL, "recorder")->alarm);
	cr_assert(strstr(view(NULL, "recorder")->note, "1,234 events were dropped"));
}

Test(views, show_runnable_time_only_where_cpu_time_is_known, .init = setup)
{
	struct thread busy = { .tid = 11, .created_by = 0, .start_ns = 100, .end_ns = 1000, .has_cpu = 1, .cpu_ns = 300, .runnable_ns = 600 };
	const struct table *t;

	vec_push(&model.threads.v, busy);
	t = view("threads", "threads");
	cr_assert_eq(cell(t, 0, "cpu_ns").type, CELL_NULL);
	cr_assert_eq(cell(t, 0, "runnable_ns").type, CELL_NULL);
	cr_assert_eq(cell(t, 0, "created_by").type, CELL_NULL);
	cr_assert_eq(cell(t, 1, "runnable_ns").integer, 600);
	cr_assert_eq(cell(t, 1, "created_by").integer, 10);
}

static void add_lock(unsigned kind, uint64_t wait_ns, uint32_t waiter)
{
	uint32_t id = (uint32_t)model.locks.v.n + 1;

	vec_push(&model.locks.v, (struct lock){
		.id = id, .kind = kind, .address = 0x1000, .place.module = MODULE_NONE,
		.all.wait_ns = wait_ns, .all.hold_ns = 5, .first_waiter = waiter, .has_hold = kind != HP_LOCK_KIND_COND,
	});
}

Test(views, put_the_lock_with_the_longest_wait_first_and_name_every_lock, .init = setup)
{
	const struct table *t;

	vec_push(&model.locks.waiters, (struct lock_waiter){ 1, 1, 0, LOCK_NONE, 2, 70 });
	vec_push(&model.locks.holders, (struct lock_holder){ 1, LOCK_NONE, 2, 70 });
	add_lock(HP_LOCK_KIND_COND, 0, LOCK_NONE);
	add_lock(HP_LOCK_KIND_RWLOCK, 70, 0);
	t = view("locks", "locks");
	cr_assert_eq(cell(t, 0, "id").integer, 2);
	cr_assert_str_eq(cell(t, 0, "name").name, "used@0x10");
	cr_assert_eq(cell(t, 0, "read").type, CELL_TABLE);
	cr_assert_eq(cell(cell(t, 0, "waiters").table, 0, "holders").table->row_count, 1);
	cr_assert_str_eq(cell(t, 1, "name").name, "cond@0x1000");
	cr_assert_eq(cell(t, 1, "hold_ns").type, CELL_NULL);
	cr_assert_eq(cell(t, 1, "read").type, CELL_NULL);
}

Test(views, give_no_percentiles_of_nothing, .init = setup)
{
	const struct table *t;

	hist_add(&model.waits.by_class[WAIT_LOCK], 250);
	t = view("waits", "waits");
	cr_assert_eq(t->row_count, WAIT_CLASS_COUNT);
	cr_assert_str_eq(cell(t, 0, "class").name, "lock");
	cr_assert_eq(cell(t, 0, "max_ns").integer, 250);
	cr_assert_eq(cell(t, 1, "p99_ns").type, CELL_NULL);
}

Test(views, list_sizes_and_sites_that_were_used, .init = setup)
{
	const struct table *t;

	model.memory.sizes[7].calls = 2;
	model.memory.sizes[7].bytes = 200;
	vec_push(&model.memory.sites, (struct memory_site){ .stack = 0 });
	vec_push(&model.memory.sites, (struct memory_site){ .stack = 1, .calls = 2, .bytes = 200, .leaked_bytes = 100, .leaked_blocks = 1 });
	t = view("memory", "memory");
	cr_assert_eq(cell(t, 0, "rss_peak_bytes").type, CELL_NULL);
	cr_assert_eq(cell(cell(t, 0, "sizes").table, 0, "min").integer, 64);
	cr_assert_eq(cell(cell(t, 0, "sizes").table, 0, "max").integer, 127);
	cr_assert_eq(cell(t, 0, "sites").table->row_count, 1);
	cr_assert_eq(cell(cell(t, 0, "sites").table, 0, "leaked_bytes").integer, 100);
}

Test(views, charge_time_between_events_to_functions_once_however_deep_they_recurse, .init = setup)
{
	const struct table *t;

	vec_push(&model.stacks.nodes, (struct stack_node){ .parent = 1, .module = MODULE_NONE, .offset = 0x10 });
	vec_push(&model.functions.between, (struct between_node){ 0 });
	vec_push(&model.functions.between, (struct between_node){ .self_ns = 10 });
	vec_push(&model.functions.between, (struct between_node){ .self_ns = 5, .wait_ns = 100 });
	t = view("functions", "functions");
	cr_assert_eq(cell(t, 0, "self_ns").integer + (t->row_count > 1 ? cell(t, 1, "self_ns").integer : 0), 15);
	cr_assert_eq(cell(t, 0, "total_ns").integer, 115);
	cr_assert_eq(cell(t, 0, "calls").type, CELL_NULL);
	cr_assert_str_eq(cell(t, 0, "measured").name, "between events");
}

Test(views, add_up_in_the_summary_to_the_threads_lifetime, .init = setup)
{
	const struct table *t = summary_time(&in, 4);

	cr_assert_eq(t->row_count, 1, "one thread needs no sum");
	cr_assert_float_eq(cell(t, 0, "running_pct").real, 75, 1e-9);
	cr_assert_float_eq(cell(t, 0, "lock_pct").real, 25, 1e-9);
}

Test(views, count_a_call_that_has_not_returned_as_waiting_while_the_process_runs, .init = setup)
{
	struct pending_call stuck = { .thread = 0, .op = HP_OP_MUTEX_LOCK, .start_ns = 600, .stack = 1 };
	const struct table *t;

	vec_push(&model.pending, stuck);
	model.processes.v.v[0].end = PROCESS_RUNNING;
	model.running = 1;
	model.duration_ns = 1000;
	cr_assert_float_eq(cell(summary_time(&in, 4), 0, "lock_pct").real, 65, 1e-9);
	t = summary_pending(&in, 4);
	cr_assert_eq(t->row_count, 1);
	cr_assert_eq(cell(t, 0, "waited_ns").integer, 400);
	model.processes.v.v[0].end = PROCESS_EXIT;
	cr_assert_eq(summary_pending(&in, 4)->row_count, 0, "who ended by himself was stuck in nothing");
}

Test(views, judge_a_part_of_a_recording_by_the_lifetime_within_it, .init = setup)
{
	model.options.from_ns = 500;
	model.options.to_ns = 750;
	cr_assert_eq(cell(summary_time(&in, 4), 0, "life_ns").integer, 250);
	cr_assert_float_eq(cell(summary_time(&in, 4), 0, "lock_pct").real, 100, 1e-9);
}

Test(views, name_the_call_path_on_which_most_of_a_files_time_passed, .init = setup)
{
	struct io_file f = { .path = "log", .kind = "file", .writes = 3, .time_ns = 30, .first_site = 1 };
	const struct table *t;

	vec_push(&model.stacks.nodes, (struct stack_node){ .module = MODULE_NONE, .offset = 0x20 });
	vec_push(&model.io.sites, (struct io_site){ .stack = 1, .next = 2, .calls = 2, .time_ns = 10 });
	vec_push(&model.io.sites, (struct io_site){ .stack = 2, .calls = 1, .time_ns = 20 });
	vec_push(&model.io.files, f);
	t = summary_files(&in, 4);
	cr_assert_eq(cell(t, 0, "stack").stack, 2);
	t = cell(cell(view("io", "io"), 0, "files").table, 0, "sites").table;
	cr_assert_eq(t->row_count, 2);
	cr_assert_eq(cell(t, 0, "time_ns").integer, 20);
}

Test(naming, marks_a_call_path_that_ends_early, .init = setup)
{
	struct stack_source source = naming_stacks(in.naming);
	const struct frame *f;
	size_t count;

	f = source.frames(source.context, 1, &count);
	cr_assert_eq(count, 1);
	model.stacks.nodes.v[1].flags = HP_NODE_STOPPED;
	f = source.frames(source.context, 1, &count);
	cr_assert_eq(count, 2);
	cr_assert_str_eq(f[0].name, "0x10");
	cr_assert_str_eq(f[1].name, "[cut: no unwinding from here]");
	source.frames(source.context, 99, &count);
	cr_assert_eq(count, 0, "a stack that is not there has no frames");
}

Test(top, keeps_the_greatest_in_order_and_nothing_of_no_weight)
{
	struct top t = { .room = 3 };
	static const uint64_t scores[] = { 5, 0, 9, 1, 7, 9 };

	for (uint32_t i = 0; i < 6; i++)
		top_offer(&t, i, scores[i]);
	cr_assert_eq(t.count, 3);
	cr_assert_eq(t.index[0], 2);
	cr_assert_eq(t.index[1], 5);
	cr_assert_eq(t.index[2], 4);
}
