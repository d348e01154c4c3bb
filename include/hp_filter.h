/*
 * hp_filter.h - which function calls are recorded (HP_FILTER) or reported on (--filter): the syntax, and what it says of a call.
 * Shared by both sides, so that a report with a filter shows what a recording with it would have. Nothing here allocates.
 *
 *   FILTER   items, separated by commas, semicolons or line ends; empty ones do not matter
 *   ITEM     NAME[@OPTION...]   these functions and all calls below them; with such an item, nothing else
 *            !NAME[@OPTION...]  not these; the calls below them stay
 *            NAME@notrace       no calls below these
 *            @depth=N           N levels of calls
 *   OPTION   module=GLOB, GLOB  those of this module: the name of its file, that name up to ".so", or its path
 *            depth=N            N levels, these functions being the first
 *            notrace            nothing below
 *   NAME     a glob of * and ?; empty: any. The linker's name, or "ns::class::method" without arguments.
 *
 * Of the items that match a function the last one decides; a NAME@notrace adds to what was said before it.
 */
#ifndef HP_FILTER_H
#define HP_FILTER_H

#include "hp_filter_name.h"

enum { HP_FILTER_DEPTH_MAX = 1 << 20 };

struct hp_filter_item {
	struct hp_filter_text name, module;   /* n = 0: any */
	uint32_t depth;                       /* 0: not given */
	uint8_t  exclude, notrace, everywhere;  /* everywhere: @depth=N, of no function */
};

/* What a filter says of all calls. */
struct hp_filter_rules { uint32_t includes, depth; };

/* What it says of a function: bits, and from bit 8 on the depth that it sets. */
enum { HP_FILTER_IN = 1, HP_FILTER_OUT = 2, HP_FILTER_NOTRACE = 4, HP_FILTER_DEPTH_SHIFT = 8 };

/* ---- reading a filter ---- */

static inline int hp_filter_ends(char c) { return !c || c == ',' || c == ';' || c == '\n'; }
static inline int hp_filter_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static inline struct hp_filter_text hp_filter_trim(const char *from, const char *to)
{
	while (from < to && hp_filter_blank(*from))
		from++;
	while (from < to && hp_filter_blank(to[-1]))
		to--;
	return (struct hp_filter_text){ from, (size_t)(to - from) };
}

static inline int hp_filter_begins(struct hp_filter_text *t, const char *word)
{
	size_t n = 0;
	for (; word[n]; n++)
		if (n == t->n || t->at[n] != word[n])
			return 0;
	t->at += n, t->n -= n;
	return 1;
}

/* NULL, or what is wrong. */
static inline const char *hp_filter_depth(struct hp_filter_text t, uint32_t *depth)
{
	uint32_t n = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] < '0' || t.at[i] > '9' || n > HP_FILTER_DEPTH_MAX / 10)
			return "not a number of levels";
		n = n * 10 + (uint32_t)(t.at[i] - '0');
	}
	*depth = n;
	return n ? NULL : "not a number of levels";
}

static inline const char *hp_filter_option(struct hp_filter_text t, struct hp_filter_item *item)
{
	struct hp_filter_text all = t;
	if (hp_filter_begins(&t, "depth="))
		return hp_filter_depth(t, &item->depth);
	if (t.n == 7 && hp_filter_begins(&t, "notrace")) {
		item->notrace = 1;
		return NULL;
	}
	t = all;
	if (!hp_filter_begins(&t, "module="))
		for (size_t i = 0; i < t.n; i++)
			if (t.at[i] == '=')
				return "no such option; there are module=GLOB, depth=N and notrace";
	if (!t.n)
		return "an option is missing here: module=GLOB, depth=N or notrace";
	item->module = t;
	return NULL;
}

static inline const char *hp_filter_sense(const struct hp_filter_item *item)
{
	if (item->everywhere || item->name.n || item->module.n)
		return item->depth && (item->exclude || item->notrace) ? "levels of calls that are not kept" : NULL;
	return item->exclude ? "the name of a function is missing here" : "of which function?";
}

/* The next item: 1; 0: there is none; -1: what stands at *at cannot be understood, and *why says why. */
static inline int hp_filter_next(const char **at, struct hp_filter_item *item, const char **why)
{
	const char *p = *at, *end;
	*item = (struct hp_filter_item){ .depth = 0 };
	while (*p && (hp_filter_ends(*p) || hp_filter_blank(*p)))
		p++;
	if (!*p) {
		*at = p;
		return 0;
	}
	*at = p;
	if (*p == '!')
		item->exclude = 1, p++;
	for (end = p; !hp_filter_ends(*end) && *end != '@'; end++)
		;
	item->name = hp_filter_trim(p, end);
	for (*why = NULL; *end == '@'; end = p) {
		*at = end;
		for (p = end + 1; !hp_filter_ends(*p) && *p != '@'; p++)
			;
		*why = hp_filter_option(hp_filter_trim(end + 1, p), item);
		if (*why)
			return -1;
	}
	item->everywhere = item->depth && !item->name.n && !item->module.n && !item->exclude;
	*why = hp_filter_sense(item);
	if (*why)
		return -1;
	*at = end;
	return 1;
}

/* NULL: it can be understood. Else the place that cannot, and why. */
static inline const char *hp_filter_check(const char *filter, struct hp_filter_rules *rules, const char **why)
{
	struct hp_filter_item item;
	int more;
	*rules = (struct hp_filter_rules){ 0, HP_FILTER_DEPTH_MAX };
	while ((more = hp_filter_next(&filter, &item, why)) > 0) {
		if (item.everywhere)
			rules->depth = item.depth;
		else if (!item.exclude && !item.notrace)
			rules->includes++;
	}
	return more < 0 ? filter : NULL;
}

/* ---- what it says of a function ---- */

static inline int hp_filter_in_module(struct hp_filter_text glob, const char *path)
{
	const char *base = path, *c;
	for (c = path; *c; c++)
		if (*c == '/')
			base = c + 1;
	for (c = base; *c && !(c[0] == '.' && c[1] == 's' && c[2] == 'o' && (!c[3] || c[3] == '.')); c++)
		;
	return hp_filter_glob(glob, hp_filter_whole(base)) || hp_filter_glob(glob, (struct hp_filter_text){ base, (size_t)(c - base) })
	    || hp_filter_glob(glob, hp_filter_whole(path));
}

/* Of the filter, which has been checked. name: NULL if there is none; module: path of its file, "" unknown. */
static inline uint32_t hp_filter_verdict(const char *filter, const struct hp_filter_name *name, const char *module)
{
	struct hp_filter_item item;
	const char *why;
	uint32_t verdict = 0;
	while (hp_filter_next(&filter, &item, &why) > 0) {
		if (item.everywhere || (item.module.n && !hp_filter_in_module(item.module, module)) || !hp_filter_names(item.name, name))
			continue;
		if (item.exclude)
			verdict = HP_FILTER_OUT;
		else if (!item.notrace)
			verdict = HP_FILTER_IN | item.depth << HP_FILTER_DEPTH_SHIFT;
		if (item.notrace)
			verdict |= HP_FILTER_NOTRACE;
	}
	return verdict;
}

/* ---- what it says of a call ---- */

/* The state that calls are made in: levels << 2, | whether inside of what is included, | whether below what nothing is kept of. */
enum { HP_FILTER_INSIDE = 1, HP_FILTER_OFF = 2, HP_FILTER_LEVEL = 4 };

static inline uint32_t hp_filter_begin(const struct hp_filter_rules *r)
{
	return r->depth * HP_FILTER_LEVEL | (r->includes ? 0 : HP_FILTER_INSIDE);
}

/* Left out wherever it is called, and of no consequence for the calls below. */
static inline int hp_filter_plainly_out(uint32_t verdict)
{
	return (verdict & (HP_FILTER_OUT | HP_FILTER_NOTRACE)) == HP_FILTER_OUT;
}

/* A call of a function begins. *state becomes the one of calls below it: put back what it was when it ends. 1: it is kept. */
static inline int hp_filter_enter(const struct hp_filter_rules *r, uint32_t verdict, uint32_t *state)
{
	uint32_t s = *state, depth = verdict >> HP_FILTER_DEPTH_SHIFT;
	if (s & HP_FILTER_OFF)
		return 0;
	if (verdict & HP_FILTER_IN)
		s = (depth ? depth : r->depth) * HP_FILTER_LEVEL | HP_FILTER_INSIDE;
	int kept = !(verdict & HP_FILTER_OUT) && s & HP_FILTER_INSIDE && s >= HP_FILTER_LEVEL;
	s -= kept ? HP_FILTER_LEVEL : 0;
	*state = verdict & HP_FILTER_NOTRACE ? s | HP_FILTER_OFF : s;
	return kept;
}

#endif
