/* What tests/fuzz found: dumps that no recorder writes, each reduced to what did the harm. */
#include <malloc.h>

#include "model_of.h"
#include "render/render.h"
#include "table/path_graph.h"
#include "table/view.h"
#include "table/what_if.h"

static void check_plain(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		cr_assert(text[i] == '\n' || ((unsigned char)text[i] >= ' ' && text[i] != 0x7f), "byte %#x at %zu", text[i], i);
}

/* The test is ended by a signal then. */
static void must_end_within(unsigned seconds)
{
	alarm(seconds);
}

/* All views, which is where most of it showed, as text. */
static void view_all(struct model *m)
{
	char *text = NULL;
	size_t bytes = 0;
	struct arena arena = { 0 };
	struct doc doc;
	struct render to = { .out = open_memstream(&text, &bytes), .width = 100 };
	doc_init(&doc, &arena);
	const struct view_input in = { .model = m, .naming = naming_new(m, NULL), .arena = &arena, .dumps = "dump" };
	doc.stacks = naming_stacks(in.naming);
	for (size_t i = 0; views[i]; i++)
		views[i]->add(&in, &doc);
	render_text.document(&to, &doc);
	fclose(to.out);
	check_plain(text, bytes);
	free(text);
	naming_free(in.naming);
	arena_free(&arena);
	model_free(m);
}

Test(fuzz, processes_that_started_one_another_have_an_end)
{
	struct dump_writer *w = dw_new();
	dw_child(w, 5000, 1, 5000), dw_process(w, 5000, 6000, "/bin/a");
	dw_child(w, 6000, 1, 6000), dw_process(w, 6000, 5000, "/bin/b");
	struct hp_r_lock_x *x;
	dw_child(w, 6000, 1, 6000), x = (void *)dw_record(w, HP_R_LOCK_X, HP_R_LOCK, HP_LOCK_KIND_MUTEX, sizeof *x / 4);
	hp_put64(x->addr, 0x5000);
	struct model *m = model_of(w);
	for (uint32_t i = 0; i < m->processes.v.n; i++) {
		uint32_t steps = 0;
		for (uint32_t at = i; at != PROCESS_NONE && steps <= m->processes.v.n; at = m->processes.v.v[at].parent)
			steps++;
		cr_assert_leq(steps, m->processes.v.n, "from process %u", i);
	}
	view_all(m);
}

Test(fuzz, no_more_arguments_than_bytes_of_them)
{
	struct dump_writer *w = dw_new();
	dw_meta(w), dw_process(w, DW_PID, 1, "/bin/a");
	struct hp_r_process *r = (void *)dw_record(w, HP_R_PROCESS, 0, 0, sizeof *r / 4 + 3);
	r->strings_bytes = 12;
	memcpy(r + 1, "x\0y\0z\0a\0b\0\0", 12);
	r->argc = UINT32_MAX;
	struct model *m = model_of(w);
	cr_assert_leq(m->processes.v.v[0].argc, m->processes.v.v[0].cmdline_bytes);
	view_all(m);
}

Test(fuzz, a_programs_name_in_the_heading_is_plain)
{
	struct dump_writer *w = dw_new();
	dw_meta(w), dw_process(w, DW_PID, 1, "/bin/\033]0;title\a");
	view_all(model_of(w));
}

Test(fuzz, time_grows_with_the_depth_of_calls_not_with_its_square)
{
	enum { DEPTH = 100000 };
	must_end_within(60);
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	for (unsigned i = 0; i < DEPTH; i++)
		dw_enter(w, 0x401000 + 16 * i);
	struct model *m = model_of(w);
	cr_assert_eq(m->functions.v.n, DEPTH);
	model_free(m);
}

Test(fuzz, samples_of_the_clock_do_not_make_an_impossible_rate)
{
	struct dump_writer *w = dw_new();
	dw_header(w)->ticks_per_second = 0;
	dw_thread(w, 1, DW_PID), dw_at(w, 10), dw_enter(w, 0x401000);
	struct hp_r_clock *r = (void *)dw_record(w, HP_R_CLOCK, 0, 0, sizeof *r / 4);
	hp_put64(r->ticks, UINT64_MAX / 2);
	hp_put64(r->monotonic, DW_START + 1);
	struct model *m = model_of(w);
	cr_assert_leq(m->dumps[0]->clock.rate, 100000000000u);
	view_all(m);
}

/* An index or a descriptor may be any number: tables are no longer than what stands in the dump. */
Test(fuzz, high_numbers_in_many_processes_cost_no_memory)
{
	enum { CHILDREN = 300, MOST_BYTES = 64 << 20 };
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID), dw_io_x(w, HP_OP_OPEN, -1, 65535, 0, 0, "/tmp/a", 6);
	for (unsigned i = 0; i < CHILDREN; i++) {
		dw_child(w, 5000 + i, 1, 5000 + i), dw_process(w, 5000 + i, DW_PID, "");
		dw_at(w, 1000 + i), dw_lock(w, HP_R_LOCK, 65535, 0x401000);
		dw_io_x(w, HP_OP_OPEN, -1, 65534, 0, i, "/tmp/b", 6);
	}
	struct model *m = model_of(w);
	struct mallinfo2 used = mallinfo2();
	cr_assert_leq(used.uordblks + used.hblkhd, MOST_BYTES);
	model_free(m);
}

/* The empty payload stands at the very end of what was read. */
Test(fuzz, an_open_without_a_path)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID), dw_io_x(w, HP_OP_OPENAT, 5, 3, 0, 0, "", 0);
	view_all(model_of(w));
}

/* 60,000 frames in no module, on 250 stacks: as many names, not as many as there are frames on all of them. */
Test(fuzz, deep_stacks_of_unknown_addresses_cost_no_memory)
{
	enum { DEPTH = 60000, STACKS = 250, MOST_BYTES = 256 << 20 };
	must_end_within(60);
	struct dump_writer *w = dw_new();
	dw_meta(w);
	for (unsigned i = 1; i <= DEPTH; i++)
		dw_node(w, i, i - 1, 0x401000 + i);
	dw_thread(w, 1, DW_PID);
	for (unsigned i = 0; i < STACKS; i++)
		dw_alloc(w, 0x1000 + 64 * i, 64, DEPTH - i);
	struct model *m = model_of(w);
	struct naming *n = naming_new(m, NULL);
	struct stack_source source = naming_stacks(n);
	size_t count;
	for (size_t i = 0; i < m->memory.sites.n; i++)
		source.frames(source.context, m->memory.sites.v[i].stack, &count);
	struct mallinfo2 used = mallinfo2();
	cr_assert_leq(used.uordblks + used.hblkhd, MOST_BYTES);
	naming_free(n);
	model_free(m);
}

Test(fuzz, time_grows_with_the_number_of_forks_not_with_its_square)
{
	enum { FORKS = 40000 };
	must_end_within(60);
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	for (unsigned i = 0; i < FORKS; i++) {
		struct hp_r_owner *owner = (void *)dw_record(w, HP_R_OWNER, 0, 0, sizeof *owner / 4);
		*owner = (struct hp_r_owner){ .w = owner->w, .uid = 1, .pid = 10000 + i, .tid = 10000 + i, .flags = HP_OWNER_FORKED };
		hp_put64(owner->ticks, dw_ticks(w));
		dw_process(w, 10000 + i, i ? 9999 + i : DW_PID, "");
		dw_node(w, 1, 0, 0x401000), dw_alloc(w, 0x1000, 64, 1);
	}
	model_free(model_of(w));
}

/* Without files there is no data to be found in them: that is found out once. */
Test(fuzz, modules_without_files_are_looked_at_once)
{
	enum { MODULES = 20000, LOCKS = 20000 };
	must_end_within(60);
	struct dump_writer *w = dw_new();
	char path[32];
	dw_meta(w);
	for (unsigned i = 0; i < MODULES; i++) {
		snprintf(path, sizeof path, "/nonexistent/%u", i);
		dw_module(w, i * 8192ull, i * 8192ull, i * 8192ull + 4096, path, "");
	}
	dw_thread(w, 1, DW_PID);
	for (unsigned i = 0; i < LOCKS; i++)
		hp_put64(dw_record(w, HP_R_LOCK_X, HP_R_LOCK, HP_LOCK_KIND_MUTEX, 8) + 2, 5000 + i * 8192ull);
	struct model *m = model_of(w);
	struct naming *n = naming_new(m, NULL);
	for (uint32_t i = 0; i < m->locks.v.n; i++)
		cr_assert(naming_lock(n, i)[0]);
	naming_free(n);
	model_free(m);
}

/* Two threads in functions, each with calls of a hundred years between acts. */
static struct model *model_of_centuries(void)
{
	enum { ACTS = 5, YEAR_S = 31536000 };
	static const struct model_options options = { .parts = PATH_GRAPH_PARTS };
	struct dump_writer *w = dw_new();
	dw_node(w, 1, 0, 0x401000);
	for (unsigned uid = 1; uid <= 2; uid++) {
		dw_thread(w, uid, DW_PID + uid - 1);
		for (unsigned i = 1; i <= ACTS; i++) {
			dw_at(w, 100ull * YEAR_S * 1000000000 * i / ACTS);
			dw_enter(w, 0x401000);
			dw_wait(w, HP_OP_NANOSLEEP, 1000, 0, 1, dw_ticks(w), 0);
		}
	}
	return model_with(w, &options);
}

Test(fuzz, work_of_centuries_is_neither_a_piece_every_four_seconds_nor_replayed_by_milliseconds)
{
	struct arena arena = { 0 };
	struct doc doc;
	must_end_within(60);
	struct model *m = model_of_centuries();
	for (size_t i = 0; i < m->works->threads.n; i++)
		cr_expect_lt(m->works->threads.v[i].n, 2 * WORK_FULL_MOST);
	const struct view_input in = { .model = m, .naming = naming_new(m, NULL), .arena = &arena, .dumps = "dump" };
	doc_init(&doc, &arena);
	struct what_if *w = what_if_new(&in, 0, 0);
	struct what_if_question q;
	struct expr_error error;
	size_t wrong;
	cr_assert(w);
	cr_assert_eq(what_if_parse(&q, &arena, "cpus=1", &error), 0);
	cr_expect_eq(what_if_ask(w, &q, 1, &doc, &error, &wrong), 0);
	what_if_free(w);
	naming_free(in.naming);
	model_free(m);
	arena_free(&arena);
}
