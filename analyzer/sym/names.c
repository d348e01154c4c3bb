#include <string.h>

#include "sym/demangle.h"
#include "sym/dwarf.h"
#include "sym/sym_private.h"
#include "util/buf.h"

const char *names_pretty(struct sym *s, const char *raw)
{
	struct cache_entry *e = cache_at(&s->cache, 0, (uintptr_t)raw, CACHE_NAME);

	if (!e->answer) {
		const char *name = demangle(&s->arena, raw), *at = strchr(raw, '@');

		e->answer = name ? name : at && at > raw ? arena_strndup(&s->arena, raw, (size_t)(at - raw)) : raw;
	}
	return e->answer;
}

/* DWARF's texts may go before the answers do. */
static const char *kept(struct sym *s, const char *text)
{
	struct cache_entry *e = cache_at(&s->cache, s->trims, (uintptr_t)text, CACHE_RAW);

	if (!e->answer)
		e->answer = arena_strdup(&s->arena, text);
	return e->answer;
}

static int is_mangled(const char *raw)
{
	return raw && (strncmp(raw, "_Z", 2) == 0 || strncmp(raw, "_R", 2) == 0);
}

/* Whether `symbol` is what programs call the function that its source calls `name`: malloc, not __libc_malloc. */
static int is_public_name(const char *symbol, const char *name)
{
	return strspn(symbol, "_") < strspn(name, "_");
}

/*
 * DWARF's mangled name says most. Without one, C and Fortran mean their short name, unless programs know the function by
 * another, while C++ meant a mangled name that only the symbol table has.
 */
void names_choose(struct sym *s, struct sym_frame *f, const struct sym_dwarf_frame *from, const char *symbol)
{
	if (is_mangled(from->linkage))
		f->raw = kept(s, from->linkage);
	else if (symbol && (!from->name || is_mangled(symbol) || is_public_name(symbol, from->name)))
		f->raw = symbol;
	else if (from->name || from->linkage)
		f->raw = kept(s, from->name ? from->name : from->linkage);
	f->function = f->raw ? names_pretty(s, f->raw) : NULL;
}

void names_by_offset(struct sym *s, struct sym_frame *f, uint64_t pc)
{
	struct buf b = { 0 };

	if (f->module < 0)
		buf_addf(&b, "0x%llx", (unsigned long long)pc);
	else
		buf_addf(&b, "%s+0x%llx", s->modules[f->module].name, (unsigned long long)(pc - s->modules[f->module].base));
	f->function = arena_strdup(&s->arena, b.s);
	buf_free(&b);
}

/* Drops "." and "//" from a path; leaves ".." alone, as a link may stand before it. */
static void tidy(char *path)
{
	char *to = path;

	for (const char *p = path; *p; p++) {
		while (p[0] == '/' && (p[1] == '/' || (p[1] == '.' && p[2] == '/')))
			p += p[1] == '/' ? 1 : 2;
		*to++ = *p;
	}
	*to = '\0';
}

/* A compiler's text stands for one path, so that is remembered by its address. */
const char *names_source(struct sym *s, const struct sym_dwarf_frame *from)
{
	struct cache_entry *e;
	char *path;

	if (!from->file)
		return NULL;
	e = cache_at(&s->cache, s->trims, (uintptr_t)from->file, CACHE_PATH);
	if (!e->answer) {
		struct buf b = { 0 };

		if (from->file[0] != '/' && from->dir)
			buf_addf(&b, "%s/", from->dir);
		buf_adds(&b, from->file);
		e->answer = path = arena_strndup(&s->arena, b.s, b.n);
		tidy(path);
		buf_free(&b);
	}
	return e->answer;
}
