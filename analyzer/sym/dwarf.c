#include "sym/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdwelf.h>
#include <stdlib.h>

#include "sym/dwarf_index.h"
#include "util/alloc.h"

/* ---- names and places ---- */

static uint32_t number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	return dwarf_attr(die, name, &attr) && dwarf_formudata(&attr, &value) == 0 && value <= INT32_MAX ? (uint32_t)value : 0;
}

static void name_frame(struct sym_dwarf *d, Dwarf_Die *die, struct sym_dwarf_frame *out)
{
	out->linkage = dwarf_index_string(die, DW_AT_linkage_name);
	if (!out->linkage)
		out->linkage = dwarf_index_string(die, DW_AT_MIPS_linkage_name);
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

/* dwarf_decl_file would end the program at an entry of a .dwo file: it knows only line tables in the file itself. */
static const char *file_of_declaration(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word file;
	Dwarf_Die unit;
	Dwarf_Files *files;
	Dwarf_Half version;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_decl_file, &attr) || dwarf_formudata(&attr, &file) != 0
	    || !dwarf_cu_die(attr.cu, &unit, &version, NULL, NULL, NULL, NULL, NULL) || (!file && version < 5))
		return NULL;
	return dwarf_getsrcfiles(&unit, &files, &n) == 0 && file < n ? dwarf_filesrc(files, file, NULL, NULL) : NULL;
}

/* ---- the interface ---- */

size_t sym_dwarf_frames(struct sym_dwarf *d, uint64_t address, struct sym_dwarf_frame out[SYM_DWARF_DEEPEST])
{
	struct unit *u = dwarf_index_unit(d, address);
	struct function *f = u ? dwarf_index_function(d, u, address) : NULL;
	uint32_t at;
	size_t n = 0;

	if (!u)
		return 0;
	out[0] = (struct sym_dwarf_frame){ 0 };
	place_at_address(u, address, &out[0]);
	if (!f)
		return out[0].file ? 1 : 0;
	for (at = dwarf_index_scope(d, f, address); at && n < SYM_DWARF_DEEPEST - 1; at = f->scopes.v[at].parent) {
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
	struct unit *u = dwarf_index_unit(d, address);
	struct function *f = u ? dwarf_index_function(d, u, address) : NULL;
	int line = 0;

	*out = (struct sym_dwarf_frame){ 0 };
	if (!f)
		return -1;
	name_frame(d, &f->die, out);
	out->dir = u->dir;
	out->file = file_of_declaration(&f->die);
	if (dwarf_decl_line(&f->die, &line) == 0 && line > 0)
		out->line = (uint32_t)line;
	if (!out->file)
		place_at_address(u, address, out);
	return 0;
}

int sym_dwarf_is_complete(const struct sym_dwarf *d)
{
	return !d->missing;
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

	d->dw = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (d->dw && attach_alt(d, find_alt, opaque) == 0) {
		dwarf_index_open(d);
		return d;
	}
	*why = d->dw ? "the file shared by its debug files (dwz) is missing" : "its debug information is not readable";
	sym_dwarf_close(d);
	return NULL;
}

size_t sym_dwarf_functions_read(const struct sym_dwarf *d)
{
	return d->read;
}

void sym_dwarf_close(struct sym_dwarf *d)
{
	dwarf_index_close(d);
	dwarf_scopes_free(&d->scopes);
	dwarf_end(d->dw);
	dwarf_end(d->alt);
	free(d);
}
