/* io.hints[]: what the figures say in words, each with its evidence. */
#include "table/io_hints.h"

enum { TIME, HINT, PATH, COUNT, OF, BYTES, SOURCE, WHERE, TEXT };
static const struct column columns[] = {
	[TIME]   = { "time_ns", "", UNIT_NS, COLUMN_DATA, FROM(struct io_hint, time_ns) },
	[HINT]   = { "hint", "hint", .flags = COLUMN_WORDS },
	[PATH]   = { "path", "file", .most = 40 },
	[COUNT]  = { "count", "", UNIT_COUNT, COLUMN_DATA, FROM(struct io_hint, count) },
	[OF]     = { "of", "", UNIT_COUNT, COLUMN_DATA, FROM(struct io_hint, of) },
	[BYTES]  = { "bytes", "", UNIT_BYTES, COLUMN_DATA, FROM(struct io_hint, bytes) },
	[SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[WHERE]  = { "stack", "", .flags = COLUMN_DATA },
	[TEXT]   = { "text", "because", .flags = COLUMN_WORDS | COLUMN_WHOLE },
};

/* Its name in words. */
static const char *words(const struct view_input *in, const char *name)
{
	char *text = (char *)(uintptr_t)view_text(in, "%s", name);

	for (char *at = text; *at; at++)
		*at = *at == '_' ? ' ' : *at;
	return text;
}

static void add(const struct view_input *in, struct table *t, const char *name, const struct io_hint *h)
{
	struct cell *c = table_row(t);

	table_fill(t, c, h);
	c[HINT] = cell_name(words(in, name));
	c[PATH] = cell_name(h->path);
	c[TEXT] = cell_name(h->text);
	if (h->stack)
		c[WHERE] = c[SOURCE] = cell_stack(h->stack);
}

static void of_sites(const struct view_input *in, struct table *t)
{
	const struct io_place_files *files = io_place_files(in);
	struct io_hint h;

	for (size_t i = 0; i < in->model->io.places.n; i++) {
#define X(name) if (io_hint_##name(in, &in->model->io.places.v[i], &files[i], &h)) add(in, t, #name, &h);
		IO_SITE_HINTS(X)
#undef X
	}
}

static void of_files(const struct view_input *in, struct table *t)
{
	struct io_hint h;

	for (size_t i = 0; i < in->model->io.files.n; i++) {
#define X(name) if (io_hint_##name(in, &in->model->io.files.v[i], &h)) add(in, t, #name, &h);
		IO_FILE_HINTS(X)
#undef X
	}
}

static void of_polls(const struct view_input *in, struct table *t)
{
	struct io_hint h;

	for (size_t i = 0; i < in->model->io.polls.n; i++) {
#define X(name) if (io_hint_##name(in, &in->model->io.polls.v[i], &h)) add(in, t, #name, &h);
		IO_POLL_HINTS(X)
#undef X
	}
}

struct table *io_hints(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "hints", "Hints", columns);

	of_sites(in, t);
	of_files(in, t);
	of_polls(in, t);
	table_sort(t, "time_ns");
	return t;
}
