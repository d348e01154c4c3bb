/*
 * hp_filter_name.h - names of functions as filters know them (hp_filter.h): the linker's, and for C++ and Rust the qualified
 * one without arguments, "ns::class::method". A tiny part of the Itanium C++ ABI's section 5.1: what it does not cover
 * (operators of rare kinds, local classes, thunks) has the linker's name only.
 */
#ifndef HP_FILTER_NAME_H
#define HP_FILTER_NAME_H

#include <stddef.h>
#include <stdint.h>

enum { HP_FILTER_NAME_BYTES = 512 };

struct hp_filter_text { const char *at; size_t n; };
/* n = 0: there is no qualified name. */
struct hp_filter_name { struct hp_filter_text symbol; size_t n; char qualified[HP_FILTER_NAME_BYTES]; };

static inline struct hp_filter_text hp_filter_whole(const char *s)
{
	struct hp_filter_text t = { s, 0 };
	while (s[t.n])
		t.n++;
	return t;
}

/* * and ?. */
static inline int hp_filter_glob(struct hp_filter_text p, struct hp_filter_text s)
{
	size_t i = 0, k = 0, star = SIZE_MAX, mark = 0;
	while (k < s.n) {
		if (i < p.n && p.at[i] == '*') {
			star = i++;
			mark = k;
		} else if (i < p.n && (p.at[i] == '?' || p.at[i] == s.at[k])) {
			i++, k++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			k = ++mark;
		} else {
			return 0;
		}
	}
	while (i < p.n && p.at[i] == '*')
		i++;
	return i == p.n;
}

/* ---- C++ ---- */

static inline int hp_name_digit(char c) { return c >= '0' && c <= '9'; }

/* A <source-name>: its length, and its text. NULL: there is none. */
static inline const char *hp_name_source(const char *p, struct hp_filter_text *text)
{
	size_t n = 0, i;
	for (; hp_name_digit(*p) && n < 100000; p++)
		n = n * 10 + (size_t)(*p - '0');
	for (i = 0; i < n && p[i]; i++)
		;
	*text = (struct hp_filter_text){ p, n };
	return n && i == n ? p + n : NULL;
}

static inline const char *hp_name_skip_sequence(const char *p)
{
	while (hp_name_digit(*p) || (*p >= 'A' && *p <= 'Z'))
		p++;
	return *p == '_' ? p + 1 : NULL;
}

/* A literal among template arguments, from behind its L. */
static inline const char *hp_name_skip_literal(const char *p)
{
	struct hp_filter_text t;
	if (hp_name_digit(*p))
		p = hp_name_source(p, &t);
	else
		p = *p >= 'a' && *p <= 'z' ? p + 1 : NULL;
	while (p && *p && *p != 'E')
		p++;
	return p && *p ? p + 1 : NULL;
}

/* Template arguments, from their I on: what is behind them. NULL: not understood. */
static inline const char *hp_name_skip_arguments(const char *p)
{
	struct hp_filter_text t;
	unsigned depth = 0;
	do {
		if (hp_name_digit(*p)) {
			p = hp_name_source(p, &t);
			if (!p)
				return NULL;
			continue;
		}
		switch (*p++) {
		case 'I': case 'J': case 'N': case 'F': case 'X':
			depth++;
			break;
		case 'E':
			depth--;
			break;
		case 'L':
			if (p[0] == '_' && p[1] == 'Z')
				depth++, p += 2;
			else
				p = hp_name_skip_literal(p);
			break;
		case 'S':
			p = *p >= 'a' && *p <= 'z' ? p + 1 : hp_name_skip_sequence(p);
			break;
		case 'T': case 'A':
			p = hp_name_skip_sequence(p);
			break;
		case 'D':
			depth += *p == 'T' || *p == 't';
			p = *p ? p + 1 : NULL;
			break;
		case 'U': case '\0':
			return NULL;
		}
	} while (p && depth);
	return p;
}

static inline const char *hp_name_operator(const char *p)
{
	static const char known[][6] = { "cl()", "ix[]", "eq==", "ne!=", "lt<", "gt>", "le<=", "ge>=", "ss<=>", "aS=", "pL+=", "mI-=", "pl+",
		"mi-", "ml*", "dv/", "rm%", "ls<<", "rs>>", "pt->", "pp++", "mm--", "nt!", "de*", "an&", "or|", "eo^", "co~", "aa&&", "oo||" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (p[0] == known[i][0] && p[1] == known[i][1])
			return known[i] + 2;
	return NULL;
}

static inline void hp_name_add(struct hp_filter_name *to, struct hp_filter_text t)
{
	for (size_t i = 0; i < t.n && to->n + 1 < sizeof to->qualified; i++)
		to->qualified[to->n++] = t.at[i];
}

static inline int hp_name_is(struct hp_filter_text t, const char *word)
{
	return hp_filter_glob(t, hp_filter_whole(word));
}

/* The 17th character and those before it are h and 16 hex digits: what Rust puts behind a name to tell instances apart. */
static inline int hp_name_rust_hash(struct hp_filter_text t)
{
	for (size_t i = 1; i < t.n; i++)
		if (!hp_name_digit(t.at[i]) && (t.at[i] < 'a' || t.at[i] > 'f'))
			return 0;
	return t.n == 17 && t.at[0] == 'h';
}

/* One part of a qualified name; *last is the one before it, and becomes this. NULL: not understood. */
static inline const char *hp_name_part(const char *p, struct hp_filter_name *to, struct hp_filter_text *last)
{
	struct hp_filter_text t = { p, 0 };
	int destroys = p[0] == 'D' && hp_name_digit(p[1]);
	const char *next = NULL, *text = hp_name_operator(p);
	if (hp_name_digit(*p)) {
		next = hp_name_source(p, &t);
		if (next && hp_name_rust_hash(t) && *next == 'E')
			return next;
		*last = t;
		if (next && hp_name_is(t, "_GLOBAL__N_1"))
			t = hp_filter_whole("(anonymous namespace)");
	} else if (destroys || (p[0] == 'C' && hp_name_digit(p[1]))) {
		t = *last;
		next = t.n ? p + 2 : NULL;
	} else if (p[0] == 'S' && p[1] == 't') {
		t = hp_filter_whole("std");
		next = p + 2;
	} else if (text) {
		t = hp_filter_whole(text);
		next = p + 2;
	}
	if (to->n && next)
		hp_name_add(to, hp_filter_whole("::"));
	if (destroys && next)
		hp_name_add(to, hp_filter_whole("~"));
	if (text && next == p + 2 && !hp_name_digit(*p))
		hp_name_add(to, hp_filter_whole("operator"));
	if (next)
		hp_name_add(to, t);
	return next;
}

/* Template arguments, ABI tags, marks of internal linkage. */
static inline const char *hp_name_skip_extras(const char *p)
{
	struct hp_filter_text t;
	for (;;) {
		if (p && *p == 'I')
			p = hp_name_skip_arguments(p);
		else if (p && *p == 'B')
			p = hp_name_source(p + 1, &t);
		else if (p && *p == 'L')
			p++;
		else
			return p;
	}
}

/* 0: no name that this understands. */
static inline int hp_name_qualify(const char *p, struct hp_filter_name *to)
{
	struct hp_filter_text last = { p, 0 };
	int nested = *p == 'N';
	p += nested;
	while (nested && (*p == 'K' || *p == 'V' || *p == 'r' || *p == 'R' || *p == 'O'))
		p++;
	p = hp_name_skip_extras(p);
	if (!nested && p && p[0] == 'S' && p[1] == 't')
		p = hp_name_part(p, to, &last);
	do
		p = p ? hp_name_skip_extras(hp_name_part(p, to, &last)) : NULL;
	while (p && nested && *p != 'E');
	return p != NULL;
}

/* ---- both ---- */

/* The linker's name, up to a version ("@@GLIBC_2.3") or the mark of a clone (".constprop.0"). */
static inline struct hp_filter_text hp_name_symbol(const char *symbol)
{
	struct hp_filter_text t = { symbol, 0 };
	while (symbol[t.n] && symbol[t.n] != '@' && (!t.n || symbol[t.n] != '.'))
		t.n++;
	return t;
}

static inline void hp_filter_name_of(const char *symbol, struct hp_filter_name *to)
{
	to->symbol = hp_name_symbol(symbol);
	to->n = 0;
	if (symbol[0] == '_' && symbol[1] == 'Z' && !hp_name_qualify(symbol + 2, to))
		to->n = 0;
}

/* name NULL: a function without one, which a glob of `*` alone stands for. */
static inline int hp_filter_names(struct hp_filter_text glob, const struct hp_filter_name *name)
{
	if (!glob.n || !name)
		return !glob.n || hp_filter_glob(glob, (struct hp_filter_text){ "", 0 });
	return hp_filter_glob(glob, name->symbol) || (name->n && hp_filter_glob(glob, (struct hp_filter_text){ name->qualified, name->n }));
}

#endif
