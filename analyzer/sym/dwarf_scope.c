#include "sym/dwarf_scope.h"

#include <dwarf.h>
#include <string.h>

#include "util/buf.h"

enum { DEEPEST = 256, MOST_LINKS = 16, MOST_ENTRIES = 1 << 24 };

static int is_cplusplus(Dwarf_Die *unit)
{
	switch (dwarf_srclang(unit)) {
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
	case 0x2b:  /* C++17 and C++20: newer than the header of some libdw */
	case 0x2c:
		return 1;
	default:
		return 0;
	}
}

static int is_scope(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type
	       || tag == DW_TAG_subprogram;
}

/* ---- reading a unit ---- */

static void read_children(struct dwarf_scopes *s, Dwarf_Die *parent, uint32_t scope, int depth)
{
	Dwarf_Die die;

	if (depth > DEEPEST || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		uint32_t inner = scope;

		if (is_scope(tag)) {
			inner = (uint32_t)s->all.n;
			map64_put(&s->by_address, (uintptr_t)die.addr, inner);
			vec_push(&s->all, (struct dwarf_scope){ die, scope, NULL });
		}
		if (is_scope(tag) || tag == DW_TAG_lexical_block)
			read_children(s, &die, inner, depth + 1);
	} while (s->all.n < MOST_ENTRIES && dwarf_siblingof(&die, &die) == 0);
}

/* The index of an entry; 0: its unit is not C++, or it is no scope. */
static uint32_t index_of(struct dwarf_scopes *s, Dwarf_Die *die)
{
	Dwarf_Die unit;
	uint32_t at;

	if (!dwarf_diecu(die, &unit, NULL, NULL))
		return 0;
	if (map64_get(&s->by_address, (uintptr_t)unit.addr) == MAP64_NONE) {
		map64_put(&s->by_address, (uintptr_t)unit.addr, 0);
		if (!s->all.n)
			vec_push(&s->all, (struct dwarf_scope){ unit, 0, "" });
		if (is_cplusplus(&unit))
			read_children(s, &unit, 0, 0);
	}
	at = map64_get(&s->by_address, (uintptr_t)die->addr);
	return at == MAP64_NONE ? 0 : at;
}

/* ---- names ---- */

/* From an instance of a function to its declaration: that one stands where the source has it. */
static Dwarf_Die declaration_of(Dwarf_Die *function)
{
	Dwarf_Die die = *function;
	Dwarf_Attribute attr;

	for (int i = 0; i < MOST_LINKS; i++)
		if (!(dwarf_attr(&die, DW_AT_abstract_origin, &attr) || dwarf_attr(&die, DW_AT_specification, &attr))
		    || !dwarf_formref_die(&attr, &die))
			break;
	return die;
}

/* A class without a name that has functions is a lambda, or as good as one. */
static const char *own_name(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	if (name && *name)
		return name;
	return dwarf_tag(die) == DW_TAG_namespace ? "(anonymous namespace)" : dwarf_tag(die) == DW_TAG_subprogram ? NULL : "{lambda}";
}

static const char *name_of(struct dwarf_scopes *s, Dwarf_Die *die, int depth)
{
	Dwarf_Die declared = declaration_of(die);
	uint32_t at = index_of(s, &declared), parent = at ? s->all.v[at].parent : 0;
	const char *name = own_name(&declared), *around = NULL;
	struct buf b = { 0 };

	if (!at || !name || depth > DEEPEST)
		return NULL;
	if (s->all.v[at].name)
		return s->all.v[at].name;
	if (parent) {
		Dwarf_Die outer = s->all.v[parent].die;  /* a copy: the vector may grow */

		around = name_of(s, &outer, depth + 1);
	}
	if (around)
		buf_addf(&b, "%s::", around);
	buf_adds(&b, name);
	name = arena_strdup(&s->arena, b.s);
	buf_free(&b);
	s->all.v[at].name = name;
	return name;
}

const char *dwarf_scope_name(struct dwarf_scopes *s, Dwarf_Die *function)
{
	return name_of(s, function, 0);
}

void dwarf_scopes_free(struct dwarf_scopes *s)
{
	vec_free(&s->all);
	map64_free(&s->by_address);
	arena_free(&s->arena);
}
