#include "table/normal.h"

#include <ctype.h>
#include <string.h>

#include "table/identity.h"

/* What compilers append to the name of a function that they made a copy of, or split. */
static const char *const copies[] = { ".isra.", ".constprop.", ".part.", ".cold", ".lto_priv.", ".llvm.", " [clone " };

bool normal_is_place(const char *name)
{
	const char *plus = strstr(name, "+0x");

	return plus && plus[3] && plus[3 + strspn(plus + 3, "0123456789abcdef")] == '\0';
}

static void put_function(struct buf *out, const char *name, enum normal_places places)
{
	if (places == PLACES_KEPT && normal_is_place(name))
		buf_adds(out, name);
	else
		normal_function(out, name);
}

void normal_function(struct buf *out, const char *name)
{
	size_t n = strlen(name);
	const char *cut;

	if (!strncmp(name, "0x", 2)) {
		buf_addc(out, '?');
		return;
	}
	if (normal_is_place(name))
		n = (size_t)(strstr(name, "+0x") - name);
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		if ((cut = strstr(name, copies[i])) && cut != name && (size_t)(cut - name) < n)
			n = (size_t)(cut - name);
	buf_add(out, name, n);
}

void normal_lock(struct buf *out, const char *name)
{
	const char *at = strchr(name, '@'), *plus = at ? strstr(at, "+0x") : NULL;

	if (at && !strncmp(at, "@0x", 3))
		buf_add(out, name, (size_t)(at + 1 - name));
	else if (plus)
		buf_add(out, name, (size_t)(plus - name));
	else
		buf_adds(out, name);
}

static bool is_pid(const struct model *m, uint64_t number)
{
	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].pid == number)
			return true;
	return false;
}

/* A number in a name: how many digits it has. */
static size_t put_number(struct buf *out, const struct model *m, const char *path, size_t at)
{
	uint64_t number = 0;
	size_t n = 0;

	for (; isdigit((unsigned char)path[at + n]); n++)
		number = number * 10 + (uint64_t)(path[at + n] - '0');
	if (at && path[at - 1] == '[' && path[at + n] == ']')
		buf_addc(out, 'N');
	else if (n < 11 && is_pid(m, number))
		buf_adds(out, "PID");
	else
		buf_add(out, path + at, n);
	return n;
}

static bool is_temporary(const char *path)
{
	static const char *const places[] = { "/tmp/", "/var/tmp/", "/dev/shm/", "/run/" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!strncmp(path, places[i], strlen(places[i])))
			return true;
	return false;
}

/* Six letters and digits of which some are capitals or digits, at the end of a part of the path or before a dot: mkstemp's. */
static bool is_random(const char *path, size_t at)
{
	bool mixed = false;
	char end;

	for (size_t i = 0; i < 6; i++) {
		if (!isalnum((unsigned char)path[at + i]))
			return false;
		mixed |= i > 0 && (isupper((unsigned char)path[at + i]) || isdigit((unsigned char)path[at + i]));
	}
	end = path[at + 6];
	return mixed && (end == '\0' || end == '/' || end == '.' || end == ' ');
}

void normal_path(struct buf *out, const struct model *m, const char *path)
{
	bool temporary = is_temporary(path);

	for (size_t i = 0; path[i];) {
		if (temporary && is_random(path, i)) {
			buf_adds(out, "XXXXXX");
			i += 6;
		} else if (isdigit((unsigned char)path[i])) {
			i += put_number(out, m, path, i);
		} else {
			buf_addc(out, path[i++]);
		}
	}
}

void normal_module(struct buf *out, const struct model *m, const char *path)
{
	const char *base = view_base_name(path), *so = strstr(base, ".so");

	if (m->processes.v.n && !strcmp(path, m->processes.v.v[0].exe))
		return;
	buf_add(out, base, so ? (size_t)(so - base) + 3 : strlen(base));
}

void normal_stack(struct buf *out, const struct frame *frames, size_t count, enum normal_places places)
{
	struct buf last = { 0 }, name = { 0 };
	size_t end = 0;

	while (end < count && frames[end].owner != FRAME_START)
		end++;
	while (end-- > 0) {
		buf_reset(&name);
		put_function(&name, frames[end].name, places);
		if (last.n && !strcmp(buf_text(&last), buf_text(&name)))
			continue;
		buf_addf(out, "%s%s", last.n ? ";" : "", buf_text(&name));
		buf_reset(&last);
		buf_adds(&last, buf_text(&name));
	}
	buf_free(&last);
	buf_free(&name);
}

/* A thread that nobody gave another name has the program's, as far as 15 characters go. */
static bool is_main(const struct model *m, const char *name)
{
	return m->processes.v.n && !strncmp(view_base_name(m->processes.v.v[0].exe), name, 15) && name[0];
}

static void put_name(struct buf *out, const struct view_input *in, const struct table *t, const struct row *row, const char *name, enum normal_places places)
{
	int module = table_column(t, "module");

	if (t->key && !strcmp(t->key, "locks")) {
		normal_lock(out, name);
		return;
	}
	if (t->key && !strcmp(t->key, "threads") && is_main(in->model, name))
		return;
	put_function(out, name, places);
	if (module < 0 || row->cells[module].type != CELL_NAME)
		return;
	buf_addc(out, '\x1f');
	normal_module(out, in->model, row->cells[module].name);
}

static void put_stack(struct buf *out, const struct doc *doc, uint64_t stack, enum normal_places places)
{
	size_t count = 0;
	const struct frame *frames = stack && doc->stacks.frames ? doc->stacks.frames(doc->stacks.context, stack, &count) : NULL;

	normal_stack(out, frames, count, places);
}

bool normal_row(struct buf *out, const struct view_input *in, const struct doc *doc, const struct table *t, const struct row *row, enum normal_places places)
{
	int at = identity_column(t);
	const struct cell *c;

	if (at < 0)
		return false;
	c = &row->cells[at];
	if (c->type == CELL_STACK)
		put_stack(out, doc, c->stack, places);
	else if (c->type == CELL_INT)
		buf_addf(out, "%lld", (long long)c->integer);
	else if (c->type == CELL_NAME && (!strcmp(t->columns[at].key, "path") || !strcmp(t->columns[at].key, "exe")))
		normal_path(out, in->model, !strcmp(t->columns[at].key, "exe") ? view_base_name(c->name) : c->name);
	else if (c->type == CELL_NAME)
		put_name(out, in, t, row, c->name, places);
	return true;
}
