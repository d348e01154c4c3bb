#include "sym/dwarf_index.h"

#include <dwarf.h>
#include <sys/stat.h>

#include "util/alloc.h"

enum { DEEPEST_NESTING = 256, MOST_STEPS = 1 << 28 };

const char *dwarf_index_string(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, name, &attr) ? dwarf_formstring(&attr) : NULL;
}

static void add_ranges(struct ranges *to, Dwarf_Die *die, uint32_t value)
{
	Dwarf_Addr base = 0, lo, hi;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &lo, &hi)) > 0)
		if (lo)  /* 0: the linker dropped the section */
			ranges_add(to, lo, hi, value);
}

/* ---- units ---- */

/* libdw would open whatever the name says, a FIFO too. */
static int has_dwo_file(Dwarf_Die *die)
{
	const char *dir = dwarf_index_string(die, DW_AT_comp_dir), *name = dwarf_index_string(die, DW_AT_dwo_name);
	struct stat st;
	char *path;
	int ok;

	if (!name)
		name = dwarf_index_string(die, DW_AT_GNU_dwo_name);
	if (!name)
		return 0;
	path = *name == '/' || !dir ? xasprintf("%s", name) : xasprintf("%s/%s", dir, name);
	ok = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	free(path);
	return ok;
}

/* Where the functions of a unit are. Opens files, so not before one is asked for. */
static Dwarf_Die body_of(struct sym_dwarf *d, struct unit *u)
{
	Dwarf_Die body;

	if (u->is_skeleton && has_dwo_file(&u->die)
	    && dwarf_cu_info(u->die.cu, NULL, NULL, NULL, &body, NULL, NULL, NULL) == 0 && dwarf_tag(&body) == DW_TAG_compile_unit)
		return body;
	d->missing |= u->is_skeleton;
	return u->die;
}

void dwarf_index_open(struct sym_dwarf *d)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	d->steps = MOST_STEPS;
	while (dwarf_get_units(d->dw, cu, &cu, NULL, &type, &die, NULL) == 0) {
		if (type != DW_UT_compile && type != DW_UT_skeleton)
			continue;
		add_ranges(&d->ranges, &die, (uint32_t)d->units.n);
		vec_push(&d->units, (struct unit){
			.die = die, .body = die, .dir = dwarf_index_string(&die, DW_AT_comp_dir), .is_skeleton = type == DW_UT_skeleton,
		});
	}
	ranges_seal(&d->ranges);
}

struct unit *dwarf_index_unit(struct sym_dwarf *d, uint64_t address)
{
	const struct range *r = ranges_find(&d->ranges, address);

	return r ? &d->units.v[r->value] : NULL;
}

/* ---- functions of a unit ---- */

static int holds_functions(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type
	       || tag == DW_TAG_module || tag == DW_TAG_enumeration_type;
}

static void collect_functions(struct sym_dwarf *d, struct unit *u, Dwarf_Die *parent, int depth)
{
	Dwarf_Die die;
	int nested = u->seen == NESTED_TOO;

	if (depth > DEEPEST_NESTING || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_subprogram) {
			size_t before = u->ranges.n;

			add_ranges(&u->ranges, &die, (uint32_t)u->functions.n);
			if (u->ranges.n > before)
				vec_push(&u->functions, (struct function){ .die = die });
		}
		if (holds_functions(tag) || (nested && (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block)))
			collect_functions(d, u, &die, depth + 1);
	} while (d->steps && d->steps-- && dwarf_siblingof(&die, &die) == 0);
}

static void forget_functions(struct unit *u)
{
	for (size_t i = 0; i < u->functions.n; i++) {
		vec_free(&u->functions.v[i].scopes);
		ranges_free(&u->functions.v[i].ranges);
	}
	vec_free(&u->functions);
	ranges_free(&u->ranges);
}

static struct function *lookup_function(struct unit *u, uint64_t address)
{
	const struct range *r = ranges_find(&u->ranges, address);

	return r ? &u->functions.v[r->value] : NULL;
}

/* Functions inside functions (Fortran, Ada, lambdas) are rare, and to look for them is to read everything: only on a miss. */
struct function *dwarf_index_function(struct sym_dwarf *d, struct unit *u, uint64_t address)
{
	struct function *f = u->seen ? lookup_function(u, address) : NULL;

	if (!u->seen)
		u->body = body_of(d, u);
	while (!f && u->seen < NESTED_TOO) {
		forget_functions(u);
		u->seen++;
		collect_functions(d, u, &u->body, 0);
		ranges_seal(&u->ranges);
		d->read += u->functions.n;
		f = lookup_function(u, address);
	}
	return f;
}

/* ---- inlined calls of a function ---- */

static void collect_scopes(struct sym_dwarf *d, struct function *f, Dwarf_Die *parent, uint32_t scope, int depth)
{
	Dwarf_Die die;

	if (depth > DEEPEST_NESTING || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		uint32_t inner = scope;

		if (tag == DW_TAG_inlined_subroutine) {
			inner = (uint32_t)f->scopes.n;
			vec_push(&f->scopes, (struct scope){ die, scope });
			add_ranges(&f->ranges, &die, inner);
		}
		if (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block)
			collect_scopes(d, f, &die, inner, depth + 1);
	} while (d->steps && d->steps-- && dwarf_siblingof(&die, &die) == 0);
}

uint32_t dwarf_index_scope(struct sym_dwarf *d, struct function *f, uint64_t address)
{
	const struct range *r;

	if (!f->scopes.n) {
		vec_push(&f->scopes, (struct scope){ f->die, 0 });
		collect_scopes(d, f, &f->die, 0, 0);
		ranges_seal(&f->ranges);
	}
	r = ranges_find(&f->ranges, address);
	return r ? r->value : 0;
}

void dwarf_index_close(struct sym_dwarf *d)
{
	for (size_t i = 0; i < d->units.n; i++)
		forget_functions(&d->units.v[i]);
	vec_free(&d->units);
	ranges_free(&d->ranges);
}
