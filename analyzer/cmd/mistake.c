#include "cmd/mistake.h"

#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

enum { INDENT = 2 };

static size_t width_of(const char *text, size_t bytes)
{
	struct buf shown = { 0 };
	size_t width;

	text_escape(&shown, text, bytes);
	width = text_width(buf_text(&shown));
	buf_free(&shown);
	return width;
}

void mistake_show(const char *command, const char *from, const char *text, size_t at, size_t end, const char *what)
{
	size_t length = strlen(text), before, marked;
	struct buf line = { 0 };

	at = at < length ? at : length;
	end = end < length ? end : length;
	before = width_of(text, at);
	marked = end > at ? width_of(text + at, end - at) : 1;
	err_warn("%s%s%s: %s", command, from ? ": " : "", from ? text_shown(from) : "", text_shown(what));
	buf_fill(&line, ' ', INDENT);
	text_escape(&line, text, length);
	buf_addc(&line, '\n');
	buf_fill(&line, ' ', INDENT + before);
	buf_addc(&line, '^');
	if (marked > 1)
		buf_fill(&line, '~', marked - 1);
	fprintf(stderr, "%s\n", buf_text(&line));
	buf_free(&line);
}
