#include "exports.h"

#include <stdio.h>
#include <stdlib.h>

#include "export/export.h"
#include "util/alloc.h"

enum { READINGS = 4 };

struct readings {
	const char *const          *paths;
	unsigned                    n, opened;
	const struct model_options *options;
	struct { struct view_input in; struct model *m; struct arena arena; } v[READINGS];
};

/* Names are looked for where there are none. */
static const struct view_input *open_one(struct export *e, unsigned parts, const struct model_watch *watch)
{
	const struct sym_options symbols = { .sysroot = "/nonexistent" };
	struct readings *r = e->caller;
	struct model_options options = *r->options;
	struct dump_error error = { 0 };
	unsigned i = r->opened;

	options.parts = parts;
	options.watch = watch;
	options.per_thread = 0;  /* `tree` alone asks for it */
	if (i == READINGS || model_open(&r->v[i].m, r->paths, r->n, &options, &error))
		return NULL;
	r->v[i].in = (struct view_input){ .model = r->v[i].m, .naming = naming_new(r->v[i].m, &symbols), .arena = &r->v[i].arena, .dumps = "dump" };
	return &r->v[r->opened++].in;
}

static struct model *model_of(const struct view_input *in)
{
	return (struct model *)(uintptr_t)in->model;
}

static void run_one(struct export *e, const struct view_input *in)
{
	model_run(model_of(in), NULL, NULL);
}

static void stream_one(struct export *e, const struct view_input *in, int (*each)(void *, const struct model_event *), void *data)
{
	model_events(model_of(in), each, data);
}

static struct slices_window window_of_one(struct export *e, const struct view_input *in)
{
	return slices_window(model_of(in));
}

void fuzz_export(const char *const *paths, unsigned n, const struct model_options *options, uint32_t choice)
{
	struct readings r = { .paths = paths, .n = n, .options = options };
	struct sink sink = { .out = NULL };
	struct export e = { .sink = &sink, .open = open_one, .run = run_one, .stream = stream_one, .window = window_of_one, .caller = &r };
	unsigned formats = 0;

	while (exporters[formats])
		formats++;
	e.format = exporters[choice % formats];
	e.max_bytes = choice / formats % 4 ? UINT64_C(100) << (choice / formats % 16) : 0;
	e.min_ns = e.format->slices && choice & 0x10000 ? 1000 : 0;
	e.table = e.format->tables && choice & 0x20000 ? "events" : NULL;
	e.format->write(&e);
	if (e.max_bytes && sink.bytes > e.max_bytes) {
		fprintf(stderr, "%s: %llu bytes, the limit is %llu\n", e.format->name, (unsigned long long)sink.bytes, (unsigned long long)e.max_bytes);
		abort();
	}
	buf_free(&e.left_out);
	buf_free(&e.error);
	while (r.opened--) {
		naming_free(r.v[r.opened].in.naming);
		model_free(r.v[r.opened].m);
		arena_free(&r.v[r.opened].arena);
	}
}
