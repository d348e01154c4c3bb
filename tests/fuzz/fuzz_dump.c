/*
 * fuzz_dump.c - opens whatever it is given as a dump, feeds all models, and draws what came of it. Beside what the
 * sanitizers find it must hold that memory is proportional to the file, and that nothing but plain text goes out. Time is
 * bounded by -timeout.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sanitizer/allocator_interface.h>

#include "exports.h"
#include "compared.h"
#include "graphs.h"
#include "packed.h"
#include "render/render.h"
#include "table/event.h"
#include "table/functions.h"
#include "table/info.h"
#include "table/path_graph.h"
#include "table/suppress.h"
#include "table/tree.h"

/* What an analysis may hold at a time: this much for any dump, and so many bytes for each of the file's. */
enum { HEAP_OF_ANY = 8 << 20, HEAP_PER_BYTE = 400, READINGS_OF_EXPORT = 5, COMPARED = 4, TOP = 8, ROWS_A_PIECE = 64, SHOWN = 200, WIDTH = 100 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t heap = (size_t)1 << 40, heap_most;  /* not from 0: blocks from before the count began are freed, too */
static int fds[PACKED_FILES];
static FILE *sink;
static struct packed input;
static struct path_choice choice;  /* of PACKED_GRAPH: there the model is of the whole run */

/* ---- memory ---- */

static void on_malloc(const volatile void *block, size_t bytes)
{
	heap += bytes;
	if (heap > heap_most)
		heap_most = heap;
}

static void on_free(const volatile void *block)
{
	heap -= block ? __sanitizer_get_allocated_size((const void *)block) : 0;
}

static void check_memory(size_t before, size_t data)
{
	size_t used = heap_most - before;
	if (used <= HEAP_OF_ANY + HEAP_PER_BYTE * data)
		return;
	fprintf(stderr, "%zu bytes of memory for a dump with %zu bytes in it\n", used, data);
	abort();
}

/* ---- output ---- */

/* Where all output goes. A byte that a terminal could act on should never get here. */
static ssize_t take_output(void *cookie, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c >= ' ' && c != 0x7f) || c == '\n')
			continue;
		size_t from = i > SHOWN ? i - SHOWN : 0;
		fprintf(stderr, "the output has a byte %#x in it, behind: %.*s\n", c, (int)(i - from), text + from);
		abort();
	}
	return (ssize_t)n;
}

static const struct renderer *renderer(void)
{
	return input.head.flags & PACKED_JSON ? &render_json : &render_text;
}

static void draw(const struct doc *doc)
{
	renderer()->document(&(struct render){ .out = sink, .width = WIDTH }, doc);
	fflush(sink);
}

/* ---- what the commands do ---- */

/* What `tree` draws of a model that has run. */
static void add_trees(const struct view_input *in, struct doc *doc)
{
	for (const struct tree_metric *metric = tree_metrics; metric->name; metric++)
		for (int reverse = 0; reverse < 2; reverse++)
			tree_add(in, doc, &(struct tree_options){ .metric = metric, .reverse = reverse });
	tree_add(in, doc, &(struct tree_options){ .metric = tree_metrics, .function = "*[1-3]" });
}

static void draw_as(const struct renderer *as, const struct doc *doc)
{
	as->document(&(struct render){ .out = sink, .width = WIDTH }, doc);
	fflush(sink);
}

static void draw_compared(const struct doc *doc, int markdown)
{
	draw_as(markdown ? &render_markdown : renderer(), doc);
}

static void draw_checked(const struct doc *doc, int junit)
{
	draw_as(junit ? &render_junit : renderer(), doc);
}

static void report(struct view_input *in, struct doc *doc)
{
	int summary = !!(input.head.flags & PACKED_SUMMARY);
	struct suppressions known = { .none = false };
	model_run((struct model *)in->model, NULL, NULL);
	suppressions_parse(&known, "leak:*7$\nleak:^/bin/*", SUPPRESSION_FILE);
	suppressions_apply(&known, (struct model *)in->model, in->naming);
	in->suppressions = &known;
	in->functions = in->model->options.calls ? &(struct functions_options){ .wall = true, .recent = true, .longest = true } : NULL;
	for (size_t i = 0; views[i]; i++)
		if (!summary || !views[i]->name || !strcmp(views[i]->name, "summary"))
			views[i]->add(in, doc);
	info_add(in, doc);
	if (input.head.flags & PACKED_TREE)
		add_trees(in, doc);
	if (summary)
		doc_cut(doc, TOP);
	draw(doc);
	if (input.head.flags & PACKED_COMPARE) {
		compare_with_itself(in, doc, draw_compared);
		check_some(in, doc, draw_checked);
	}
	if (input.head.flags & PACKED_GRAPH)
		graphs_of(in, &choice, draw);
	suppressions_free(&known);
}

struct list {
	const struct view_input *in;
	const struct doc *doc;
	struct arena arena;
	struct table *table;
	int begun;
};

static void flush_list(struct list *l)
{
	renderer()->piece(&(struct render){ .out = sink, .width = WIDTH }, l->doc, l->table, !l->begun);
	l->begun = 1;
	arena_free(&l->arena);
	l->table = event_table(&l->arena);
}

static int list_event(void *data, const struct model_event *e)
{
	struct list *l = data;
	event_add(l->in, l->table, e);
	if (l->table->row_count == ROWS_A_PIECE)
		flush_list(l);
	return 0;
}

static void list_events(struct view_input *in, struct doc *doc)
{
	struct list l = { .in = in, .doc = doc };
	l.table = event_table(&l.arena);
	model_events((struct model *)in->model, list_event, &l);
	flush_list(&l);
	arena_free(&l.arena);
	draw(doc);
}

/* Names are looked for where there are none: what a dump calls a module must not be opened here. */
static void show(struct model *m)
{
	const struct sym_options symbols = { .sysroot = "/nonexistent" };
	struct arena arena = { 0 };
	struct doc doc;
	doc_init(&doc, &arena);
	struct view_input in = { .model = m, .naming = naming_new(m, &symbols), .arena = &arena, .dumps = "dump" };
	doc.stacks = naming_stacks(in.naming);
	if (input.head.flags & PACKED_EVENTS)
		list_events(&in, &doc);
	else
		report(&in, &doc);
	naming_free(in.naming);
	arena_free(&arena);
}

static unsigned every_call(void *data, uint32_t module, uint64_t offset)
{
	(void)data, (void)module;
	return offset & 1 ? CALLS_RECENT | CALLS_LONGEST : CALLS_LONGEST;
}

static const struct calls_wanted single = { .matches = every_call, .most = TOP, .wall = 1 };

static void analyze(const char *const *paths, unsigned n)
{
	const struct packed_head *h = &input.head;
	struct model_options options = { .parts = MODEL_ALL | MODEL_BLOCKS | MODEL_ACTS };
	struct dump_error error = { 0 };
	struct model *m;
	if (h->flags & PACKED_WINDOW) {
		options.from_ns = h->from_us * 1000ull;
		options.to_ns = h->to_us * 1000ull;
	}
	options.compensate = !!(h->flags & PACKED_COMPENSATE);
	options.crossing = !!(h->flags & PACKED_TREE);
	options.calls = h->flags & PACKED_TREE ? &single : NULL;
	if (h->flags & PACKED_EXPORT) {
		fuzz_export(paths, n, &options, h->to_us);
		return;
	}
	options.per_thread = h->flags & PACKED_TREE && h->flags & PACKED_THREAD;
	if (h->flags & PACKED_SUMMARY)
		options.parts = view_find("summary")->parts;
	choice = (struct path_choice){ .from_ns = options.from_ns, .to_ns = options.to_ns, .steps = h->flags & PACKED_JSON ? 0 : TOP };
	if (h->flags & PACKED_GRAPH) {
		options.parts |= PATH_GRAPH_PARTS;
		options.from_ns = options.to_ns = 0;
	}
	if (model_open(&m, paths, n, &options, &error) == 0) {
		uint32_t last = m->threads.v.n ? m->threads.v.v[m->threads.v.n - 1].tid : 0;
		if (h->flags & PACKED_THREAD)
			*(h->flags & PACKED_GRAPH ? &choice.tid : &m->options.tid) = last;
		show(m);
		model_free(m);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char names[PACKED_FILES][32];
	const char *paths[PACKED_FILES];
	unsigned n = 0;
	size_t bytes = 0;
	packed_read(&input, data, size);
	for (unsigned i = 0; i < PACKED_FILES; i++) {
		size_t of_file = packed_unpack(&input, i, fds[i]);
		flock(fds[i], input.head.flags & PACKED_RUNNING ? LOCK_SH : LOCK_UN);
		if (!of_file)
			continue;
		snprintf(names[i], sizeof names[i], "/proc/self/fd/%d", fds[i]);
		paths[n++] = names[i];
		bytes += of_file;
	}
	size_t before = heap_most = heap;
	analyze(paths, n);
	check_memory(before, bytes * (input.head.flags & PACKED_EXPORT ? READINGS_OF_EXPORT : input.head.flags & PACKED_COMPARE ? COMPARED : 1));
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char buffer[1 << 16];
	for (unsigned i = 0; i < PACKED_FILES; i++)
		fds[i] = memfd_create("dump", MFD_CLOEXEC);
	sink = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = take_output });
	setvbuf(sink, buffer, _IOFBF, sizeof buffer);
	return !__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}
