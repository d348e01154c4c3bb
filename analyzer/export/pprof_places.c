/* pprof_places.c - strings, mappings, functions and locations of a profile. */
#include <string.h>

#include "export/pprof.h"
#include "util/buf.h"
#include "util/text.h"

int64_t pprof_string(struct pprof *d, const char *text)
{
	struct buf plain = { 0 };
	uint64_t hash = 0xcbf29ce484222325u;
	uint32_t found;

	text_escape(&plain, text ? text : "", text ? strlen(text) : 0);
	for (const char *c = buf_text(&plain); *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	hash = hash == MAP64_EMPTY ? 0 : hash;
	found = map64_get(&d->by_string, hash);
	if (found == MAP64_NONE) {
		found = (uint32_t)d->strings.n;
		vec_push(&d->strings, arena_strdup(d->arena, buf_text(&plain)));
		map64_put(&d->by_string, hash, found);
	}
	buf_free(&plain);
	return found;
}

/* ---- places ---- */

static int64_t build_id(struct pprof *d, const struct module *m)
{
	struct buf hex = { 0 };
	int64_t id;

	for (uint32_t i = 0; i < m->build_id_bytes; i++)
		buf_addf(&hex, "%02x", m->build_id[i]);
	id = pprof_string(d, buf_text(&hex));
	buf_free(&hex);
	return id;
}

/* Modules lie where they were first, as far as their addresses are in use; pprof wants ranges that do not overlap. */
mapping_t *pprof_mapping(struct pprof *d, uint32_t module)
{
	const struct module *m = &d->paths->in->model->stacks.modules.v[module];

	vec_ensure(&d->mapping, module);
	if (d->mapping.v[module])
		return d->mappings.v[d->mapping.v[module] - 1];
	NEW(d, mapping_t, new, mapping);
	new->id = d->mapping.v[module] = d->mappings.n + 1;
	new->filename = pprof_string(d, m->path);
	new->build_id = build_id(d, m);
	new->memory_start = UINT64_MAX;
	new->has_functions = new->has_filenames = new->has_line_numbers = new->has_inline_frames = 1;
	vec_push(&d->mappings, new);
	return new;
}

static uint64_t function_of(struct pprof *d, uint32_t function)
{
	const struct path_function *f = &d->paths->functions.v[function];

	vec_ensure(&d->function, function);
	if (d->function.v[function])
		return d->function.v[function];
	NEW(d, Perftools__Profiles__Function, new, function);
	new->id = d->function.v[function] = d->functions.n + 1;
	new->name = new->system_name = pprof_string(d, f->name);
	new->filename = pprof_string(d, f->file);
	vec_push(&d->functions, new);
	return new->id;
}

static Perftools__Profiles__Line *line_of(struct pprof *d, const struct path_line *l)
{
	NEW(d, Perftools__Profiles__Line, new, line);

	new->function_id = function_of(d, l->function);
	new->line = l->line;
	return new;
}

static void set_address(struct pprof *d, location_t *l, const struct path_place *place)
{
	mapping_t *m = pprof_mapping(d, place->module);
	uint64_t start;

	l->mapping_id = m->id;
	l->address = d->paths->in->model->stacks.modules.v[place->module].first_base + place->address - (place->called ? 1 : 0);
	start = l->address & ~UINT64_C(0xfff);
	if (start < m->memory_start)
		m->memory_start = start;
	if (start + 0x1000 > m->memory_limit)
		m->memory_limit = start + 0x1000;
	m->file_offset = m->memory_start - d->paths->in->model->stacks.modules.v[place->module].first_base;
}

uint64_t pprof_location(struct pprof *d, uint32_t index)
{
	const struct path_place *place = &d->paths->places.v[index];

	vec_ensure(&d->location, index);
	if (d->location.v[index])
		return d->location.v[index];
	NEW(d, location_t, new, location);
	new->id = d->location.v[index] = d->locations.n + 1;
	if (place->module != MODULE_NONE)
		set_address(d, new, place);
	new->n_line = place->lines;
	new->line = arena_alloc(d->arena, place->lines * sizeof(*new->line));
	for (uint32_t i = 0; i < place->lines; i++)
		new->line[i] = line_of(d, &d->paths->lines.v[place->first_line + i]);
	vec_push(&d->locations, new);
	return new->id;
}

uint64_t pprof_other_location(struct pprof *d)
{
	NEW(d, location_t, new, location);
	NEW(d, Perftools__Profiles__Function, f, function);
	NEW(d, Perftools__Profiles__Line, line, line);

	f->id = line->function_id = d->functions.n + 1;
	f->name = f->system_name = pprof_string(d, "(other)");
	vec_push(&d->functions, f);
	new->id = d->locations.n + 1;
	new->n_line = 1;
	new->line = arena_copy(d->arena, &line, sizeof(line));
	vec_push(&d->locations, new);
	return new->id;
}
