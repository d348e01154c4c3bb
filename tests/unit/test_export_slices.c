/* Slices of a stream of events: nested as brackets are, outer before inner, cut at the window, short ones left out. */
#include <criterion/criterion.h>

#include "export/slices.h"
#include "model_of.h"
#include "util/buf.h"

enum { MAIN = 0x1000, INNER = 0x2000, OTHER = 0x3000 };

static struct slices *slices;
static struct buf told;

static const char *name_of(const struct slice *s)
{
	return s->name ? s->name : s->function.offset == MAIN ? "main" : s->function.offset == INNER ? "inner" : "other";
}

static void begin(void *data, uint32_t thread, const struct slice *s)
{
	buf_addf(&told, "%s%s@%llu(", told.n ? " " : "", name_of(s), (unsigned long long)s->start_ns);
}

static void end(void *data, uint32_t thread, uint64_t ns)
{
	buf_addf(&told, " )@%llu", (unsigned long long)ns);
}

static int each(void *data, const struct model_event *e)
{
	slices_event(slices, e);
	return 0;
}

/* Frees the writer. */
static void expect_slices(struct dump_writer *w, struct model_options options, uint64_t min_ns, const char *wanted)
{
	const struct slices_to to = { .begin = begin, .end = end };
	const char *path = dump_path();
	struct dump_error e;
	struct model *m;
	dw_write(w, path);
	dw_free_writer(w);
	cr_assert_eq(model_open(&m, &path, 1, &options, &e), 0, "%s", e.text);
	buf_reset(&told);
	slices = slices_new(slices_window(m), min_ns, &to);
	model_events(m, each, NULL);
	slices_finish(slices);
	slices_free(slices);
	model_free(m);
	unlink(path);
	cr_expect_str_eq(buf_text(&told), wanted, "%s\nis not\n%s", buf_text(&told), wanted);
}

static struct dump_writer *new_thread(void)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	return w;
}

static void enter(struct dump_writer *w, uint64_t ns, uint32_t function) { dw_at(w, ns); dw_enter(w, function); }
static void leave(struct dump_writer *w, uint64_t ns) { dw_at(w, ns); dw_exit(w); }
static void io(struct dump_writer *w, unsigned op, uint64_t start, uint64_t stop)
{
	dw_at(w, stop);
	dw_io(w, op, 3, 10, 0, start, 0);
}

/* main(100..900) with inner(200..300), and a write(400..500) that fwrite(350..600) is around. */
static struct dump_writer *nested(void)
{
	struct dump_writer *w = new_thread();
	enter(w, 100, MAIN);
	enter(w, 200, INNER);
	leave(w, 300);
	io(w, HP_OP_WRITE, 400, 500);
	io(w, HP_OP_FWRITE, 350, 600);
	leave(w, 900);
	return w;
}

Test(export_slices, a_call_that_is_known_after_those_within_it_is_told_before_them)
{
	expect_slices(nested(), (struct model_options){ 0 }, 0, "main@100( inner@200( )@300 fwrite@350( write@400( )@500 )@600 )@900");
}

Test(export_slices, short_ones_are_left_out_and_what_is_around_others_stays)
{
	expect_slices(nested(), (struct model_options){ 0 }, 150, "main@100( fwrite@350( )@600 )@900");
	expect_slices(nested(), (struct model_options){ 0 }, 500, "main@100( )@900");
	expect_slices(nested(), (struct model_options){ 0 }, 801, "");
}

Test(export_slices, a_window_cuts_what_lies_across_its_edges)
{
	expect_slices(nested(), (struct model_options){ .from_ns = 250, .to_ns = 450 }, 0,
	              "main@250( inner@250( )@300 fwrite@350( write@400( )@450 )@450 )@450");
	expect_slices(nested(), (struct model_options){ .from_ns = 650 }, 0, "main@650( )@900");
}

Test(export_slices, what_begins_or_ends_in_the_same_ns_is_nested_as_it_happened)
{
	struct dump_writer *w = new_thread();
	enter(w, 100, MAIN);
	enter(w, 100, INNER);
	io(w, HP_OP_READ, 100, 200);
	leave(w, 200);
	enter(w, 200, OTHER);
	leave(w, 200);
	leave(w, 200);
	expect_slices(w, (struct model_options){ 0 }, 0, "main@100( inner@100( read@100( )@200 )@200 other@200( )@200 )@200");
}

Test(export_slices, calls_that_never_return_end_with_their_thread)
{
	struct dump_writer *w = new_thread();
	enter(w, 100, MAIN);
	enter(w, 200, INNER);
	io(w, HP_OP_READ, 300, 400);
	expect_slices(w, (struct model_options){ 0 }, 0, "main@100( inner@200( read@300( )@400 )@400 )@400");
}

Test(export_slices, calls_that_were_cut_end_there)
{
	struct dump_writer *w = new_thread();
	enter(w, 100, MAIN);
	enter(w, 200, INNER);
	enter(w, 300, OTHER);
	dw_at(w, 400);
	dw_record(w, HP_R_FN_CUT, 0, 0, 3)[2] = 2;
	leave(w, 500);
	expect_slices(w, (struct model_options){ 0 }, 0, "main@100( inner@200( other@300( )@400 )@400 )@500");
}

Test(export_slices, exits_without_an_entry_are_nothing)
{
	struct dump_writer *w = new_thread();
	leave(w, 100);
	enter(w, 200, MAIN);
	leave(w, 300);
	leave(w, 400);
	expect_slices(w, (struct model_options){ 0 }, 0, "main@200( )@300");
}

Test(export_slices, a_call_of_a_handler_within_a_wait_does_not_turn_the_wait_round)
{
	struct dump_writer *w = new_thread();
	enter(w, 200, INNER);
	leave(w, 300);
	io(w, HP_OP_READ, 100, 400);
	expect_slices(w, (struct model_options){ 0 }, 0, "inner@200( )@300 read@300( )@400");
}

Test(export_slices, many_calls_in_a_row_are_told_in_order)
{
	struct dump_writer *w = new_thread();
	struct buf wanted = { 0 };
	for (uint64_t i = 0; i < 200; i++) {
		io(w, HP_OP_WRITE, 100 * i + 100, 100 * i + 150);
		buf_addf(&wanted, "%swrite@%llu( )@%llu", i ? " " : "", (unsigned long long)(100 * i + 100), (unsigned long long)(100 * i + 150));
	}
	expect_slices(w, (struct model_options){ 0 }, 0, buf_text(&wanted));
	buf_free(&wanted);
}
