#include "util/parse.h"

#include <stddef.h>
#include <string.h>

struct unit { const char *name; uint64_t factor; };

/* A decimal number as whole + fraction / 10^18. The rest of the text follows in *end. */
struct number { uint64_t whole, fraction; const char *end; };

__extension__ typedef unsigned __int128 uint128;

#define FRACTION_ONE UINT64_C(1000000000000000000)

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int parse_number(const char *text, struct number *n)
{
	uint64_t weight = FRACTION_ONE / 10;

	*n = (struct number){ .end = text };
	if (!is_digit(*text) && !(*text == '.' && is_digit(text[1])))
		return -1;
	for (; is_digit(*n->end); n->end++)
		if (__builtin_mul_overflow(n->whole, (uint64_t)10, &n->whole)
		    || __builtin_add_overflow(n->whole, (uint64_t)(*n->end - '0'), &n->whole))
			return -1;
	if (*n->end != '.')
		return 0;
	for (n->end++; is_digit(*n->end); n->end++, weight /= 10)
		n->fraction += weight * (uint64_t)(*n->end - '0');
	return 0;
}

/* `units` ends with a NULL name; a unit is looked up by its whole name. */
static int parse_with_units(const char *text, const struct unit *units, uint64_t *out)
{
	struct number n;
	uint64_t value, part;

	if (parse_number(text, &n) < 0)
		return -1;
	while (units->name && strcmp(units->name, n.end) != 0)
		units++;
	if (!units->name || __builtin_mul_overflow(n.whole, units->factor, &value))
		return -1;
	part = (uint64_t)((uint128)n.fraction * units->factor / FRACTION_ONE);
	if (__builtin_add_overflow(value, part, &value))
		return -1;
	*out = value;
	return 0;
}

int parse_count(const char *text, uint64_t max, uint64_t *out)
{
	struct number n;

	if (!is_digit(*text) || parse_number(text, &n) < 0 || *n.end || strchr(text, '.') || n.whole > max)
		return -1;
	*out = n.whole;
	return 0;
}

int parse_decimal(const char *text, long double *out)
{
	struct number n;

	if (parse_number(text, &n) < 0 || *n.end)
		return -1;
	*out = (long double)n.whole + (long double)n.fraction / (long double)FRACTION_ONE;
	return 0;
}

int parse_size(const char *text, uint64_t *out)
{
	static const struct unit units[] = {
		{ "", 1 }, { "B", 1 },
		{ "k", 1 << 10 }, { "K", 1 << 10 }, { "KiB", 1 << 10 }, { "kB", 1000 }, { "KB", 1000 },
		{ "M", 1 << 20 }, { "MiB", 1 << 20 }, { "MB", 1000000 },
		{ "G", 1 << 30 }, { "GiB", 1 << 30 }, { "GB", 1000000000 },
		{ "T", UINT64_C(1) << 40 }, { "TiB", UINT64_C(1) << 40 }, { "TB", UINT64_C(1000000000000) },
		{ NULL, 0 },
	};

	return parse_with_units(text, units, out);
}

int parse_duration(const char *text, uint64_t *ns)
{
	static const struct unit units[] = {
		{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 }, { NULL, 0 },
	};

	return parse_with_units(text, units, ns);
}

int parse_time(const char *text, struct parse_time *out)
{
	struct number n;

	*out = (struct parse_time){ .kind = PARSE_TIME_NONE };
	if (text[0] == '@') {
		out->kind = PARSE_TIME_MARK;
		out->mark = text + 1;
		return text[1] ? 0 : -1;
	}
	if (parse_number(text, &n) < 0)
		return -1;
	if (strcmp(n.end, "%") == 0) {
		out->kind = PARSE_TIME_PERCENT;
		out->percent = (double)n.whole + (double)n.fraction / (double)FRACTION_ONE;
		return out->percent <= 100 ? 0 : -1;
	}
	out->kind = PARSE_TIME_NS;
	return parse_duration(text, &out->ns);
}
