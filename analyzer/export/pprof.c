/*
 * pprof: a gzip'd profile.proto with all metrics as sample types; --metric says which is shown first. Of each module a
 * mapping with its build id, of each address a location with its inlined functions. What is not kept is one sample, (other).
 */
#include <string.h>
#include <zlib.h>

#include <pprof.pb-c.h>

#include "export/export.h"
#include "export/paths.h"
#include "util/alloc.h"
#include "util/text.h"

/* Not TIME, which is the sum of others here. */
#define TYPES (METRICS_ALL & ~METRIC_BIT(TIME))

typedef Perftools__Profiles__Profile  profile_t;
typedef Perftools__Profiles__Sample   sample_t;
typedef Perftools__Profiles__Location location_t;
typedef Perftools__Profiles__Mapping  mapping_t;

struct drawing {
	const struct paths *paths;
	unsigned            first;      /* metric that is shown first */
	struct arena       *arena;      /* of one drawing */
	profile_t           p;
	struct map64        by_string;
	VEC(char *)         strings;
	VEC(uint64_t)       location;   /* by place: its id, 0: not used so far */
	VEC(uint64_t)       function, mapping;
	VEC(sample_t *)     samples;
	VEC(location_t *)   locations;
	VEC(Perftools__Profiles__Function *) functions;
	VEC(mapping_t *)    mappings;
};

/* Declares a message of the drawing's. */
#define NEW(d, type, name, init) type *name = arena_alloc((d)->arena, sizeof(type)); perftools__profiles__##init##__init(name)

/* ---- the string table ---- */

static int64_t string(struct drawing *d, const char *text)
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

static int64_t build_id(struct drawing *d, const struct module *m)
{
	struct buf hex = { 0 };
	int64_t id;

	for (uint32_t i = 0; i < m->build_id_bytes; i++)
		buf_addf(&hex, "%02x", m->build_id[i]);
	id = string(d, buf_text(&hex));
	buf_free(&hex);
	return id;
}

/* Modules lie where they were first, as far as their addresses are in use; pprof wants ranges that do not overlap. */
static mapping_t *mapping_of(struct drawing *d, uint32_t module)
{
	const struct module *m = &d->paths->in->model->stacks.modules.v[module];

	vec_ensure(&d->mapping, module);
	if (d->mapping.v[module])
		return d->mappings.v[d->mapping.v[module] - 1];
	NEW(d, mapping_t, new, mapping);
	new->id = d->mapping.v[module] = d->mappings.n + 1;
	new->filename = string(d, m->path);
	new->build_id = build_id(d, m);
	new->memory_start = UINT64_MAX;
	new->has_functions = new->has_filenames = new->has_line_numbers = new->has_inline_frames = 1;
	vec_push(&d->mappings, new);
	return new;
}

static uint64_t function_of(struct drawing *d, uint32_t function)
{
	const struct path_function *f = &d->paths->functions.v[function];

	vec_ensure(&d->function, function);
	if (d->function.v[function])
		return d->function.v[function];
	NEW(d, Perftools__Profiles__Function, new, function);
	new->id = d->function.v[function] = d->functions.n + 1;
	new->name = new->system_name = string(d, f->name);
	new->filename = string(d, f->file);
	vec_push(&d->functions, new);
	return new->id;
}

static Perftools__Profiles__Line *line_of(struct drawing *d, const struct path_line *l)
{
	NEW(d, Perftools__Profiles__Line, new, line);

	new->function_id = function_of(d, l->function);
	new->line = l->line;
	return new;
}

static void set_address(struct drawing *d, location_t *l, const struct path_place *place)
{
	mapping_t *m = mapping_of(d, place->module);
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

static uint64_t location_of(struct drawing *d, uint32_t index)
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

/* The place that all that was not kept is at. */
static uint64_t other_location(struct drawing *d)
{
	NEW(d, location_t, new, location);
	NEW(d, Perftools__Profiles__Function, f, function);
	NEW(d, Perftools__Profiles__Line, line, line);

	f->id = line->function_id = d->functions.n + 1;
	f->name = f->system_name = string(d, "(other)");
	vec_push(&d->functions, f);
	new->id = d->locations.n + 1;
	new->n_line = 1;
	new->line = arena_copy(d->arena, &line, sizeof(line));
	vec_push(&d->locations, new);
	return new->id;
}

/* ---- samples ---- */

static sample_t *new_sample(struct drawing *d, size_t locations)
{
	NEW(d, sample_t, s, sample);

	s->n_location_id = locations;
	s->location_id = arena_alloc(d->arena, locations * sizeof(*s->location_id));
	s->n_value = (size_t)__builtin_popcount(TYPES);
	s->value = arena_zalloc(d->arena, s->n_value * sizeof(*s->value));
	vec_push(&d->samples, s);
	return s;
}

static void add_values(sample_t *s, const struct path_row *row)
{
	size_t at = 0;

	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (TYPES & 1u << i) {
			uint64_t sum = (uint64_t)s->value[at] + row->v[i];

			s->value[at++] = sum > INT64_MAX ? INT64_MAX : (int64_t)sum;
		}
}

static void add_sample(struct drawing *d, uint32_t node)
{
	const struct path_node *v = d->paths->nodes.v;
	size_t depth = 0;
	sample_t *s;

	for (uint32_t i = node; i; i = v[i].parent)
		depth++;
	s = new_sample(d, depth);
	depth = 0;
	for (uint32_t i = node; i; i = v[i].parent)
		s->location_id[depth++] = location_of(d, v[i].place);
	add_values(s, &d->paths->rows.v[v[node].row]);
}

static void add_samples(struct drawing *d, size_t keep)
{
	const struct paths *p = d->paths;
	sample_t *other;

	for (size_t i = 0; i < p->ranked.n && i < keep; i++)
		add_sample(d, p->ranked.v[i]);
	if (keep >= p->ranked.n)
		return;
	other = new_sample(d, 1);
	other->location_id[0] = other_location(d);
	for (size_t i = keep; i < p->ranked.n; i++)
		add_values(other, &p->rows.v[p->nodes.v[p->ranked.v[i]].row]);
}

/* ---- the whole ---- */

static void add_types(struct drawing *d)
{
	Perftools__Profiles__ValueType **types = arena_alloc(d->arena, METRIC_COUNT * sizeof(*types));

	d->p.sample_type = types;
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (TYPES & 1u << i) {
			NEW(d, Perftools__Profiles__ValueType, t, value_type);

			t->type = string(d, metrics[i].name);
			t->unit = string(d, metric_unit(i));
			types[d->p.n_sample_type++] = t;
		}
	d->p.default_sample_type = string(d, metrics[d->first].name);
}

static uint64_t duration(const struct model *m)
{
	uint64_t to = m->options.to_ns && m->options.to_ns < m->duration_ns ? m->options.to_ns : m->duration_ns;

	return to > m->options.from_ns ? to - m->options.from_ns : 0;
}

static void compress_to(struct sink *to, const uint8_t *data, size_t bytes)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data };
	uint8_t piece[1 << 16];
	int code = Z_OK;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	while (code == Z_OK) {
		uInt now = bytes > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uInt)bytes;

		if (!z.avail_in) {
			z.avail_in = now;
			bytes -= now;
		}
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		code = deflate(&z, bytes ? Z_NO_FLUSH : Z_FINISH);
		sink_write(to, piece, sizeof(piece) - z.avail_out);
	}
	deflateEnd(&z);
}

static void pack(struct drawing *d, struct sink *to)
{
	size_t bytes;
	uint8_t *block;

	d->p.n_sample = d->samples.n,         d->p.sample = d->samples.v;
	d->p.n_location = d->locations.n,     d->p.location = d->locations.v;
	d->p.n_function = d->functions.n,     d->p.function = d->functions.v;
	d->p.n_mapping = d->mappings.n,       d->p.mapping = d->mappings.v;
	d->p.n_string_table = d->strings.n,   d->p.string_table = d->strings.v;
	bytes = perftools__profiles__profile__get_packed_size(&d->p);
	block = xmalloc(bytes);
	perftools__profiles__profile__pack(&d->p, block);
	compress_to(to, block, bytes);
	free(block);
}

static void draw(void *data, size_t keep, struct sink *to)
{
	const struct drawing *what = data;
	const struct model *m = what->paths->in->model;
	struct arena arena = { 0 };
	struct drawing d = { .paths = what->paths, .first = what->first, .arena = &arena };

	perftools__profiles__profile__init(&d.p);
	string(&d, "");
	add_types(&d);
	d.p.time_nanos = (int64_t)(m->start_unix_ns + m->options.from_ns);
	d.p.duration_nanos = (int64_t)duration(m);
	if (m->stacks.modules.n)
		mapping_of(&d, 0);  /* the main program's comes first */
	add_samples(&d, keep);
	pack(&d, to);
	vec_free(&d.strings);
	vec_free(&d.location);
	vec_free(&d.function);
	vec_free(&d.mapping);
	vec_free(&d.samples);
	vec_free(&d.locations);
	vec_free(&d.functions);
	vec_free(&d.mappings);
	map64_free(&d.by_string);
	arena_free(&arena);
}

/* What most would look for in this recording. */
static unsigned first_metric(const struct export *e, const struct paths *p)
{
	if (e->metric)
		return (unsigned)(e->metric - metrics);
	return p->totals.v[METRIC_SELF] ? METRIC_SELF : p->totals.v[METRIC_ALLOC_BYTES] ? METRIC_ALLOC_BYTES : METRIC_BETWEEN;
}

static int write_pprof(struct export *e)
{
	struct path_times times = { 0 };
	const struct view_input *in = export_read(e, MODEL_ALL, paths_watch(&times));
	struct paths p;
	size_t kept;
	int code;

	if (!in)
		return -1;
	paths_build(&p, in, &times, TYPES);
	code = export_fit(e, p.ranked.n, draw, &(struct drawing){ .paths = &p, .first = first_metric(e, &p) }, &kept);
	if (kept < p.ranked.n)
		export_left_out(e, "%zu of %zu call paths, together in (other)", p.ranked.n - kept, p.ranked.n);
	paths_free(&p);
	path_times_free(&times);
	return code;
}

const struct exporter export_pprof = {
	.name = "pprof", .opened_by = "go tool pprof, pprof, Grafana, speedscope", .metrics = TYPES, .binary = true, .write = write_pprof,
};
