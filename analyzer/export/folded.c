/*
 * folded: flamegraph.pl's input, a call path a line: "main;parse;malloc 4096". Semicolons in names become colons; control
 * characters are escaped.
 */
#include <string.h>

#include "export/export.h"
#include "export/fold.h"
#include "util/text.h"

struct drawing { const struct paths *paths; unsigned metric; };

static void add_name(struct buf *line, const char *name)
{
	size_t from = line->n;

	text_escape(line, name, strlen(name));
	for (; from < line->n; from++)
		if (line->s[from] == ';')
			line->s[from] = ':';
}

static void draw(void *data, size_t keep, struct sink *to)
{
	const struct drawing *d = data;
	struct fold f;
	struct buf line = { 0 };

	fold_build(&f, d->paths, keep, false);
	for (uint32_t i = 1; i < f.nodes.n; i++) {
		uint64_t value = fold_self(&f, i)->v[d->metric];
		size_t count;
		const uint32_t *functions;

		if (!value)
			continue;
		buf_reset(&line);
		functions = fold_chain(&f, i, &count);
		for (size_t k = 0; k < count; k++) {
			buf_adds(&line, k ? ";" : "");
			add_name(&line, fold_name(&f, functions[k]));
		}
		buf_addf(&line, " %llu\n", (unsigned long long)value);
		sink_write(to, line.s, line.n);
	}
	buf_free(&line);
	fold_free(&f);
}

static int write_folded(struct export *e)
{
	unsigned metric = e->metric ? (unsigned)(e->metric - metrics) : METRIC_TIME;
	struct path_times times = { 0 };
	const struct view_input *in = export_read(e, metrics_parts(1u << metric), paths_watch(&times));
	struct paths p;
	size_t kept;
	int code;

	if (!in)
		return -1;
	paths_build(&p, in, &times, 1u << metric);
	code = export_fit(e, p.ranked.n, draw, &(struct drawing){ &p, metric }, &kept);
	if (kept < p.ranked.n)
		export_left_out(e, "%zu of %zu call paths, together in (other)", p.ranked.n - kept, p.ranked.n);
	paths_free(&p);
	path_times_free(&times);
	return code;
}

const struct exporter export_folded = {
	.name = "folded", .opened_by = "flamegraph.pl, inferno, speedscope", .metrics = METRICS_ALL, .write = write_folded,
};
