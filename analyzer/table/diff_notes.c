/* What of two sides cannot be compared, and why; and what to beware of in the rest. */
#include <stdarg.h>
#include <string.h>

#include "dump/ops.h"
#include "table/diff_private.h"
#include "table/recorded.h"
#include "util/buf.h"
#include "util/fmt.h"

struct noting { struct diff *d; struct arena *arena; };

static void note(const struct noting *n, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(const struct noting *n, const char *format, ...)
{
	struct buf text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	buf_addv(&text, format, arguments);
	va_end(arguments);
	vec_push(&n->d->notes, arena_strdup(n->arena, buf_text(&text)));
	buf_free(&text);
}

static const char *side_name(enum side side)
{
	return side == SIDE_OLD ? "old" : "new";
}

/* Kinds that some run of a side did not record. */
static uint32_t kinds_off(const struct compare *c, enum side side)
{
	uint32_t off = 0;

	for (size_t i = 0; i < c->runs.n; i++)
		off |= c->runs.v[i].side == side ? c->runs.v[i].kinds_off : 0;
	return off;
}

static bool has_calls(const struct compare_run *r) { return r->has_calls; }
static bool has_paths(const struct compare_run *r) { return r->has_paths; }
static bool has_names(const struct compare_run *r) { return r->has_names; }

/* How many runs of a side have it. */
static size_t count(const struct compare *c, enum side side, bool (*has)(const struct compare_run *))
{
	size_t n = 0;

	for (size_t i = 0; i < c->runs.n; i++)
		n += c->runs.v[i].side == side && has(&c->runs.v[i]);
	return n;
}

/* Some runs have it, and some have not. */
static bool is_mixed(const struct compare *c, bool (*has)(const struct compare_run *))
{
	size_t n = count(c, SIDE_OLD, has) + count(c, SIDE_NEW, has);

	return n && n < c->runs.n;
}

/* The side that lacks it; if both do in part, the old one. */
static const char *lacking(const struct compare *c, bool (*has)(const struct compare_run *))
{
	return side_name(count(c, SIDE_OLD, has) < compare_runs(c, SIDE_OLD) ? SIDE_OLD : SIDE_NEW);
}

static const char *first_of(const struct compare *c, enum side side, const char *(*text)(const struct compare_run *))
{
	for (size_t i = 0; i < c->runs.n; i++)
		if (c->runs.v[i].side == side)
			return text(&c->runs.v[i]);
	return "";
}

/* A run whose text is another than that of the first old one; NULL: there is none. */
static const struct compare_run *other(const struct compare *c, const char *(*text)(const struct compare_run *))
{
	const char *first = first_of(c, SIDE_OLD, text);

	for (size_t i = 0; i < c->runs.n; i++)
		if (strcmp(text(&c->runs.v[i]), first))
			return &c->runs.v[i];
	return NULL;
}

static const char *program(const struct compare_run *r) { return r->program; }
static const char *host(const struct compare_run *r) { return r->host; }
static const char *end(const struct compare_run *r) { return r->end; }
static const char *filter(const struct compare_run *r) { return r->filter; }

/* Time between events is that between those which were recorded. */
static bool is_time_of_others(const struct compare *c)
{
	return !count(c, SIDE_OLD, has_calls) && kinds_off(c, SIDE_OLD) != kinds_off(c, SIDE_NEW);
}

bool diff_leaves_out(const struct diff *d, uint32_t table, uint32_t figure)
{
	const struct compare *c = d->compare;
	const struct compare_table *t = &c->tables.v[table];
	struct buf key = { 0 };
	uint32_t off = kinds_off(c, SIDE_OLD) | kinds_off(c, SIDE_NEW);
	bool out = false;

	if (off) {
		buf_addf(&key, "%s.%s", t->path, t->figures.v[figure].key);
		out = (recorded_kinds(buf_text(&key)) & off) != 0;
		buf_free(&key);
	}
	if (!strncmp(t->path, "functions", 9) && (is_mixed(c, has_calls) || is_time_of_others(c) || other(c, filter)))
		return true;
	return out || (t->has_stacks && is_mixed(c, has_paths));
}

static void note_kinds(const struct noting *n)
{
	uint32_t old = kinds_off(n->d->compare, SIDE_OLD), new = kinds_off(n->d->compare, SIDE_NEW);

	for (unsigned bit = 0; bit < KIND_COUNT; bit++) {
		uint32_t kind = 1u << bit;

		if (!((old | new) & kind))
			continue;
		n->d->not_compared++;
		note(n, "events of kind %s are not compared: %s runs were recorded without them (HP_HOOKS)", kind_name(bit),
		     old & new & kind ? "both sides'" : old & kind ? "the old" : "the new");
	}
}

static void note_lacks(const struct noting *n)
{
	const struct compare *c = n->d->compare;
	const struct compare_run *r;

	if (is_mixed(c, has_calls) && !((kinds_off(c, SIDE_OLD) | kinds_off(c, SIDE_NEW)) & HP_FUNCTION)) {
		n->d->not_compared++;
		note(n, "functions are not compared: the %s runs have no function calls (built without -finstrument-functions), only the time between events",
		     lacking(c, has_calls));
	}
	if (!is_mixed(c, has_calls) && (r = other(c, filter))) {
		n->d->not_compared++;
		note(n, "functions are not compared: their calls were filtered in different ways (HP_FILTER, HP_MIN_NS): '%s' and '%s'", first_of(c, SIDE_OLD, filter), r->filter);
	}
	if (is_mixed(c, has_paths)) {
		n->d->not_compared++;
		note(n, "call paths are not compared: the %s runs have none (HP_STACK=none)", lacking(c, has_paths));
	}
	if (is_mixed(c, has_names))
		note(n, "names may not match: of the %s runs the program's symbols are not to be found; --debug-dir or --sysroot may help", lacking(c, has_names));
}

/* Dumps of one directory that do not know of each other, as those of programs that execute one another. */
static const struct compare_run *stranger(const struct compare *c)
{
	const char *first[SIDES] = { first_of(c, SIDE_OLD, program), first_of(c, SIDE_NEW, program) };

	for (size_t i = 0; i < c->runs.n; i++)
		if (strcmp(c->runs.v[i].program, first[c->runs.v[i].side]))
			return &c->runs.v[i];
	return NULL;
}

static void note_differences(const struct noting *n)
{
	const struct compare *c = n->d->compare;
	const struct compare_run *r;

	if ((r = stranger(c)))
		note(n, "the %s runs are not repeats: they are of different programs, %s and %s. If they belong to one run, record that with `hp-analyze record`",
		     side_name(r->side), first_of(c, r->side, program), r->program);
	else if ((r = other(c, program)))
		note(n, "these are different programs, %s and %s: only what happens to have the same name is compared", first_of(c, SIDE_OLD, program), r->program);
	if ((r = other(c, host)))
		note(n, "recorded on different machines, %s and %s: times differ for that reason, too", first_of(c, SIDE_OLD, host), r->host);
	if ((r = other(c, end)))
		note(n, "they ended differently: one %s, one %s (%s)", first_of(c, SIDE_OLD, end), r->end, r->named);
}

static void note_losses(const struct noting *n)
{
	const struct compare *c = n->d->compare;

	for (size_t i = 0; i < c->runs.n; i++)
		if (c->runs.v[i].losses)
			note(n, "%s is not complete: %s", c->runs.v[i].named, c->runs.v[i].losses);
}

void diff_notes(struct diff *d, struct arena *arena)
{
	struct noting n = { d, arena };

	note_losses(&n);
	note_kinds(&n);
	note_lacks(&n);
	note_differences(&n);
}
