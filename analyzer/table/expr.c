#include "table/expr.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/arena.h"
#include "util/parse.h"
#include "util/text.h"

/* In the order of enum expr_op; of two that begin alike the longer one is looked for first. */
static const struct { const char *text; enum expr_op op; } ops[] = {
	{ "<=", EXPR_LE }, { ">=", EXPR_GE }, { "==", EXPR_EQ }, { "!=", EXPR_NE }, { "<", EXPR_LT }, { ">", EXPR_GT },
};
enum { OPS = sizeof(ops) / sizeof(ops[0]) };

struct parser {
	struct expr       *e;
	struct arena      *arena;
	struct expr_error *error;
	const char        *text;
	size_t             at;
};

const char *expr_op_text(enum expr_op op)
{
	for (size_t i = 0; i < OPS; i++)
		if (ops[i].op == op)
			return ops[i].text;
	return "?";
}

static int fail(struct parser *p, size_t at, size_t end, const char *format, ...) __attribute__((format(printf, 4, 5)));
static int fail(struct parser *p, size_t at, size_t end, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(p->error->text, sizeof(p->error->text), format, arguments);
	va_end(arguments);
	p->error->at = at;
	p->error->end = end > at ? end : at + 1;
	return -1;
}

static void skip_blanks(struct parser *p)
{
	while (p->text[p->at] == ' ' || p->text[p->at] == '\t')
		p->at++;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t word_length(const struct parser *p)
{
	size_t n = 0;

	while (is_word(p->text[p->at + n]))
		n++;
	return n;
}

static const char *keep(struct parser *p, size_t from, size_t length)
{
	return arena_strndup(p->arena, p->text + from, length);
}

static int add_step(struct parser *p, struct expr_step step)
{
	if (p->e->step_count == EXPR_STEPS_MOST)
		return fail(p, step.at, step.end, "no key has that many parts");
	p->e->steps[p->e->step_count++] = step;
	return 0;
}

static int parse_member(struct parser *p)
{
	size_t at = p->at, n = word_length(p);

	if (!n)
		return fail(p, at, at, p->text[at] ? "here a key begins, as in memory.peak_bytes" : "a key is missing here, as in memory.peak_bytes");
	p->at += n;
	return add_step(p, (struct expr_step){ .name = keep(p, at, n), .at = at, .end = at + n });
}

/* "text" or 'text'; a backslash stands in front of a quote or of a backslash. The pattern is what is between them. */
static int parse_quoted(struct parser *p, const char **out)
{
	size_t at = p->at, n = 0;
	char quote = p->text[p->at++], *text = arena_alloc(p->arena, strlen(p->text + at) + 1);

	for (; p->text[p->at] != quote; p->at++) {
		if (!p->text[p->at])
			return fail(p, at, at, "this quote is not closed");
		if (p->text[p->at] == '\\' && p->text[p->at + 1] == quote)
			p->at++;
		text[n++] = p->text[p->at];
	}
	p->at++;
	text[n] = '\0';
	*out = text;
	return 0;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* Without quotes: a glob of letters, digits, and what is in names and paths. */
static int parse_bare(struct parser *p, const char **out)
{
	size_t at = p->at, n = strcspn(p->text + at, "]\"'= \t");

	if (!n)
		return fail(p, at, at, "here is said which rows: \"NAME\", COLUMN=\"NAME\" or *");
	p->at += n;
	*out = keep(p, at, n);
	return 0;
}

static int parse_pattern(struct parser *p, const char **out)
{
	skip_blanks(p);
	return is_quote(p->text[p->at]) ? parse_quoted(p, out) : parse_bare(p, out);
}

static int parse_rows(struct parser *p)
{
	struct expr_step step = { .at = p->at++ };

	if (parse_pattern(p, &step.pattern))
		return -1;
	skip_blanks(p);
	if (p->text[p->at] == '=') {
		p->at++;
		step.column = step.pattern;
		if (parse_pattern(p, &step.pattern))
			return -1;
		skip_blanks(p);
	}
	if (p->text[p->at] != ']')
		return fail(p, step.at, step.at, "this bracket is not closed");
	step.end = ++p->at;
	return add_step(p, step);
}

static int parse_key(struct parser *p)
{
	skip_blanks(p);
	if (!strncmp(p->text + p->at, "diff.", 5)) {
		p->e->diff = true;
		p->at += 5;
	}
	if (parse_member(p))
		return -1;
	for (;;) {
		if (p->text[p->at] == '.') {
			p->at++;
			if (parse_member(p))
				return -1;
		} else if (p->text[p->at] == '[') {
			if (parse_rows(p))
				return -1;
		} else {
			return 0;
		}
	}
}

static int parse_op(struct parser *p)
{
	skip_blanks(p);
	for (size_t i = 0; i < OPS; i++) {
		size_t n = strlen(ops[i].text);

		if (strncmp(p->text + p->at, ops[i].text, n))
			continue;
		p->e->op = ops[i].op;
		p->at += n;
		return 0;
	}
	if (!p->text[p->at])
		return fail(p, p->at, p->at, "a comparison is missing here: < <= == != >= > and a value (in a shell, the whole expression in quotes)");
	return fail(p, p->at, p->at, "this is no comparison; there are < <= == != >= >");
}

static long double sign_of(const char *text)
{
	return text[0] == '-' ? -1 : 1;
}

/* A number as text, its blanks before the unit left out. */
static int parse_number(struct parser *p, const char *text, size_t n)
{
	char number[64];
	struct expr *e = p->e;
	uint64_t value;
	size_t digits = strspn(text, "0123456789."), unit = digits;

	while (unit < n && text[unit] == ' ')
		unit++;
	if (!digits || n - unit + digits >= sizeof(number))
		return -1;
	snprintf(number, sizeof(number), "%.*s%.*s", (int)digits, text, (int)(n - unit), text + unit);
	if (unit == n || (unit + 1 == n && text[unit] == '%')) {
		e->unit = unit == n ? UNIT_NONE : UNIT_PERCENT;
		number[digits] = '\0';
		return parse_decimal(number, &e->number);
	}
	if (parse_size(number, &value) == 0)
		e->unit = UNIT_BYTES;
	else if (parse_duration(number, &value) == 0)
		e->unit = UNIT_NS;
	else
		return -1;
	e->number = (long double)value;
	return 0;
}

static const struct { const char *word; enum expr_value type; int number; } words[] = {
	{ "null", EXPR_NULL, 0 }, { "true", EXPR_TRUTH, 1 }, { "false", EXPR_TRUTH, 0 },
};

static int parse_word(struct parser *p, size_t n)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == n && !strncmp(p->text + p->at, words[i].word, n)) {
			p->e->type = words[i].type;
			p->e->number = words[i].number;
			return 0;
		}
	return -1;
}

/* Up to the end of the text. */
static int parse_value(struct parser *p)
{
	size_t n, sign;

	skip_blanks(p);
	p->e->value_at = p->at;
	if (is_quote(p->text[p->at])) {
		p->e->type = EXPR_TEXT;
		if (parse_quoted(p, &p->e->word))
			return -1;
		skip_blanks(p);
		return p->text[p->at] ? fail(p, p->at, strlen(p->text), "nothing may follow the value") : 0;
	}
	n = strlen(p->text + p->at);
	while (n && isspace((unsigned char)p->text[p->at + n - 1]))
		n--;
	if (!n)
		return fail(p, p->at, p->at, "a value is missing here: a number with B, KiB, MiB, GiB, kB, MB, GB, ns, us, ms, s, %% or none; a \"text\"; null");
	if (parse_word(p, n) == 0)
		return 0;
	sign = p->text[p->at] == '+' || p->text[p->at] == '-';
	if (parse_number(p, p->text + p->at + sign, n - sign))
		return fail(p, p->at, p->at + n, "this is no value: a number with B, KiB, MiB, GiB, kB, MB, GB, ns, us, ms, s, %% or none; a \"text\"; null");
	p->e->type = EXPR_NUMBER;
	p->e->number *= sign_of(p->text + p->at);
	return 0;
}

int expr_parse(struct expr *e, struct arena *arena, const char *text, struct expr_error *error)
{
	struct parser p = { .e = e, .arena = arena, .error = error, .text = text };

	*e = (struct expr){ .text = text, .steps = arena_alloc(arena, EXPR_STEPS_MOST * sizeof(*e->steps)) };
	if (parse_key(&p) || parse_op(&p) || parse_value(&p))
		return -1;
	return 0;
}
