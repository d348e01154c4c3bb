/* io.paths[]: what was opened more than once, or looked up by its path again, or in vain. */
#include "dump/ops.h"
#include "table/io_private.h"

#define FILE_FIGURE(field) FROM(struct io_file, field)
enum { TIME, OPENS, FAILED_OPENS, LOOKUPS, FAILED_LOOKUPS, MISSING, PATH, SITES };
static const struct column columns[] = {
	[TIME]           = { "time_ns", "time", UNIT_NS, FILE_FIGURE(path_ns) },
	[OPENS]          = { "opens", "opened", UNIT_COUNT, FILE_FIGURE(path_opens) },
	[FAILED_OPENS]   = { "failed_opens", "in vain", UNIT_COUNT, COLUMN_SPARE, FILE_FIGURE(failed_opens) },
	[LOOKUPS]        = { "lookups", "looked up", UNIT_COUNT, FILE_FIGURE(lookups) },
	[FAILED_LOOKUPS] = { "failed_lookups", "in vain", UNIT_COUNT, COLUMN_SPARE, FILE_FIGURE(failed_lookups) },
	[MISSING]        = { "missing", "not there", UNIT_COUNT, COLUMN_SPARE, FILE_FIGURE(missing) },
	[PATH]           = { "path", "path", .unit = UNIT_NONE },
	[SITES]          = { "sites", "sites", .flags = COLUMN_DATA },
};

enum { SITE_CALLS, SITE_TIME, SITE_OP, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[SITE_CALLS]  = { "calls", "calls", UNIT_COUNT, FROM(struct io_site, calls) },
	[SITE_TIME]   = { "time_ns", "time", UNIT_NS, FROM(struct io_site, time_ns) },
	[SITE_OP]     = { "op", "operation", .unit = UNIT_NONE },
	[SITE_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE_STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

static bool is_by_path(unsigned op)
{
	unsigned class = op_info(op)->class;

	return class == HP_CLASS_OPEN || class == HP_CLASS_PATH;
}

static struct table *sites(const struct view_input *in, const struct io_file *f)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Call paths", site_columns);

	for (uint32_t i = f->first_site; i; i = io->sites.v[i - 1].next) {
		const struct io_site *s = &io->sites.v[i - 1];
		struct cell *c;

		if (s->place >= io->places.n || !is_by_path(io->places.v[s->place].op))
			continue;
		c = table_row(t);
		table_fill(t, c, s);
		c[SITE_OP] = cell_name(op_name(io->places.v[s->place].op));
		c[SITE_STACK] = c[SITE_SOURCE] = cell_stack(s->stack);
	}
	table_sort(t, "calls");
	return t;
}

struct table *io_paths(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "paths", "Opened or looked up again, or in vain", columns);

	for (size_t i = 0; i < in->model->io.files.n; i++) {
		const struct io_file *f = &in->model->io.files.v[i];
		struct cell *c;

		if (f->path_opens + f->lookups < 2 && !f->failed_opens && !f->failed_lookups)
			continue;
		c = table_row(t);
		table_fill(t, c, f);
		c[PATH] = cell_name(f->path);
		c[SITES] = cell_table(sites(in, f));
	}
	table_sort(t, "lookups");
	table_sort(t, "time_ns");
	return t;
}
