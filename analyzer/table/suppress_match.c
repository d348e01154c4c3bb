/* suppress_match.c - patterns, and the text that they are read from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/suppress.h"
#include "util/alloc.h"

static const char kind[] = "leak:";

bool suppression_matches(const char *pattern, const char *text)
{
	const char *at = text;
	bool anchored = *pattern == '^', gap = false;

	if (!text || !*text)
		return false;
	for (pattern += anchored; *pattern; ) {
		size_t piece = strcspn(pattern, "*$");
		const char *found;

		if (*pattern == '*') {
			anchored = false;
			gap = true;
			pattern++;
			continue;
		}
		if (*pattern == '$')
			return !*at || gap;
		found = *at ? memmem(at, strlen(at), pattern, piece) : NULL;
		if (!found || (anchored && found != at))
			return false;
		at = found + piece;
		pattern += piece;
		anchored = gap = false;
	}
	return true;
}

static bool add_line(struct suppressions *to, const char *line, size_t length, enum suppression_source source)
{
	size_t blanks = strspn(line, " \t");

	blanks = blanks < length ? blanks : length;
	line += blanks;
	length -= blanks;
	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	if (!length || *line == '#')
		return true;
	if (length < strlen(kind) || memcmp(line, kind, strlen(kind)) != 0)
		return false;
	vec_push(&to->v, (struct suppression){
		.pattern = arena_strndup(&to->arena, line + strlen(kind), length - strlen(kind)), .source = source,
	});
	return true;
}

unsigned suppressions_parse(struct suppressions *to, const char *text, enum suppression_source source)
{
	unsigned line = 0, wrong = 0;

	for (; *text; text += *text == '\n') {
		size_t length = strcspn(text, "\n");

		line++;
		if (!add_line(to, text, length, source) && !wrong)
			wrong = line;
		text += length;
	}
	return wrong;
}

int suppressions_read(struct suppressions *to, const char *path, struct suppression_error *e)
{
	FILE *file = strcmp(path, "none") ? fopen(path, "re") : NULL;
	char *text = NULL;
	size_t room = 0;

	*e = (struct suppression_error){ 0, NULL };
	if (!strcmp(path, "none")) {
		to->none = true;
		return 0;
	}
	if (!file || (getdelim(&text, &room, '\0', file) < 0 && ferror(file)))
		e->text = strerror(errno);
	else if (text)
		e->line = suppressions_parse(to, text, SUPPRESSION_FILE);
	if (e->line)
		e->text = "a line is \"leak:PATTERN\" or a comment that begins with '#'";
	if (file)
		fclose(file);
	free(text);
	return e->text ? -1 : 0;
}

void suppressions_free(struct suppressions *s)
{
	vec_free(&s->v);
	arena_free(&s->arena);
}
