/* memory.owners[]: who allocated what whom freed; and memory.suppressions[]. */
#include "table/memory.h"
#include "table/suppress.h"

enum { BYTES, BLOCKS_OF, GOT_BY, FREED_BY, GOT_NAME, FREED_NAME };
static const struct column columns[] = {
	[BYTES]      = { "bytes", "bytes", UNIT_BYTES, FROM(struct memory_owner, bytes) },
	[BLOCKS_OF]  = { "blocks", "blocks", UNIT_COUNT, FROM(struct memory_owner, blocks) },
	[GOT_BY]     = { "allocated_by", "", .flags = COLUMN_DATA },
	[FREED_BY]   = { "freed_by", "", .flags = COLUMN_DATA },
	[GOT_NAME]   = { "allocator", "allocated by", .flags = COLUMN_TEXT },
	[FREED_NAME] = { "freer", "freed by", .flags = COLUMN_TEXT },
};

static struct cell tid_of(const struct model *m, uint32_t thread)
{
	return thread != THREAD_NONE ? cell_int(m->threads.v.v[thread].tid) : CELL_UNKNOWN;
}

static struct cell name_of(const struct view_input *in, uint32_t thread, const char *nobody)
{
	const struct thread *t;

	if (thread == THREAD_NONE)
		return cell_name(nobody);
	t = &in->model->threads.v.v[thread];
	return cell_name(view_text(in, "%u %s", t->tid, t->name));
}

struct table *memory_owners(const struct view_input *in)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "owners", "Who freed whose blocks", columns);

	for (size_t i = 0; i < m->owners.n; i++) {
		const struct memory_owner *o = &m->owners.v[i];
		struct cell *c;

		if (!o->blocks)
			continue;
		c = table_row(t);
		table_fill(t, c, o);
		c[GOT_BY] = tid_of(in->model, o->got_by);
		c[FREED_BY] = tid_of(in->model, o->freed_by);
		c[GOT_NAME] = name_of(in, o->got_by, "others");
		c[FREED_NAME] = name_of(in, o->freed_by, o->got_by == THREAD_NONE ? "others" : "nobody");
	}
	table_sort(t, "blocks");
	table_sort(t, "bytes");
	return t;
}

enum { SUPPRESSED_BYTES, SUPPRESSED_BLOCKS, PATTERN, FROM_WHERE };
static const struct column suppression_columns[] = {
	[SUPPRESSED_BYTES]  = { "bytes", "bytes", UNIT_BYTES, FROM(struct suppression, bytes) },
	[SUPPRESSED_BLOCKS] = { "blocks", "blocks", UNIT_COUNT, FROM(struct suppression, blocks) },
	[PATTERN]           = { "pattern", "pattern", .unit = UNIT_NONE },
	[FROM_WHERE]        = { "source", "from", .unit = UNIT_NONE },
};

/* All that were given, and those of the built-in ones that were of use. */
struct table *memory_suppressions(const struct view_input *in)
{
	static const char *const sources[] = {
		[SUPPRESSION_FILE] = "file", [SUPPRESSION_PROGRAM] = "program", [SUPPRESSION_BUILTIN] = "built in",
	};
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "suppressions", "Suppressed", suppression_columns);

	for (size_t i = 0; in->suppressions && i < in->suppressions->v.n; i++) {
		const struct suppression *s = &in->suppressions->v.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[PATTERN] = cell_name(s->pattern);
		c[FROM_WHERE] = cell_name(sources[s->source]);
	}
	table_sort(t, "bytes");
	return t;
}
