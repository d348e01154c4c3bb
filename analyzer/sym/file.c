#include "sym/file.h"

#include <stdio.h>
#include <string.h>

#include "sym/dwarf.h"
#include "util/buf.h"

#define DEBUG_ROOT "/usr/lib/debug"

static int same_id(const struct object *o, const uint8_t *id, size_t bytes)
{
	return bytes && o->build_id_bytes == bytes && memcmp(o->build_id, id, bytes) == 0;
}

/* ---- the module itself ---- */

static void open_main(struct file *f, const struct sym_options *options)
{
	struct buf path = { 0 };

	if (f->path[0] != '/') {
		f->note = "it has no file";
		return;
	}
	buf_addf(&path, "%s%s", options->sysroot ? options->sysroot : "", f->path);
	if (object_open(&f->main, path.s, &f->note) == 0 && f->build_id_bytes
	    && !same_id(&f->main, f->build_id, f->build_id_bytes)) {
		f->note = "the file is another one now: its build id differs";
		object_close(&f->main);
	}
	buf_free(&path);
}

/* ---- separate debug files ---- */

/* One place to look at: takes the file there if it belongs to the module. */
static void try_debug(struct file *f, struct object *into, const char *path, const uint8_t *id, size_t id_bytes)
{
	const char *why;
	uint32_t crc;

	if (into->elf || object_open(into, path, &why) < 0)
		return;
	if (id_bytes ? same_id(into, id, id_bytes)
	             : !into->build_id_bytes && object_crc32(path, &crc) == 0 && crc == f->main.debuglink_crc)
		return;
	object_close(into);
}

static void try_build_id(struct file *f, struct object *into, const char *root, const uint8_t *id, size_t id_bytes)
{
	struct buf path = { 0 };

	if (id_bytes < 2)
		return;
	buf_addf(&path, "%s/.build-id/%02x/", root, id[0]);
	for (size_t i = 1; i < id_bytes; i++)
		buf_addf(&path, "%02x", id[i]);
	buf_adds(&path, ".debug");
	try_debug(f, into, path.s, id, id_bytes);
	buf_free(&path);
}

/* The four places where a debuglink's file may be, as gdb looks for it. */
static void try_debuglink(struct file *f, const char *sysroot, const char *root, const uint8_t *id, size_t id_bytes)
{
	const char *name = f->main.debuglink;
	int dir = (int)(strrchr(f->path, '/') + 1 - f->path);
	struct buf path = { 0 };

	for (int i = 0; i < 4; i++) {
		buf_reset(&path);
		switch (i) {
		case 0: buf_addf(&path, "%s%.*s%s", sysroot, dir, f->path, name); break;
		case 1: buf_addf(&path, "%s%.*s.debug/%s", sysroot, dir, f->path, name); break;
		case 2: buf_addf(&path, "%s%.*s%s", root, dir, f->path, name); break;
		case 3: buf_addf(&path, "%s/%s", root, name); break;
		}
		try_debug(f, &f->debug, path.s, id, id_bytes);
	}
	buf_free(&path);
}

/* The user's directory first, then the system's. */
static void with_roots(struct file *f, const struct sym_options *options,
		       void (*look)(struct file *, const char *sysroot, const char *root))
{
	const char *sysroot = options->sysroot ? options->sysroot : "";
	struct buf root = { 0 };

	if (options->debug_dir)
		look(f, sysroot, options->debug_dir);
	buf_addf(&root, "%s%s", sysroot, DEBUG_ROOT);
	look(f, sysroot, root.s);
	buf_free(&root);
}

static void look_for_debug(struct file *f, const char *sysroot, const char *root)
{
	const uint8_t *id = f->build_id_bytes ? f->build_id : f->main.build_id;
	size_t bytes = f->build_id_bytes ? f->build_id_bytes : f->main.build_id_bytes;

	try_build_id(f, &f->debug, root, id, bytes);
	if (f->main.debuglink)
		try_debuglink(f, sysroot, root, id, bytes);
}

/* ---- what there is ---- */

void file_open(struct file *f, const struct sym_options *options)
{
	if (f->opened)
		return;
	f->opened = 1;
	open_main(f, options);
	if (!f->main.has_dwarf)
		with_roots(f, options, look_for_debug);
	if (f->main.has_symtab || f->debug.has_symtab || f->main.has_dwarf || f->debug.has_dwarf)
		f->state = SYM_FULL;
	else if (f->main.has_dynsym)
		f->state = SYM_DYNAMIC;
	if (f->main.elf || f->debug.elf)
		f->note = f->state == SYM_FULL && !f->main.has_dwarf && !f->debug.has_dwarf ? "no source lines; build it with -g" : NULL;
}

/* ---- symbols ---- */

struct alt_search {
	struct file *file;
	const struct sym_options *options;
};

/* dwz's shared file has a build id of its own, so it is found by that; its recorded name is not needed. */
static struct Elf *find_alt(void *opaque, const char *name, const uint8_t *id, size_t id_bytes)
{
	struct alt_search *s = opaque;
	const char *sysroot = s->options->sysroot ? s->options->sysroot : "";
	struct buf root = { 0 };

	if (s->options->debug_dir)
		try_build_id(s->file, &s->file->alt, s->options->debug_dir, id, id_bytes);
	buf_addf(&root, "%s%s", sysroot, DEBUG_ROOT);
	try_build_id(s->file, &s->file->alt, root.s, id, id_bytes);
	if (name[0] == '/') {
		buf_reset(&root);
		buf_addf(&root, "%s%s", sysroot, name);
		try_debug(s->file, &s->file->alt, root.s, id, id_bytes);
	}
	buf_free(&root);
	return s->file->alt.elf;
}

static struct object *with_dwarf(struct file *f)
{
	return f->main.has_dwarf ? &f->main : f->debug.has_dwarf ? &f->debug : NULL;
}

/* From a mapping of its own, which goes with it. */
static void open_dwarf(struct file *f, const struct sym_options *options)
{
	struct object *o = with_dwarf(f);
	struct alt_search search = { f, options };
	const char *why;
	int same = object_open(&f->units, o->path, &why) == 0 && o->stamp && strcmp(f->units.stamp, o->stamp) == 0;

	f->dwarf = sym_dwarf_open(same ? f->units.elf : o->elf, find_alt, &search, &f->note);
}

static void close_dwarf(struct file *f)
{
	if (f->dwarf) {
		f->incomplete |= !sym_dwarf_is_complete(f->dwarf);
		sym_dwarf_close(f->dwarf);
	}
	f->dwarf = NULL;
	object_close(&f->units);
}

void file_index(struct file *f, const struct sym_options *options)
{
	struct object *full = f->main.has_symtab ? &f->main : f->debug.has_symtab ? &f->debug : NULL;

	if (f->indexed)
		return;
	f->indexed = 1;
	symtab_load(&f->symtab, full, f->main.has_dynsym ? &f->main : NULL);
	if (with_dwarf(f))
		open_dwarf(f, options);
}

int file_trim(struct file *f, const struct sym_options *options)
{
	if (!f->dwarf || sym_dwarf_functions_read(f->dwarf) < options->ahead_functions)
		return 0;
	close_dwarf(f);
	open_dwarf(f, options);
	return 1;
}

void file_close(struct file *f)
{
	symtab_free(&f->symtab);
	close_dwarf(f);
	object_close(&f->main);
	object_close(&f->debug);
	object_close(&f->alt);
}
