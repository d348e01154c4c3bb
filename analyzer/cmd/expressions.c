#include "cmd/expressions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/mistake.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

int expressions_add(struct expressions *all, const char *text, const char *from)
{
	struct expr_error error;
	struct expr e;

	if (expr_parse(&e, &all->arena, text, &error)) {
		mistake_show("check", from, text, error.at, error.end, error.text);
		all->mistakes++;
		return -1;
	}
	e.from = from;
	vec_push(all, e);
	return 0;
}

/* Where a line's comment begins, or where it ends. */
static size_t length_of(const char *line)
{
	char quote = 0;
	int brackets = 0;
	size_t i = 0;

	for (; line[i] && line[i] != '\n'; i++) {
		char c = line[i];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '#' && !brackets)
			break;
		else
			brackets += (c == '[') - (c == ']');
	}
	while (i && strchr(" \t\r", line[i - 1]))
		i--;
	return i;
}

static void read_lines(struct expressions *all, FILE *in, const char *path)
{
	char *line = NULL;
	size_t room = 0;
	struct buf place = { 0 };

	for (unsigned long number = 1; getline(&line, &room, in) > 0; number++) {
		size_t length = length_of(line), blanks = strspn(line, " \t");
		const char *from;

		if (blanks >= length)
			continue;
		buf_reset(&place);
		buf_addf(&place, "%s:%lu", path, number);
		from = arena_strdup(&all->arena, buf_text(&place));
		expressions_add(all, arena_strndup(&all->arena, line + blanks, length - blanks), from);
	}
	free(line);
	buf_free(&place);
}

void expressions_read(struct expressions *all, const char *path)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!in)
		err_die("--file %s: %s", text_shown(path), strerror(errno));
	read_lines(all, in, path);
	if (ferror(in))
		err_die("--file %s: %s", text_shown(path), strerror(errno));
	if (in != stdin)
		fclose(in);
}

static bool is_named(const struct expressions *all, const char *view)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->v[i].steps[0].name, view))
			return true;
	return false;
}

/* What processes and the recorder are said to have is worked out by the parts of others: all views are asked, as for unknown keys. */
static bool needs_all(const struct expressions *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (!view_find(all->v[i].steps[0].name) && strcmp(all->v[i].steps[0].name, "modules"))
			return true;
	return false;
}

/* Who waited for what is in `locks`: the call path of a wait. */
bool expressions_want(const void *data, const struct view *v)
{
	const struct expressions *all = data;

	if (!v->name)
		return true;
	if (!strcmp(v->name, "summary"))
		return false;
	return needs_all(all) || is_named(all, v->name) || (!strcmp(v->name, "locks") && is_named(all, "waits"));
}

void expressions_free(struct expressions *all)
{
	vec_free(all);
	arena_free(&all->arena);
}
