/* Questions, from their words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dump/ops.h"
#include "table/what_if.h"
#include "util/parse.h"
#include "util/similar.h"
#include "util/text.h"

static const char kinds[] = "function path lock io sleep cpus";
static const char changes[] = "hold contention split rw";

struct reader { struct what_if_question *q; struct arena *arena; struct expr_error *error; const char *s; size_t n; };

static int fail(struct reader *r, size_t at, size_t end, const char *format, ...) __attribute__((format(printf, 4, 5)));
static int fail(struct reader *r, size_t at, size_t end, const char *format, ...)
{
	va_list list;

	r->error->at = at;
	r->error->end = end > at ? end : at + 1;
	va_start(list, format);
	vsnprintf(r->error->text, sizeof(r->error->text), format, list);
	va_end(list);
	return -1;
}

static bool has_kind(const char *s, size_t n, const char *kind)
{
	return strlen(kind) == n && !memcmp(s, kind, n);
}

bool what_if_is_question(const char *word)
{
	size_t n = strcspn(word, ":=");
	char kind[16];

	if (!word[n] || !strchr(word, '='))
		return false;
	if (n < sizeof(kind)) {
		memcpy(kind, word, n);
		kind[n] = '\0';
		if (!strchr(kind, ' ') && n && strstr(kinds, kind))
			return true;
	}
	return access(word, F_OK) != 0;
}

/* The last character `c` before `end` that is not in quotes; `end`: there is none. */
static size_t last_of(const char *s, size_t from, size_t end, char c)
{
	size_t found = end;
	bool quoted = false;

	for (size_t i = from; i < end; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == c && !quoted)
			found = i;
	}
	return found;
}

static int read_name(struct reader *r, size_t at, size_t end)
{
	char *name = arena_alloc(r->arena, end - at + 1), *to = name;

	for (size_t i = at; i < end; i++)
		if (r->s[i] != '"')
			*to++ = r->s[i];
	*to = '\0';
	r->q->name = name;
	r->q->name_at = at;
	r->q->name_end = end;
	return *name ? 0 : fail(r, at, end, "a name is missing; it may be a glob");
}

static int read_factor(struct reader *r, size_t at)
{
	long double value;

	r->q->value_at = at;
	if (parse_decimal(r->s + at, &value) || value > 1000)
		return fail(r, at, r->n, "'%s' is no factor: a number from 0, which removes it, over 1, as it is, to 1000", text_shown(r->s + at));
	r->q->factor = (double)value;
	return 0;
}

static int read_parts(struct reader *r, size_t at, uint64_t most, const char *what)
{
	uint64_t value = 0;

	r->q->value_at = at;
	if (parse_count(r->s + at, most, &value) || !value)
		return fail(r, at, r->n, "'%s' is no number of %s, from 1 to %u", text_shown(r->s + at), what, (unsigned)most);
	r->q->parts = (uint32_t)value;
	return 0;
}

static int read_only(struct reader *r, size_t at, const char *value, const char *why)
{
	r->q->value_at = at;
	return strcmp(r->s + at, value) ? fail(r, at, r->n, "only %s is known: %s", value, why) : 0;
}

/* NAME.CHANGE=VALUE */
static int read_lock(struct reader *r, size_t at, size_t equals)
{
	size_t dot = last_of(r->s, at, equals, '.');
	const char *change = r->s + dot + 1, *like;
	size_t n = equals - dot - 1;
	char word[32] = "";

	if (dot == equals)
		return fail(r, at, equals, "what of the lock? .hold=F, .contention=0, .split=K or .rw=1 behind its name");
	if (read_name(r, at, dot))
		return -1;
	if (has_kind(change, n, "hold")) {
		r->q->kind = ASK_HOLD;
		return read_factor(r, equals + 1);
	}
	if (has_kind(change, n, "contention")) {
		r->q->kind = ASK_CONTENTION;
		return read_only(r, equals + 1, "0", "nobody waits for it");
	}
	if (has_kind(change, n, "split")) {
		r->q->kind = ASK_SPLIT;
		return read_parts(r, equals + 1, 64, "locks");
	}
	if (has_kind(change, n, "rw")) {
		r->q->kind = ASK_RW;
		return read_only(r, equals + 1, "1", "who only reads does not wait for others that do");
	}
	memcpy(word, change, n < sizeof(word) ? n : sizeof(word) - 1);
	like = similar_word(changes, word);
	return fail(r, dot + 1, equals, "of a lock there are .hold=F, .contention=0, .split=K and .rw=1%s%s%s", like ? "; did you mean '" : "", like ? like : "", like ? "'?" : "");
}

static bool is_op(const char *s, size_t n)
{
	for (unsigned i = 0; i < OPS_COUNT; i++)
		if (op_table[i].name && has_kind(s, n, op_table[i].name))
			return true;
	return false;
}

/* PATH=F or PATH:OP=F: a colon may be the path's own, what stands behind it tells. */
static int read_io(struct reader *r, size_t at, size_t equals)
{
	size_t colon = last_of(r->s, at, equals, ':');

	r->q->kind = ASK_IO;
	if (colon != equals && is_op(r->s + colon + 1, equals - colon - 1)) {
		r->q->op = arena_strndup(r->arena, r->s + colon + 1, equals - colon - 1);
		r->q->op_at = colon + 1;
	} else {
		colon = equals;
	}
	return read_name(r, at, colon) ? -1 : read_factor(r, equals + 1);
}

static int unknown(struct reader *r, size_t n)
{
	char word[32] = "";
	const char *like;

	memcpy(word, r->s, n < sizeof(word) ? n : sizeof(word) - 1);
	like = similar_word(kinds, word);
	return fail(r, 0, n, "what is to be different? function:NAME=F, path:A;B=F, lock:NAME.hold=F, io:PATH=F, sleep:NAME=F or cpus=N%s%s%s",
	            like ? "; did you mean '" : "", like ? like : "", like ? "'?" : "");
}

int what_if_parse(struct what_if_question *q, struct arena *arena, const char *text, struct expr_error *error)
{
	struct reader r = { q, arena, error, text, strlen(text) };
	size_t n = strcspn(text, ":="), equals = last_of(text, 0, r.n, '=');

	*q = (struct what_if_question){ .text = text };
	if (has_kind(text, n, "cpus")) {
		q->kind = ASK_CPUS;
		return text[n] == '=' ? read_parts(&r, n + 1, 65536, "processors") : fail(&r, n, n + 1, "how many? cpus=N");
	}
	if (text[n] != ':')
		return unknown(&r, n);
	if (equals == r.n)
		return fail(&r, r.n, r.n, "by how much? A factor behind '=': 0 removes it, 0.5 halves it");
	if (has_kind(text, n, "lock"))
		return read_lock(&r, n + 1, equals);
	if (has_kind(text, n, "io"))
		return read_io(&r, n + 1, equals);
	q->kind = has_kind(text, n, "function") ? ASK_FUNCTION : has_kind(text, n, "path") ? ASK_PATH : ASK_SLEEP;
	if (q->kind == ASK_SLEEP && !has_kind(text, n, "sleep"))
		return unknown(&r, n);
	return read_name(&r, n + 1, equals) ? -1 : read_factor(&r, equals + 1);
}
