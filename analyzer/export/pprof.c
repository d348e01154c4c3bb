/*
 * pprof: a gzip'd profile.proto with all metrics as sample types; --metric says which is shown first. Of each module a
 * mapping with its build id, of each address a location with its inlined functions. What is not kept is one sample, (other).
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "export/export.h"
#include "export/pprof.h"
#include "util/alloc.h"

/* Not TIME, which is the sum of others here. */
#define TYPES (METRICS_ALL & ~METRIC_BIT(TIME))

/* ---- samples ---- */

static sample_t *new_sample(struct pprof *d, size_t locations)
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

static void add_sample(struct pprof *d, uint32_t node)
{
	const struct path_node *v = d->paths->nodes.v;
	size_t depth = 0;
	sample_t *s;

	for (uint32_t i = node; i; i = v[i].parent)
		depth++;
	s = new_sample(d, depth);
	depth = 0;
	for (uint32_t i = node; i; i = v[i].parent)
		s->location_id[depth++] = pprof_location(d, v[i].place);
	add_values(s, &d->paths->rows.v[v[node].row]);
}

static void add_samples(struct pprof *d, size_t keep)
{
	const struct paths *p = d->paths;
	sample_t *other;

	for (size_t i = 0; i < p->ranked.n && i < keep; i++)
		add_sample(d, p->ranked.v[i]);
	if (keep >= p->ranked.n)
		return;
	other = new_sample(d, 1);
	other->location_id[0] = pprof_other_location(d);
	for (size_t i = keep; i < p->ranked.n; i++)
		add_values(other, &p->rows.v[p->nodes.v[p->ranked.v[i]].row]);
}

/* ---- the whole ---- */

static void add_types(struct pprof *d)
{
	Perftools__Profiles__ValueType **types = arena_alloc(d->arena, METRIC_COUNT * sizeof(*types));

	d->p.sample_type = types;
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (TYPES & 1u << i) {
			NEW(d, Perftools__Profiles__ValueType, t, value_type);

			t->type = pprof_string(d, metrics[i].name);
			t->unit = pprof_string(d, metric_unit(i));
			types[d->p.n_sample_type++] = t;
		}
	d->p.default_sample_type = pprof_string(d, metrics[d->first].name);
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

static void pack(struct pprof *d, struct sink *to)
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

static uint32_t main_module(const struct model *m)
{
	for (uint32_t i = 0; i < m->stacks.modules.n; i++)
		if (!strcmp(m->stacks.modules.v[i].path, m->processes.v.v[0].exe))
			return i;
	return 0;
}

static void draw(void *data, size_t keep, struct sink *to)
{
	const struct pprof *what = data;
	const struct model *m = what->paths->in->model;
	struct arena arena = { 0 };
	struct pprof d = { .paths = what->paths, .first = what->first, .arena = &arena };

	perftools__profiles__profile__init(&d.p);
	pprof_string(&d, "");
	add_types(&d);
	d.p.time_nanos = (int64_t)(m->start_unix_ns + m->options.from_ns);
	d.p.duration_nanos = (int64_t)duration(m);
	if (m->stacks.modules.n)
		pprof_mapping(&d, main_module(m));  /* comes first */
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

static void use(void *data, struct export *e, struct paths *p)
{
	*(struct pprof *)data = (struct pprof){ .paths = p, .first = first_metric(e, p) };
}

static int write_pprof(struct export *e)
{
	struct pprof what;

	return paths_write(e, &(struct path_drawing){ TYPES, use, draw, &what });
}

const struct exporter export_pprof = {
	.name = "pprof", .opened_by = "go tool pprof, pprof, Grafana, speedscope", .metrics = TYPES, .binary = true, .write = write_pprof,
};
