#include "render/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "table/table.h"
#include "util/buf.h"
#include "util/text.h"

static const char operator_word[] = "operator";

/* The length of "operator" with its sign or type ("operator<<", "operator()", "operator bool") at `s`, else 0. */
static size_t operator_length(const char *s, bool at_word)
{
	size_t n = sizeof(operator_word) - 1;

	if (!at_word || strncmp(s, operator_word, n))
		return 0;
	if (!strncmp(s + n, "()", 2))
		return n + 2;
	if (s[n] == ' ')
		return n + strcspn(s + n, "(<");
	return n + strspn(s + n, "<>=!+-*/%^&|~,[]");
}

/* The offset behind the bracket that closes the one at `s`; the end of the text when there is none. */
static size_t bracket_length(const char *s, char open, char close)
{
	size_t i = 0;
	int depth = 0;

	for (; s[i]; i++) {
		if (s[i] == open)
			depth++;
		else if (s[i] == close && !(close == '>' && i && s[i - 1] == '-') && --depth == 0)
			return i + 1;
	}
	return i;
}

static bool is_word(char c)
{
	return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A bracket that belongs to the name: "(anonymous namespace)", "<T as Trait>::f", "{lambda(int)#1}". */
static size_t kept_bracket(const char *s, bool at_start)
{
	if (s[0] == '(' && !strncmp(s, "(anonymous", 10))
		return bracket_length(s, '(', ')');
	if (s[0] == '<' && at_start)
		return bracket_length(s, '<', '>');
	return s[0] == '{' ? bracket_length(s, '{', '}') : 0;
}

static void shorten(struct buf *out, const char *s)
{
	size_t start = out->n;

	for (size_t i = 0, n; s[i]; i += n) {
		bool word = i == 0 || !is_word(s[i - 1]);

		if ((n = operator_length(s + i, word)) || (n = kept_bracket(s + i, out->n == start))) {
			buf_add(out, s + i, n);
		} else if (s[i] == '(') {
			n = bracket_length(s + i, '(', ')');
			if (strncmp(s + i + n, "::", 2))
				return;
		} else if (s[i] == '<') {
			n = bracket_length(s + i, '<', '>');
			buf_adds(out, "<>");
		} else if (s[i] == ' ') {  /* what stood before was the result type */
			n = 1;
			out->n = start;
		} else {
			n = 1;
			buf_addc(out, s[i]);
		}
	}
}

void path_name(struct buf *out, const char *name)
{
	struct buf shorter = { 0 };

	if (strpbrk(name, "(<"))
		shorten(&shorter, name);
	else
		buf_adds(&shorter, name);
	if (!shorter.n)
		buf_adds(&shorter, name);
	text_escape(out, shorter.s ? shorter.s : "", shorter.n);
	buf_free(&shorter);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* One frame, and how often it follows itself; with its line when it is the first. */
static size_t add_frame(struct buf *out, const struct frame *frames, size_t count, bool first)
{
	size_t same = 1;

	while (same < count && !strcmp(frames[same].name, frames[0].name))
		same++;
	path_name(out, frames[0].name);
	if (same > 1)
		buf_addf(out, " x%zu", same);
	if (first && frames[0].file) {
		buf_addc(out, ' ');
		text_escape(out, base_name(frames[0].file), strlen(base_name(frames[0].file)));
		buf_addf(out, ":%" PRIu32, frames[0].line);
	}
	return same;
}

/* What is worth showing: without what is not the user's at either end, unless nothing else is there. */
static size_t own_part(const struct frame **frames, size_t count)
{
	size_t first = 0, end = 0;

	while (end < count && (*frames)[end].owner != FRAME_START)
		end++;
	while (end && (*frames)[end - 1].owner != FRAME_OWN)
		end--;
	while (first < end && (*frames)[first].owner != FRAME_OWN)
		first++;
	if (first == end)
		return count;
	*frames += first;
	return end - first;
}

static void add_clipped(struct buf *out, const struct buf *text, size_t room)
{
	text_clip(out, buf_text(text), room);
}

void path_text(struct buf *out, const struct frame *frames, size_t count, size_t room)
{
	static const char more[] = " < ..";
	struct buf line = { 0 };
	size_t used = 0, shown;

	count = own_part(&frames, count);
	if (count) {
		shown = add_frame(&line, frames, count, true);
		add_clipped(out, &line, room);
		used = text_width(buf_text(&line));
		frames += shown;
		count -= shown;
	}
	while (count && used < room) {
		size_t spare;

		buf_reset(&line);
		buf_adds(&line, " < ");
		shown = add_frame(&line, frames, count, false);
		spare = shown < count ? sizeof(more) - 1 : 0;
		if (used + text_width(buf_text(&line)) + spare > room)
			break;
		buf_add(out, line.s, line.n);
		used += text_width(buf_text(&line));
		frames += shown;
		count -= shown;
	}
	if (count && used + sizeof(more) - 1 <= room)
		buf_adds(out, more);
	buf_free(&line);
}
