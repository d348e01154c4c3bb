#include "sym/known.h"

#include <stdlib.h>
#include <string.h>

#include "sym/dwarf.h"
#include "sym/store_file.h"
#include "util/alloc.h"

enum { ALL_MOST = 256 << 20 };  /* bytes on disk */

/* ---- whose answers they are ---- */

/* To be counted up when the same file would be answered for differently: names, paths and lines as they are shown. */
#define EDITION 1

static void add_stamp(struct buf *b, const char *role, const struct object *o)
{
	buf_addf(b, "%s %s\n", role, o->stamp ? o->stamp : "-");
}

static char *identity_of(const struct file *f)
{
	struct buf b = { 0 };

	buf_addf(&b, "hp-analyze " HP_VERSION_TEXT " %d\n", EDITION);
	add_stamp(&b, "main", &f->main);
	add_stamp(&b, "debug", &f->debug);
	return buf_steal(&b);
}

/* The build id in hex. NULL: it has none. */
static char *name_of(const struct file *f)
{
	const uint8_t *id = f->build_id_bytes ? f->build_id : f->main.build_id;
	size_t n = f->build_id_bytes ? f->build_id_bytes : f->main.build_id_bytes;
	struct buf b = { 0 };

	if (n < 4 || n > OBJECT_BUILD_ID_MAX || (!f->main.elf && !f->debug.elf))
		return NULL;
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%02x", id[i]);
	buf_adds(&b, STORE_SUFFIX);
	return buf_steal(&b);
}

/* What debug files share is found only when they are read; so it is looked at where it was. */
static int alt_is_same(const struct store *s)
{
	const char *path = store_text(s, s->alt_path), *stamp = store_text(s, s->alt_stamp);
	char *now = path ? object_stamp(path) : NULL;
	int same = path ? now && stamp && strcmp(now, stamp) == 0 : 1;

	free(now);
	return same;
}

static void load(struct sym *s, struct file *f, const char *name)
{
	struct buf contents = { 0 };
	char *identity = identity_of(f);

	if (store_read(s->options.cache_dir, name, STORE_MOST, &contents) == 0
	    && store_decode(&f->known, identity, contents.s, contents.n) == 0 && !alt_is_same(&f->known))
		store_free(&f->known);
	buf_free(&contents);
	free(identity);
}

/* NULL: nothing is kept of this file. */
static struct store *open_store(struct sym *s, struct file *f)
{
	char *name;

	if (f->keep != KEEP_UNSEEN)
		return f->keep == KEEP ? &f->known : NULL;
	file_open(f, &s->options);
	name = s->options.cache_dir ? name_of(f) : NULL;
	f->keep = name ? KEEP : KEEP_NOT;
	if (name)
		load(s, f, name);
	free(name);
	return f->keep == KEEP ? &f->known : NULL;
}

/* Answers that may become others without a change of these files are not kept. */
static int is_lasting(const struct file *f)
{
	int has_dwarf = f->main.has_dwarf || f->debug.has_dwarf;

	return !f->indexed || !has_dwarf || (f->dwarf && !f->incomplete && sym_dwarf_is_complete(f->dwarf));
}

static void save(struct sym *s, struct file *f, const char *name)
{
	char *identity = identity_of(f);
	struct buf contents = { 0 };

	if (f->alt.stamp) {
		f->known.alt_stamp = store_add_text(&f->known, f->alt.stamp);
		f->known.alt_path = store_add_text(&f->known, f->alt.path);
	}
	store_encode(&f->known, identity, &contents);
	if (!f->known.full || !f->known.loaded)
		store_write(s->options.cache_dir, name, &contents, ALL_MOST);
	else
		store_remove(s->options.cache_dir, name);  /* the next report starts it anew, with what it needs itself */
	buf_free(&contents);
	free(identity);
}

void known_close(struct sym *s, struct file *f)
{
	char *name = f->known.answers.n > f->known.loaded && is_lasting(f) ? name_of(f) : NULL;

	if (name)
		save(s, f, name);
	free(name);
	store_free(&f->known);
}

/* ---- functions ---- */

static struct store *store_of(struct sym *s, int32_t module)
{
	return module < 0 ? NULL : open_store(s, s->modules[module].file);
}

size_t known_frames(struct sym *s, int32_t module, uint32_t what, uint64_t pc, const struct sym_frame **out)
{
	struct store *st = store_of(s, module);
	const struct store_frame *from;
	int n = st ? store_find(st, what, pc - s->modules[module].base, &from) : 0;
	struct sym_frame *frames;

	if (n <= 0)
		return 0;
	frames = arena_zalloc(&s->arena, (size_t)n * sizeof *frames);
	for (int i = 0; i < n; i++) {
		frames[i] = (struct sym_frame){
			.function = store_text(st, from[i].function), .raw = store_text(st, from[i].raw), .file = store_text(st, from[i].file),
			.line = from[i].line, .module = module, .offset = (uint32_t)from[i].offset, .inlined = from[i].inlined != 0,
		};
		if (!frames[i].function)
			names_by_offset(s, &frames[i], pc);
	}
	*out = frames;
	return (size_t)n;
}

/* A function without a name of its own is called by where it is, and that is put together each time. */
void known_keep_frames(struct sym *s, int32_t module, uint32_t what, uint64_t pc, const struct sym_frame *frames, size_t n)
{
	struct store *st = store_of(s, module);
	struct store_frame kept[STORE_DEEPEST];

	if (!st || n > STORE_DEEPEST)
		return;
	for (size_t i = 0; i < n; i++)
		kept[i] = (struct store_frame){
			.function = frames[i].raw ? store_add_text(st, frames[i].function) : 0, .raw = store_add_text(st, frames[i].raw),
			.file = store_add_text(st, frames[i].file), .line = frames[i].line, .offset = frames[i].offset, .inlined = frames[i].inlined,
		};
	store_add(st, what, pc - s->modules[module].base, kept, n);
}

/* ---- variables ---- */

int known_data(struct sym *s, struct file *f, uint64_t address, struct sym_data *out)
{
	struct store *st = open_store(s, f);
	const struct store_frame *from;
	int n = st ? store_find(st, CACHE_DATA, address, &from) : -1;

	if (n <= 0)
		return n;
	out->name = store_text(st, from->function);
	out->raw = store_text(st, from->raw);
	out->offset = from->offset;
	return out->name && out->raw ? 1 : -1;
}

void known_keep_data(struct sym *s, struct file *f, uint64_t address, const struct sym_data *data)
{
	struct store *st = open_store(s, f);
	const struct store_frame *unused;
	struct store_frame kept = { 0 };

	if (!st || store_find(st, CACHE_DATA, address, &unused) >= 0)
		return;
	if (data) {
		kept.function = store_add_text(st, data->name);
		kept.raw = store_add_text(st, data->raw);
		kept.offset = data->offset;
	}
	store_add(st, CACHE_DATA, address, &kept, data ? 1 : 0);
}

/* ---- code ---- */

int known_code(struct sym *s, struct file *f, const char *function, uint64_t *value, uint64_t *size)
{
	struct store *st = open_store(s, f);
	const struct store_frame *from;
	int n = st ? store_find(st, CACHE_CODE, store_hash(function), &from) : -1;

	if (n <= 0)
		return n;
	*value = from->offset;
	*size = from->line;
	return 1;
}

void known_keep_code(struct sym *s, struct file *f, const char *function, int found, uint64_t value, uint64_t size)
{
	struct store *st = open_store(s, f);

	if (st)
		store_add(st, CACHE_CODE, store_hash(function), &(struct store_frame){ .offset = value, .line = (uint32_t)size }, found ? 1 : 0);
}
