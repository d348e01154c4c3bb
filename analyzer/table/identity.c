#include "table/identity.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/code.h"

/* The first of these that a table has. */
static const char *const keys[] = { "stack", "site", "path", "name", "exe", "class", "kind", "min" };
static const char *const numbers[] = { "id", "tid", "pid", "min" };
enum { KEYS = sizeof(keys) / sizeof(keys[0]), NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

int identity_column(const struct table *t)
{
	for (size_t i = 0; i < KEYS; i++) {
		int at = table_column(t, keys[i]);

		if (at >= 0)
			return at;
	}
	return -1;
}

static bool glob_matches(const char *text, const char *pattern)
{
	return !strcmp(text, pattern) || !fnmatch(pattern, text, 0);
}

bool identity_name_matches(const char *name, const char *pattern)
{
	struct buf shorter = { 0 };
	bool matches = glob_matches(name, pattern);

	if (matches || !strpbrk(name, "(<"))
		return matches;
	code_name(&shorter, name);
	matches = glob_matches(buf_text(&shorter), pattern);
	if (!matches && shorter.n > 2 && !strcmp(shorter.s + shorter.n - 2, "<>")) {
		shorter.s[shorter.n - 2] = '\0';
		matches = glob_matches(shorter.s, pattern);
	}
	buf_free(&shorter);
	return matches;
}

static bool path_matches(const char *path, const char *pattern)
{
	const char *slash = strrchr(path, '/');

	return glob_matches(path, pattern) || (slash && !strchr(pattern, '/') && glob_matches(slash + 1, pattern));
}

static bool stack_matches(const struct doc *doc, uint64_t stack, const char *pattern)
{
	size_t count = 0;
	const struct frame *frames = stack && doc->stacks.frames ? doc->stacks.frames(doc->stacks.context, stack, &count) : NULL;

	if (!count)
		return !strcmp(pattern, "*");
	for (size_t i = 0; i < count; i++)
		if (identity_name_matches(frames[i].name, pattern))
			return true;
	return false;
}

static bool names_match(const struct names *names, const char *pattern)
{
	for (size_t i = 0; i < names->count; i++)
		if (glob_matches(names->at[i], pattern))
			return true;
	return false;
}

static bool number_matches(int64_t number, const char *pattern)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	return glob_matches(text, pattern);
}

static bool cell_matches(const struct doc *doc, const struct column *column, const struct cell *c, const char *pattern)
{
	switch (c->type) {
	case CELL_NAME:  return !strcmp(column->key, "path") || !strcmp(column->key, "exe") || !strcmp(column->key, "module")
				? path_matches(c->name, pattern) : identity_name_matches(c->name, pattern);
	case CELL_STACK: return stack_matches(doc, c->stack, pattern);
	case CELL_NAMES: return names_match(c->names, pattern);
	case CELL_INT:   return number_matches(c->integer, pattern);
	case CELL_BOOL:  return !strcmp(pattern, c->integer ? "true" : "false");
	case CELL_NULL:  return !strcmp(pattern, "*") || !strcmp(pattern, "null");
	default:         return false;
	}
}

/* "#7" or "7" */
static bool is_numbered(const struct table *t, const struct row *row, const char *pattern)
{
	const char *digits = pattern + (pattern[0] == '#');

	if (!digits[0] || digits[strspn(digits, "0123456789")])
		return false;
	for (size_t i = 0; i < NUMBERS; i++) {
		int at = table_column(t, numbers[i]);

		if (at >= 0 && row->cells[at].type == CELL_INT && number_matches(row->cells[at].integer, digits))
			return true;
	}
	return false;
}

bool identity_matches(const struct doc *doc, const struct table *t, const struct row *row, const char *column, const char *pattern)
{
	int at = column ? table_column(t, column) : identity_column(t);

	if (!column && !strcmp(pattern, "*"))
		return true;
	if (at >= 0 && cell_matches(doc, &t->columns[at], &row->cells[at], pattern))
		return true;
	return !column && is_numbered(t, row, pattern);
}
