#include "sym/symtab.h"

#include <string.h>

#include "sym/object.h"

struct symbols { VEC_FIELDS(struct object_symbol) };

static void collect(void *opaque, const struct object_symbol *s)
{
	vec_push((struct symbols *)opaque, *s);
}

static size_t underscores(const char *name)
{
	return strspn(name, "_");
}

/* By address; of names for one place, the best last: it wins in ranges_seal by its higher index. */
static int best_last(const void *pa, const void *pb)
{
	const struct object_symbol *a = pa, *b = pb;
	size_t ua, ub;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if (!a->size != !b->size)
		return a->size ? 1 : -1;
	ua = underscores(a->name);
	ub = underscores(b->name);
	if (ua != ub)
		return ua < ub ? 1 : -1;
	if (a->global != b->global)
		return a->global ? 1 : -1;
	ua = strcspn(a->name, "@");  /* fopen before fopen64; a version may follow the name */
	ub = strcspn(b->name, "@");
	return ua != ub ? (ua < ub ? 1 : -1) : -strcmp(a->name, b->name);
}

/* Without a size a symbol reaches to the next one of its section. */
static uint64_t end_of(const struct symbols *all, size_t i)
{
	const struct object_symbol *s = &all->v[i];
	size_t next = i + 1;

	if (s->size)
		return s->value + s->size < s->value ? s->section_end : s->value + s->size;
	while (next < all->n && all->v[next].value == s->value)
		next++;
	return next < all->n && all->v[next].value < s->section_end ? all->v[next].value : s->section_end;
}

void symtab_load(struct symtab *t, struct object *full, struct object *dynamic)
{
	struct symbols all = { 0 };

	if (full)
		object_symbols(full, 0, collect, &all);
	else if (dynamic)
		object_symbols(dynamic, 1, collect, &all);
	vec_sort(&all, best_last);
	for (size_t i = 0; i < all.n; i++) {
		const struct object_symbol *s = &all.v[i];
		struct ranges *ranges = s->kind == OBJECT_FUNCTION ? &t->functions : &t->data;

		ranges_add(ranges, s->value, end_of(&all, i), (uint32_t)i);
		vec_push(&t->entries, (struct symtab_entry){ s->name, s->value });
	}
	vec_free(&all);
	ranges_seal(&t->functions);
	ranges_seal(&t->data);
}

static const struct symtab_entry *find(const struct symtab *t, const struct ranges *ranges, uint64_t address)
{
	const struct range *r = ranges_find(ranges, address);

	return r ? &t->entries.v[r->value] : NULL;
}

const struct symtab_entry *symtab_function(const struct symtab *t, uint64_t address)
{
	return find(t, &t->functions, address);
}

const struct symtab_entry *symtab_data(const struct symtab *t, uint64_t address)
{
	return find(t, &t->data, address);
}

void symtab_free(struct symtab *t)
{
	vec_free(&t->entries);
	ranges_free(&t->functions);
	ranges_free(&t->data);
}
