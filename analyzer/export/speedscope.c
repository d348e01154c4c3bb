/*
 * speedscope: its own file format. A profile a thread with its calls as they happened where there are function events; and
 * a profile for each metric that says something, over all threads, by call path. With --metric that one alone.
 */
#include <string.h>

#include "export/export.h"
#include "export/fold.h"
#include "export/speedscope.h"

struct drawing {
	const struct paths *paths;
	uint32_t            mask;      /* metrics to draw */
	struct sink        *to;
	struct fold         fold;
	VEC(uint32_t)       frame;     /* by function of the paths, of which (other) is the last: its number + 1 */
};

void speedscope_head(struct sink *to, const char *name)
{
	sink_text(to, "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"hp-analyze " HP_VERSION_TEXT
	              "\",\"name\":");
	sink_json(to, name);
	sink_text(to, ",\"shared\":{\"frames\":[");
}

void speedscope_frame(struct sink *to, bool first, const char *name, const char *file, uint32_t line)
{
	sink_text(to, first ? "\n{\"name\":" : ",\n{\"name\":");
	sink_json(to, name);
	if (file) {
		sink_text(to, ",\"file\":");
		sink_json(to, file);
	}
	if (file && line)
		sink_format(to, ",\"line\":%u", line);
	sink_text(to, "}");
}

const char *speedscope_name(const struct view_input *in)
{
	const struct model *m = in->model;

	return m->processes.v.n ? view_base_name(m->processes.v.v[0].exe) : "";
}

/* ---- by call path ---- */

static uint32_t number_of(const struct drawing *d, uint32_t function)
{
	return function == FOLD_OTHER ? (uint32_t)d->paths->functions.n : function;
}

/* Those that occur. */
static void draw_frames(struct drawing *d)
{
	uint32_t frames = 0;

	vec_ensure(&d->frame, d->paths->functions.n);
	for (size_t i = 1; i < d->fold.nodes.n; i++) {
		uint32_t function = d->fold.nodes.v[i].function, *frame = &d->frame.v[number_of(d, function)];

		if (*frame)
			continue;
		speedscope_frame(d->to, !frames, fold_name(&d->fold, function),
		                 function == FOLD_OTHER ? NULL : d->paths->functions.v[function].file, 0);
		*frame = ++frames;
	}
}

static void draw_samples(struct drawing *d, unsigned metric)
{
	bool first = true;

	for (uint32_t i = 1; i < d->fold.nodes.n; i++) {
		size_t count;
		const uint32_t *functions;

		if (!fold_self(&d->fold, i)->v[metric])
			continue;
		functions = fold_chain(&d->fold, i, &count);
		sink_text(d->to, first ? "[" : ",[");
		for (size_t k = 0; k < count; k++)
			sink_format(d->to, k ? ",%u" : "%u", d->frame.v[number_of(d, functions[k])] - 1);
		sink_text(d->to, "]");
		first = false;
	}
}

static void draw_weights(struct drawing *d, unsigned metric)
{
	bool first = true;

	for (uint32_t i = 1; i < d->fold.nodes.n; i++) {
		uint64_t value = fold_self(&d->fold, i)->v[metric];

		if (value)
			sink_format(d->to, first ? "%llu" : ",%llu", (unsigned long long)value);
		first &= !value;
	}
}

static void draw_profile(struct drawing *d, unsigned metric, bool first)
{
	const char *unit = metrics[metric].unit == UNIT_COUNT ? "none" : metric_unit(metric);

	sink_format(d->to, "%s\n{\"type\":\"sampled\",\"name\":\"%s\",\"unit\":\"%s\",\"startValue\":0,\"endValue\":%llu,\"samples\":[",
	            first ? "" : ",", metrics[metric].name, unit, (unsigned long long)d->paths->totals.v[metric]);
	draw_samples(d, metric);
	sink_text(d->to, "],\"weights\":[");
	draw_weights(d, metric);
	sink_text(d->to, "]}");
}

static void draw(void *data, size_t keep, struct sink *to)
{
	struct drawing d = *(const struct drawing *)data;
	bool first = true;

	d.to = to;
	fold_build(&d.fold, d.paths, keep, false);
	speedscope_head(to, speedscope_name(d.paths->in));
	draw_frames(&d);
	sink_text(to, "]},\"profiles\":[");
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (d.mask & 1u << i) {
			draw_profile(&d, i, first);
			first = false;
		}
	sink_text(to, "]}\n");
	fold_free(&d.fold);
	vec_free(&d.frame);
}

/* Without a choice: all that are not zero throughout, but for the sums of others. */
static uint32_t chosen(const struct export *e, const struct paths *p)
{
	uint32_t mask = 0;

	if (e->metric)
		return 1u << (e->metric - metrics);
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (p->totals.v[i] && i != METRIC_SELF && i != METRIC_BETWEEN)
			mask |= 1u << i;
	return mask ? mask : METRIC_BIT(TIME);
}

static void use(void *data, struct export *e, struct paths *p)
{
	*(struct drawing *)data = (struct drawing){ .paths = p, .mask = chosen(e, p) };
}

static int write_paths(struct export *e)
{
	struct drawing what;

	return paths_write(e, &(struct path_drawing){ METRICS_ALL, use, draw, &what });
}

static int write_speedscope(struct export *e)
{
	struct tracks t = { 0 };
	int code;

	if (e->metric)
		return write_paths(e);
	code = tracks_read(&t, e, 16);
	if (!code)
		code = t.has_functions || e->min_ns ? speedscope_calls(e, &t) : write_paths(e);
	tracks_free(&t);
	return code;
}

const struct exporter export_speedscope = {
	.name = "speedscope", .opened_by = "speedscope", .metrics = METRICS_ALL, .slices = true, .write = write_speedscope,
};
