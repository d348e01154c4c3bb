#include "table/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dump/ops.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { TIME, DURATION, PID, TID, KIND, NAME, DETAILS, FUNCTION, OBJECT, OBJECT_NAME, SIZE, RESULT, ERROR, FD, ORDER, TEXT, SOURCE, STACK };
static const struct column columns[] = {
	[TIME]     = { "time_ns", "time", UNIT_STAMP, .least = 13 },
	[DURATION] = { "duration_ns", "took", UNIT_NS, .least = 7 },
	[PID]      = { "pid", "pid", .flags = COLUMN_DATA },
	[TID]      = { "tid", "tid", .least = 7 },
	[KIND]     = { "kind", "kind", .flags = COLUMN_DATA },
	[NAME]     = { "name", "call", .least = 18 },
	[DETAILS]  = { "details", "what", .flags = COLUMN_TEXT, .least = 30, .most = 30 },
	[FUNCTION] = { "function", "function", .flags = COLUMN_DATA },
	[OBJECT]   = { "object", "object", .flags = COLUMN_DATA },
	[OBJECT_NAME] = { "object_name", "name", .flags = COLUMN_DATA },
	[SIZE]     = { "size", "size", UNIT_BYTES, .flags = COLUMN_DATA },
	[RESULT]   = { "result", "result", .flags = COLUMN_DATA },
	[ERROR]    = { "error", "error", .flags = COLUMN_DATA },
	[FD]       = { "fd", "fd", .flags = COLUMN_DATA },
	[ORDER]    = { "order", "order", .flags = COLUMN_DATA },
	[TEXT]     = { "text", "text", .flags = COLUMN_DATA },
	[SOURCE]   = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]    = { "stack", "in", .unit = UNIT_NONE },
};

struct table *event_table(struct arena *arena)
{
	return TABLE_NEW(arena, TABLE_ROWS, "events", NULL, columns);
}

static const char *kind_of(const struct model_event *e)
{
	return e->kind ? kind_name((unsigned)__builtin_ctz(e->kind)) : NULL;
}

static const char *error_of(struct arena *arena, int error)
{
	const char *name = strerrorname_np(error);
	char number[16];

	if (name)
		return name;
	snprintf(number, sizeof(number), "%d", error);
	return arena_strdup(arena, number);
}

static void separate(struct buf *b)
{
	if (b->n)
		buf_addc(b, ' ');
}

/* "fd 3 4.00 KiB = 4096", "64 B at 0x55d0", "queue_lock", "= ENOENT /tmp/x" */
static const char *details(struct arena *arena, const struct model_event *e, const char *object)
{
	struct buf b = { 0 };
	const char *copy;

	if (e->has_fd)
		buf_addf(&b, "fd %" PRId32, e->fd);
	if (e->has_size)
		buf_addf(&b, "%s%s", b.n ? " " : "", fmt_bytes(e->size).s);
	if (object)
		buf_addf(&b, "%s%s", b.n ? " " : "", object);
	else if (e->has_object)
		buf_addf(&b, "%s0x%" PRIx64, b.n ? (e->has_size ? " at " : " ") : "", e->object);
	if (e->error) {
		separate(&b);
		buf_addf(&b, "= %s", error_of(arena, e->error));
	} else if (e->has_result) {
		separate(&b);
		buf_addf(&b, "= %" PRId64, e->result);
	}
	if (e->text_bytes) {
		separate(&b);
		buf_add(&b, e->text, e->text_bytes);
	}
	copy = arena_strdup(arena, buf_text(&b));
	buf_free(&b);
	return copy;
}

/* What is locked or waited for is mostly a variable. */
static const char *object_of(const struct view_input *in, const struct model_event *e)
{
	return e->has_object && e->kind & HP_LOCK ? naming_address(in->naming, e->process, e->object) : NULL;
}

static void set_what(const struct view_input *in, struct arena *arena, struct cell *c, const struct model_event *e)
{
	const char *object = object_of(in, e);

	c[OBJECT_NAME] = cell_name(object);
	if (e->has_function) {
		c[FUNCTION] = cell_name(naming_function(in->naming, e->function.module, e->function.offset).name);
		c[DETAILS] = c[FUNCTION];
	} else {
		c[DETAILS] = cell_name(details(arena, e, object));
	}
	if (e->has_object)
		c[OBJECT] = cell_int(e->object);
	if (e->has_size)
		c[SIZE] = cell_int(e->size);
	if (e->has_result)
		c[RESULT] = cell_signed(e->result);
	if (e->error)
		c[ERROR] = cell_name(error_of(arena, e->error));
	if (e->has_fd)
		c[FD] = cell_signed(e->fd);
	if (e->has_order)
		c[ORDER] = cell_signed(e->order);
	if (e->text_bytes)
		c[TEXT] = cell_name(arena_strndup(arena, e->text, e->text_bytes));
}

void event_add(const struct view_input *in, struct table *t, const struct model_event *e)
{
	struct cell *c = table_row(t);

	c[TIME] = cell_int(e->ns);
	if (e->duration_ns)
		c[DURATION] = cell_int(e->duration_ns);
	c[PID] = cell_int(in->model->processes.v.v[e->process].pid);
	c[TID] = cell_int(in->model->threads.v.v[e->thread].tid);
	c[KIND] = cell_name(kind_of(e));
	c[NAME] = cell_name(e->name);
	set_what(in, t->arena, c, e);
	if (e->stack)
		c[STACK] = c[SOURCE] = cell_stack(e->stack);
}
