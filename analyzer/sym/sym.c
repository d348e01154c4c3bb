#include "sym/sym.h"

#include <stdlib.h>
#include <string.h>

#include "sym/dwarf.h"
#include "sym/known.h"
#include "sym/sym_private.h"
#include "util/alloc.h"

enum { AHEAD_FUNCTIONS = 50000 };

/* ---- modules ---- */

static int by_file(const void *pa, const void *pb)
{
	const struct sym_module *a = *(const struct sym_module *const *)pa, *b = *(const struct sym_module *const *)pb;
	int order = strcmp(a->path, b->path);

	if (order || a->build_id_bytes != b->build_id_bytes)
		return order ? order : a->build_id_bytes < b->build_id_bytes ? -1 : 1;
	return a->build_id_bytes ? memcmp(a->build_id, b->build_id, a->build_id_bytes) : 0;
}

static void add_file(struct sym *s, const struct sym_module *m)
{
	vec_push(&s->files, (struct file){
		.path = arena_strdup(&s->arena, m->path),
		.build_id = arena_copy(&s->arena, m->build_id, m->build_id_bytes),
		.build_id_bytes = m->build_id_bytes,
	});
}

/* One struct file for all modules that are the same file. */
static void add_files(struct sym *s, const struct sym_module *modules, size_t n)
{
	const struct sym_module **order = xcalloc(n, sizeof(*order));

	for (size_t i = 0; i < n; i++)
		order[i] = &modules[i];
	qsort(order, n, sizeof(*order), by_file);
	vec_reserve(&s->files, n);
	for (size_t i = 0; i < n; i++) {
		struct module *m = &s->modules[order[i] - modules];
		const char *slash;

		if (!i || by_file(&order[i - 1], &order[i]) != 0)
			add_file(s, order[i]);
		m->file = &s->files.v[s->files.n - 1];
		m->base = order[i]->base;
		slash = strrchr(m->file->path, '/');
		m->name = slash ? slash + 1 : m->file->path;
	}
	free(order);
}

struct sym *sym_open(const struct sym_module *modules, size_t n, const struct sym_options *options)
{
	struct sym *s = xcalloc(1, sizeof *s);

	if (options && options->debug_dir)
		s->options.debug_dir = arena_strdup(&s->arena, options->debug_dir);
	if (options && options->sysroot)
		s->options.sysroot = arena_strdup(&s->arena, options->sysroot);
	if (options && options->cache_dir)
		s->options.cache_dir = arena_strdup(&s->arena, options->cache_dir);
	s->options.ahead_functions = options && options->ahead_functions ? options->ahead_functions : AHEAD_FUNCTIONS;
	s->n = n;
	s->modules = arena_zalloc(&s->arena, n * sizeof *s->modules);
	add_files(s, modules, n);
	for (size_t i = 0; i < n; i++) {
		const struct sym_module *m = &modules[i];

		vec_push(&s->code, (struct span){ m->lo, m->hi, m->from, m->to, (int32_t)i, 0 });
	}
	spans_seal(&s->code);
	return s;
}

void sym_close(struct sym *s)
{
	for (size_t i = 0; i < s->files.n; i++) {
		known_close(s, &s->files.v[i]);
		file_close(&s->files.v[i]);
	}
	vec_free(&s->files);
	vec_free(&s->code);
	vec_free(&s->data);
	cache_free(&s->cache);
	arena_free(&s->arena);
	free(s);
}

int32_t sym_module_at(struct sym *s, uint64_t address, uint64_t time)
{
	const struct span *span = spans_find(&s->code, address, time);

	return span ? span->module : -1;
}

enum sym_state sym_state(struct sym *s, size_t module, const char **note)
{
	struct file *f = s->modules[module].file;

	file_open(f, &s->options);
	if (note)
		*note = advice_of(s, f);
	return f->state;
}

const char *sym_state_name(enum sym_state state)
{
	static const char *const names[] = { [SYM_NONE] = "none", [SYM_DYNAMIC] = "dynamic", [SYM_FULL] = "full" };

	return names[state];
}

/* The module's file, ready for look-ups; NULL: there is none. */
static struct file *file_of(struct sym *s, int32_t module)
{
	struct file *f = module < 0 ? NULL : s->modules[module].file;

	if (f) {
		file_open(f, &s->options);
		file_index(f, &s->options);
	}
	return f;
}

/* ---- code ---- */

static size_t make_frames(struct sym *s, int32_t module, uint64_t pc, uint64_t lookup, const struct sym_frame **made)
{
	struct sym_dwarf_frame found[SYM_DWARF_DEEPEST] = { { 0 } };
	struct file *file = file_of(s, module);
	uint64_t address = module < 0 ? 0 : lookup - s->modules[module].base;
	const struct symtab_entry *symbol = file ? symtab_function(&file->symtab, address) : NULL;
	size_t n = file && file->dwarf ? sym_dwarf_frames(file->dwarf, address, found) : 0;
	struct sym_frame *frames;

	if (!n)
		n = 1;
	frames = arena_zalloc(&s->arena, n * sizeof *frames);
	for (size_t i = 0; i < n; i++) {
		frames[i].module = module;
		frames[i].file = names_source(s, &found[i]);
		frames[i].line = found[i].line;
		frames[i].inlined = found[i].inlined;
		if (symbol && !found[i].inlined)
			frames[i].offset = (uint32_t)(address - symbol->value + (pc - lookup));
		names_choose(s, &frames[i], &found[i], symbol && !found[i].inlined ? symbol->name : NULL);
		if (!frames[i].function)
			names_by_offset(s, &frames[i], pc);
	}
	*made = frames;
	return n;
}

static uint64_t offset_in(const struct sym *s, int32_t module, uint64_t address)
{
	return module < 0 ? address : address - s->modules[module].base;
}

size_t sym_frames(struct sym *s, uint64_t pc, int exact, uint64_t time, const struct sym_frame **frames)
{
	uint64_t lookup = exact || !pc ? pc : pc - 1;
	int32_t module = sym_module_at(s, lookup, time);
	uint32_t what = exact ? CACHE_EXACT : CACHE_RETURN;
	struct cache_entry *e = cache_at(&s->cache, (uint32_t)module, offset_in(s, module, pc), what);
	const struct sym_frame *made;
	size_t n;

	if (!e->answer) {
		n = known_frames(s, module, what, pc, &made);
		if (!n) {
			n = make_frames(s, module, pc, lookup, &made);
			known_keep_frames(s, module, what, pc, made, n);
		}
		e = cache_at(&s->cache, (uint32_t)module, offset_in(s, module, pc), what);  /* anew: it may have grown */
		e->n = n;
		e->answer = made;
	}
	*frames = e->answer;
	return e->n;
}

static const struct sym_frame *make_function(struct sym *s, int32_t module, uint64_t address)
{
	struct sym_frame *frame = arena_zalloc(&s->arena, sizeof *frame);
	uint64_t offset = offset_in(s, module, address);
	struct sym_dwarf_frame found = { 0 };
	struct file *file = file_of(s, module);
	const struct symtab_entry *symbol = file ? symtab_function(&file->symtab, offset) : NULL;

	if (file && file->dwarf)
		sym_dwarf_function(file->dwarf, offset, &found);
	frame->module = module;
	frame->file = names_source(s, &found);
	frame->line = found.line;
	names_choose(s, frame, &found, symbol ? symbol->name : NULL);
	if (!frame->function)
		names_by_offset(s, frame, address);
	return frame;
}

const struct sym_frame *sym_function(struct sym *s, uint64_t address, uint64_t time)
{
	int32_t module = sym_module_at(s, address, time);
	uint64_t offset = offset_in(s, module, address);
	const struct sym_frame *frame = cache_at(&s->cache, (uint32_t)module, offset, CACHE_FUNCTION)->answer;

	if (!frame) {
		if (!known_frames(s, module, CACHE_FUNCTION, address, &frame)) {
			frame = make_function(s, module, address);
			known_keep_frames(s, module, CACHE_FUNCTION, address, frame, 1);
		}
		cache_at(&s->cache, (uint32_t)module, offset, CACHE_FUNCTION)->answer = frame;
	}
	return frame;
}

/* ---- data ---- */

/* Modules are recorded with their code; their data lies somewhere within what the file says they span. */
static void find_data(struct sym *s)
{
	s->data_found = 1;
	for (size_t i = 0; i < s->code.n; i++) {
		struct span span = s->code.v[i];
		const struct module *m = &s->modules[span.module];
		const struct object *o;

		file_open(m->file, &s->options);
		o = m->file->main.elf ? &m->file->main : &m->file->debug;
		if (!o->elf || o->lo >= o->hi)
			continue;
		span.lo = m->base + o->lo;
		span.hi = m->base + o->hi;
		vec_push(&s->data, span);
	}
	spans_seal(&s->data);
}

/* 1: there is one, 0: there is none. */
static int make_data(struct sym *s, struct file *f, uint64_t offset, struct sym_data *out)
{
	const struct symtab_entry *symbol;

	file_index(f, &s->options);
	symbol = symtab_data(&f->symtab, offset);
	if (symbol)
		*out = (struct sym_data){ .name = names_pretty(s, symbol->name), .raw = symbol->name, .offset = offset - symbol->value };
	known_keep_data(s, f, offset, symbol ? out : NULL);
	return symbol != NULL;
}

int sym_data(struct sym *s, uint64_t address, uint64_t time, struct sym_data *out)
{
	const struct span *span;
	struct file *f;
	uint64_t offset;
	int found;

	if (!s->data_found)
		find_data(s);
	span = spans_find(&s->data, address, time);
	if (!span)
		return -1;
	offset = address - s->modules[span->module].base;
	f = s->modules[span->module].file;
	found = known_data(s, f, offset, out);
	if (found < 0)
		found = make_data(s, f, offset, out);
	out->module = span->module;
	return found ? 0 : -1;
}
