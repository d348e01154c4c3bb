#include "sym/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sym/dwarf_scope.h"
#include "sym/ranges.h"
#include "util/alloc.h"
#include "util/vec.h"

/* A function, or a call that was inlined into one. The scopes of a function: [0] is itself, parents before children. */
struct scope {
	Dwarf_Die die;
	uint32_t  parent;
};

struct function {
	Dwarf_Die     die;
	VEC(struct scope) scopes;   /* empty: not looked at yet */
	struct ranges ranges;       /* of scopes */
};

struct unit {
	Dwarf_Die     die;          /* has the line table */
	const char   *dir;
	Dwarf_Die     body;         /* has the functions: the same one, or its half in a .dwo file */
	VEC(struct function) functions;
	struct ranges ranges;       /* of functions */
	enum { UNSEEN, TOP_LEVEL, NESTED_TOO } seen;
};

struct sym_dwarf {
	Dwarf *dw, *alt;
	VEC(struct unit) units;
	struct ranges ranges;       /* of units */
	struct dwarf_scopes scopes;
	uint64_t steps;             /* entries that may still be visited: a broken file could lead in circles */
};

enum { DEEPEST_NESTING = 256, MOST_STEPS = 1 << 28 };

static void add_ranges(struct ranges *to, Dwarf_Die *die, uint32_t value)
{
	Dwarf_Addr base = 0, lo, hi;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &lo, &hi)) > 0)
		if (lo)  /* 0: the linker dropped the section */
			ranges_add(to, lo, hi, value);
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, name, &attr) ? dwarf_formstring(&attr) : NULL;
}

/* ---- units ---- */

/* libdw would open whatever the name says, a FIFO too. */
static int has_dwo_file(Dwarf_Die *die)
{
	const char *dir = string_of(die, DW_AT_comp_dir), *name = string_of(die, DW_AT_dwo_name);
	struct stat st;
	char *path;
	int ok;

	if (!name)
		name = string_of(die, DW_AT_GNU_dwo_name);
	if (!name)
		return 0;
	path = *name == '/' || !dir ? xasprintf("%s", name) : xasprintf("%s/%s", dir, name);
	ok = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	free(path);
	return ok;
}

static Dwarf_Die body_of(Dwarf_Die *die, uint8_t unit_type)
{
	Dwarf_Die body;

	if (unit_type == DW_UT_skeleton && has_dwo_file(die)
	    && dwarf_cu_info(die->cu, NULL, NULL, NULL, &body, NULL, NULL, NULL) == 0 && dwarf_tag(&body) == DW_TAG_compile_unit)
		return body;
	return *die;
}

static void index_units(struct sym_dwarf *d)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (dwarf_get_units(d->dw, cu, &cu, NULL, &type, &die, NULL) == 0) {
		if (type != DW_UT_compile && type != DW_UT_skeleton)
			continue;
		add_ranges(&d->ranges, &die, (uint32_t)d->units.n);
		vec_push(&d->units, (struct unit){ .die = die, .dir = string_of(&die, DW_AT_comp_dir), .body = body_of(&die, type) });
	}
	ranges_seal(&d->ranges);
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
static struct function *find_function(struct sym_dwarf *d, struct unit *u, uint64_t address)
{
	struct function *f = u->seen ? lookup_function(u, address) : NULL;

	while (!f && u->seen < NESTED_TOO) {
		forget_functions(u);
		u->seen++;
		collect_functions(d, u, &u->body, 0);
		ranges_seal(&u->ranges);
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

static uint32_t find_scope(struct sym_dwarf *d, struct function *f, uint64_t address)
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

/* ---- names and places ---- */

static uint32_t number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	return dwarf_attr(die, name, &attr) && dwarf_formudata(&attr, &value) == 0 && value <= INT32_MAX ? (uint32_t)value : 0;
}

static void name_frame(struct sym_dwarf *d, Dwarf_Die *die, struct sym_dwarf_frame *out)
{
	out->linkage = string_of(die, DW_AT_linkage_name);
	if (!out->linkage)
		out->linkage = string_of(die, DW_AT_MIPS_linkage_name);
	out->name = out->linkage ? NULL : dwarf_scope_name(&d->scopes, die);
	if (!out->name)
		out->name = dwarf_diename(die);
}

static void place_at_address(struct unit *u, uint64_t address, struct sym_dwarf_frame *out)
{
	Dwarf_Line *line = dwarf_getsrc_die(&u->die, address);
	int number = 0;

	if (!line)
		return;
	out->dir = u->dir;
	out->file = dwarf_linesrc(line, NULL, NULL);
	if (dwarf_lineno(line, &number) == 0 && number > 0)
		out->line = (uint32_t)number;
}

/* Where the inlined call `die` stands in the function around it. */
static void place_of_call(struct unit *u, Dwarf_Die *die, struct sym_dwarf_frame *out)
{
	Dwarf_Files *files;
	uint32_t file = number_of(die, DW_AT_call_file);
	size_t n;

	out->dir = u->dir;
	out->line = number_of(die, DW_AT_call_line);
	if (dwarf_getsrcfiles(&u->body, &files, &n) == 0 && file < n)
		out->file = dwarf_filesrc(files, file, NULL, NULL);
}

/* ---- the interface ---- */

static struct unit *find_unit(struct sym_dwarf *d, uint64_t address)
{
	const struct range *r = ranges_find(&d->ranges, address);

	return r ? &d->units.v[r->value] : NULL;
}

size_t sym_dwarf_frames(struct sym_dwarf *d, uint64_t address, struct sym_dwarf_frame out[SYM_DWARF_DEEPEST])
{
	struct unit *u = find_unit(d, address);
	struct function *f = u ? find_function(d, u, address) : NULL;
	uint32_t at;
	size_t n = 0;

	if (!u)
		return 0;
	out[0] = (struct sym_dwarf_frame){ 0 };
	place_at_address(u, address, &out[0]);
	if (!f)
		return out[0].file ? 1 : 0;
	for (at = find_scope(d, f, address); at && n < SYM_DWARF_DEEPEST - 1; at = f->scopes.v[at].parent) {
		struct scope *s = &f->scopes.v[at];

		name_frame(d, &s->die, &out[n]);
		out[n++].inlined = 1;
		out[n] = (struct sym_dwarf_frame){ 0 };
		place_of_call(u, &s->die, &out[n]);
	}
	name_frame(d, &f->die, &out[n]);
	return n + 1;
}

int sym_dwarf_function(struct sym_dwarf *d, uint64_t address, struct sym_dwarf_frame *out)
{
	struct unit *u = find_unit(d, address);
	struct function *f = u ? find_function(d, u, address) : NULL;
	int line = 0;

	*out = (struct sym_dwarf_frame){ 0 };
	if (!f)
		return -1;
	name_frame(d, &f->die, out);
	out->dir = u->dir;
	out->file = dwarf_decl_file(&f->die);
	if (dwarf_decl_line(&f->die, &line) == 0 && line > 0)
		out->line = (uint32_t)line;
	if (!out->file)
		place_at_address(u, address, out);
	return 0;
}

/* -1: another file is needed and not there. */
static int attach_alt(struct sym_dwarf *d, sym_dwarf_find_alt *find_alt, void *opaque)
{
	const char *name;
	const void *id;
	ssize_t bytes = dwelf_dwarf_gnu_debugaltlink(d->dw, &name, &id);
	struct Elf *elf;

	if (bytes <= 0)
		return 0;
	elf = find_alt(opaque, name, id, (size_t)bytes);
	d->alt = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
	if (!d->alt)
		return -1;
	dwarf_setalt(d->dw, d->alt);
	return 0;
}

struct sym_dwarf *sym_dwarf_open(struct Elf *elf, sym_dwarf_find_alt *find_alt, void *opaque, const char **why)
{
	struct sym_dwarf *d = xcalloc(1, sizeof *d);

	d->steps = MOST_STEPS;
	d->dw = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (d->dw && attach_alt(d, find_alt, opaque) == 0) {
		index_units(d);
		return d;
	}
	*why = d->dw ? "the file shared by its debug files (dwz) is missing" : "its debug information is not readable";
	sym_dwarf_close(d);
	return NULL;
}

void sym_dwarf_close(struct sym_dwarf *d)
{
	for (size_t i = 0; i < d->units.n; i++)
		forget_functions(&d->units.v[i]);
	vec_free(&d->units);
	ranges_free(&d->ranges);
	dwarf_scopes_free(&d->scopes);
	dwarf_end(d->dw);
	dwarf_end(d->alt);
	free(d);
}
