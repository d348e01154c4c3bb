/*
 * advise_names.c - how to name functions so that HP_FILTER and gcc leave out these and no others. HP_FILTER knows the linker's name
 * and the qualified one; gcc looks for a piece of its own printable name, which is the qualified one with template
 * arguments spelled its own way: so a piece between them is taken.
 */
#include <stdlib.h>
#include <string.h>

#include "table/advise.h"
#include "util/alloc.h"
#include "util/buf.h"

static const char anonymous[] = "(anonymous namespace)";

static char *copy_of(const char *text, size_t bytes)
{
	struct buf copy = { 0 };

	buf_add(&copy, text, bytes);
	return buf_steal(&copy);
}

/* ---- HP_FILTER ---- */

/* Whether the item leaves out a function that is not advised. */
static bool takes_others(const struct advised_list *all, const char *item)
{
	struct hp_filter_name name;

	for (size_t i = 0; i < all->n; i++) {
		const struct advised *a = &all->v[i];

		if (a->small || !a->symbol)
			continue;
		hp_filter_name_of(a->symbol, &name);
		if (hp_filter_verdict(item, &name, a->module))
			return true;
	}
	return false;
}

/* Characters that mean something in a filter. */
static bool is_plain(const char *text)
{
	return *text && !strpbrk(text, "*?,;@!\n \t") && *text != '!';
}

static char *item_of(const struct advised_list *all, const struct advised *a)
{
	struct hp_filter_name name;
	char *tries[3];
	char *found = NULL;

	if (!a->symbol)
		return NULL;
	hp_filter_name_of(a->symbol, &name);
	tries[0] = name.n ? copy_of(name.qualified, name.n) : copy_of(name.symbol.at, name.symbol.n);
	tries[1] = copy_of(name.symbol.at, name.symbol.n);
	tries[2] = xasprintf("%s@%s", tries[1], view_base_name(a->module));
	for (int i = 0; i < 3; i++) {
		bool good = !found && is_plain(i < 2 ? tries[i] : tries[1]) && is_plain(view_base_name(a->module)) && !takes_others(all, tries[i]);

		if (good)
			found = tries[i];
		else
			free(tries[i]);
	}
	return found;
}

/* ---- gcc ---- */

static char *with_gccs_words(const char *name)
{
	struct buf text = { 0 };

	for (const char *c = name; *c;) {
		if (!strncmp(c, anonymous, sizeof(anonymous) - 1)) {
			buf_adds(&text, "{anonymous}");
			c += sizeof(anonymous) - 1;
		} else {
			buf_addc(&text, *c++);
		}
	}
	return buf_steal(&text);
}

static bool has(const char *text, const char *a, const char *b)
{
	char *both = xasprintf("%s%s", a, b);
	bool found = strstr(text, both) != NULL;

	free(both);
	return found;
}

/* A piece of gcc's name for the function; see above. */
static char *piece_of(const struct advised *a)
{
	struct hp_filter_name name;
	char *qualified, *piece, *last;

	if (!a->symbol)
		return NULL;
	hp_filter_name_of(a->symbol, &name);
	if (!name.n)
		return strncmp(a->symbol, "_Z", 2) && is_plain(a->symbol) ? copy_of(name.symbol.at, name.symbol.n) : NULL;
	qualified = copy_of(name.qualified, name.n);
	last = qualified + name.n;
	while (last > qualified && !(last - qualified >= 2 && last[-1] == ':' && last[-2] == ':'))
		last--;
	if (has(a->name, qualified, "(") || !strcmp(a->name, qualified))
		piece = with_gccs_words(qualified);
	else if (has(a->name, qualified, "<"))
		piece = xasprintf("%s<", qualified);
	else if (has(a->name, qualified, " <"))  /* operator< */
		piece = xasprintf("%s <", qualified);
	else
		piece = xasprintf(">::%s", last);
	free(qualified);
	return piece;
}

/* As it stands in the option, where commas part the list. NULL: other functions' names have the piece, too. */
static char *token_of(const struct advised_list *all, const struct advised *a)
{
	char *piece = piece_of(a), *other;
	struct buf token = { 0 };
	bool alone = piece != NULL;

	for (size_t i = 0; alone && i < all->n; i++) {
		other = with_gccs_words(all->v[i].name);
		alone = all->v[i].small || !strstr(other, piece);
		free(other);
	}
	for (const char *c = piece; alone && *c; c++) {
		buf_adds(&token, *c == ',' ? "\\" : "");
		buf_addc(&token, *c);
	}
	free(piece);
	return alone ? buf_steal(&token) : NULL;
}

/* What an earlier one has already. */
static void drop_repeated(struct advised_list *all, size_t last)
{
	struct advised *a = &all->v[last];

	for (size_t i = 0; i < last; i++) {
		const struct advised *b = &all->v[i];

		if (a->filter && b->filter && !strcmp(a->filter, b->filter)) {
			free(a->filter);
			a->filter = NULL;
		}
		if (a->token && b->token && !strcmp(a->token, b->token)) {
			free(a->token);
			a->token = NULL;
		}
	}
}

void advise_names(const struct view_input *in, struct advised_list *all)
{
	const struct functions *f = &in->model->functions;

	for (size_t i = 0; i < all->n; i++) {
		struct advised *a = &all->v[i];
		const struct function *of = &f->v.v[a->function];
		struct function_name name = naming_function(in->naming, of->module, of->offset);

		a->name = name.name;
		a->file = name.file;
		a->module = name.module;
		a->symbol = naming_symbol(in->naming, of->module, of->offset);
	}
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].chosen) {
			all->v[i].filter = item_of(all, &all->v[i]);
			all->v[i].token = token_of(all, &all->v[i]);
			drop_repeated(all, i);
		}
}

/* ---- files ---- */

/* gcc looks for a piece of the path, as it was given to it: the base name is what can be known of that. */
static bool file_is_small(const struct advised_list *all, const char *base)
{
	for (size_t i = 0; i < all->n; i++)
		if (!all->v[i].small && all->v[i].file && strstr(view_base_name(all->v[i].file), base))
			return false;
	return true;
}

char *advise_files(const struct advised_list *all)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < all->n; i++) {
		const char *base = all->v[i].chosen && all->v[i].file ? view_base_name(all->v[i].file) : NULL;
		bool seen = false;

		for (size_t k = 0; base && k < i; k++)
			seen |= all->v[k].chosen && all->v[k].file && !strcmp(view_base_name(all->v[k].file), base);
		if (base && !seen && is_plain(base) && file_is_small(all, base))
			buf_addf(&list, "%s%s", list.n ? "," : "", base);
	}
	return list.n ? buf_steal(&list) : NULL;
}

void advise_free(struct advised_list *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].filter);
		free(all->v[i].token);
	}
	vec_free(all);
}
