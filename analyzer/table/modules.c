/* modules[]: what was loaded, and what names each has. */
#include "table/view.h"

enum { SYMBOLS, BUILD_ID, PATH, NOTE };
static const struct column columns[] = {
	[SYMBOLS]  = { "symbols", "symbols", .unit = UNIT_NONE },
	[BUILD_ID] = { "build_id", "build id", .flags = COLUMN_DATA },
	[PATH]     = { "path", "module", .most = 42 },
	[NOTE]     = { "advice", "advice", .flags = COLUMN_SPARE | COLUMN_WHOLE },
};

static const char *hex(const struct view_input *in, const uint8_t *bytes, uint32_t count)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(in->arena, 2 * (size_t)count + 1);

	for (uint32_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * (size_t)count] = '\0';
	return text;
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "modules", "Modules", columns);

	for (uint32_t i = 0; i < in->model->stacks.modules.n; i++) {
		const struct module *m = &in->model->stacks.modules.v[i];
		const char *note = NULL;
		struct cell *c = table_row(t);

		c[PATH] = cell_name(m->path);
		c[BUILD_ID] = cell_name(m->build_id_bytes ? hex(in, m->build_id, m->build_id_bytes) : NULL);
		c[SYMBOLS] = cell_name(sym_state_name(naming_module(in->naming, i, &note)));
		c[NOTE] = cell_name(note);
	}
	doc_add(doc, t);
}

const struct view view_modules = { .name = "modules", .parts = 0, .add = add };
