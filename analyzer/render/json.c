/* Documents as JSON: exactly the structure of contract.md, section 2. */
#include <inttypes.h>

#include "render/json_writer.h"
#include "render/render.h"
#include "table/table.h"

struct json {
	struct json_writer  w;
	struct stack_source stacks;
};

static void names(struct json *j, const struct names *list)
{
	json_open_array(&j->w);
	for (size_t i = 0; i < list->count; i++)
		json_string(&j->w, list->at[i]);
	json_close_array(&j->w);
}

static void source_line(struct json *j, const struct frame *f)
{
	struct buf line = { 0 };

	if (!f->file) {
		json_null(&j->w);
		return;
	}
	buf_addf(&line, "%s:%" PRIu32, f->file, f->line);
	json_string(&j->w, buf_text(&line));
	buf_free(&line);
}

static void stack(struct json *j, uint64_t id, bool lines)
{
	size_t count = 0;
	const struct frame *frames = id && j->stacks.frames ? j->stacks.frames(j->stacks.context, id, &count) : NULL;

	json_open_array(&j->w);
	for (size_t i = 0; i < count; i++)
		if (lines)
			source_line(j, &frames[i]);
		else
			json_string(&j->w, frames[i].name);
	json_close_array(&j->w);
}

static void table(struct json *j, const struct table *t);

static void value(struct json *j, const struct column *column, const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:  json_null(&j->w); break;
	case CELL_INT:   json_integer(&j->w, c->integer); break;
	case CELL_REAL:  json_real(&j->w, c->real); break;
	case CELL_BOOL:  json_bool(&j->w, c->integer != 0); break;
	case CELL_NAME:  json_string(&j->w, c->name); break;
	case CELL_NAMES: names(j, c->names); break;
	case CELL_STACK: stack(j, c->stack, column->flags & COLUMN_LINES); break;
	case CELL_TABLE: table(j, c->table); break;
	}
}

static void members(struct json *j, const struct table *t, const struct cell *cells, size_t from)
{
	for (size_t i = from; i < t->column_count; i++) {
		if (t->columns[i].flags & COLUMN_TEXT)
			continue;
		json_key(&j->w, t->columns[i].key);
		value(j, &t->columns[i], &cells[i]);
	}
}

static void object(struct json *j, const struct table *t, const struct cell *cells, size_t from)
{
	json_open_object(&j->w);
	members(j, t, cells, from);
	json_close_object(&j->w);
}

static void map(struct json *j, const struct table *t)
{
	json_open_object(&j->w);
	for (size_t r = 0; r < t->row_count; r++) {
		const struct cell *cells = t->rows[r].cells;

		json_key(&j->w, cells[0].type == CELL_NAME ? cells[0].name : "");
		if (t->column_count == 2)
			value(j, &t->columns[1], &cells[1]);
		else
			object(j, t, cells, 1);
	}
	json_close_object(&j->w);
}

/* Rows in preorder: each leaves its object and its children's array open for the rows below it. */
static void tree(struct json *j, const struct table *t)
{
	uint32_t open = 0;

	json_open_array(&j->w);
	for (size_t r = 0; r <= t->row_count; r++) {
		uint32_t level = r < t->row_count ? t->rows[r].level : 0;

		for (; open > level; open--) {
			json_close_array(&j->w);
			json_close_object(&j->w);
		}
		if (r == t->row_count)
			break;
		json_open_object(&j->w);
		members(j, t, t->rows[r].cells, 0);
		json_key(&j->w, "children");
		json_open_array(&j->w);
		open++;
	}
	json_close_array(&j->w);
}

static void table(struct json *j, const struct table *t)
{
	switch (t->shape) {
	case TABLE_ROWS:
		json_open_array(&j->w);
		for (size_t r = 0; r < t->row_count; r++)
			object(j, t, t->rows[r].cells, 0);
		json_close_array(&j->w);
		break;
	case TABLE_OBJECT:
		if (t->row_count)
			object(j, t, t->rows[0].cells, 0);
		else
			json_null(&j->w);
		break;
	case TABLE_MAP:
		map(j, t);
		break;
	case TABLE_TREE:
		tree(j, t);
		break;
	}
}

/* The members of an object without a key are the document's own. */
static void part(struct json *j, const struct table *t)
{
	if (t->key) {
		json_key(&j->w, t->key);
		table(j, t);
	} else if (t->shape == TABLE_OBJECT && t->row_count) {
		members(j, t, t->rows[0].cells, 0);
	}
}

static void document(const struct render *to, const struct doc *doc)
{
	struct json j = { .stacks = doc->stacks };

	json_begin(&j.w, to->out, to->terminal);
	json_open_object(&j.w);
	if (doc->schema) {
		json_key(&j.w, "schema");
		json_integer(&j.w, doc->schema);
	}
	for (size_t i = 0; i < doc->table_count; i++)
		part(&j, doc->tables[i]);
	json_close_object(&j.w);
	json_next(&j.w);
	json_end(&j.w);
}

static void piece(const struct render *to, const struct doc *doc, const struct table *t, bool first)
{
	struct json j = { .stacks = doc->stacks };

	(void)first;
	json_begin(&j.w, to->out, false);
	for (size_t r = 0; r < t->row_count; r++) {
		object(&j, t, t->rows[r].cells, 0);
		json_next(&j.w);
	}
	json_end(&j.w);
}

const struct renderer render_json = { .name = "json", .document = document, .piece = piece };
