#include "util/code.h"

#include <stdbool.h>
#include <string.h>

#include "util/buf.h"

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
	bool behind_operator = false;

	for (size_t i = 0, n; s[i]; i += n) {
		bool word = i == 0 || !is_word(s[i - 1]);

		if (behind_operator && s[i] == ' ' && s[i + 1] == '<') {  /* "operator<< <char>": its template arguments */
			n = 1 + bracket_length(s + i + 1, '<', '>');
			continue;
		}
		behind_operator = (n = operator_length(s + i, word)) != 0;
		if (n || (n = kept_bracket(s + i, out->n == start))) {
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

void code_name(struct buf *out, const char *name)
{
	size_t before = out->n;

	if (strpbrk(name, "(<"))
		shorten(out, name);
	if (out->n == before)
		buf_adds(out, name);
}
