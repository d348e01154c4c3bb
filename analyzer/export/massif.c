/*
 * massif: how much memory was live over time, with the call paths at the peak and at the end. Times are ms, as massif has no
 * finer unit; a short run is given in bytes allocated instead of time, as massif's --time-unit=B does.
 */
#include <inttypes.h>
#include <string.h>

#include "export/export.h"
#include "export/massif.h"
#include "util/text.h"

enum { SNAPSHOTS = 100, SHORT_MS = 100 };

struct snapshot { uint64_t ns, allocated, live; };

/* One a step of time; or, without one, each so many blocks: when there are 2 * SNAPSHOTS, each second one goes. */
struct history {
	VEC(struct snapshot) v;
	uint64_t             step_ns, next_ns, every, blocks;
	struct snapshot      peak, last;
	struct model_watch   watch;
};

struct drawing {
	const struct paths   *paths;
	const struct history *history;
	bool                  in_bytes;     /* the time axis */
	struct sink          *to;
};

/* ---- what happened ---- */

static void thin_out(struct history *h)
{
	size_t n = 0;

	for (size_t i = 1; i < h->v.n; i += 2)
		h->v.v[n++] = h->v.v[i];
	h->v.n = n;
	h->every *= 2;
}

static void note(void *data, const struct model *m, const struct watched_block *b)
{
	struct history *h = data;

	h->last = (struct snapshot){ b->ns, m->memory.bytes_allocated, m->memory.live_bytes };
	if (m->memory.live_bytes > h->peak.live)
		h->peak = h->last;
	if (h->step_ns ? b->ns < h->next_ns : h->blocks++ % h->every > 0)
		return;
	h->next_ns = b->ns + h->step_ns;
	vec_push(&h->v, h->last);
	if (h->v.n == 2 * SNAPSHOTS)
		thin_out(h);
}

/* What is live stays. */
static void note_clear(void *data, const struct model *m, uint64_t ns)
{
	struct history *h = data;

	h->v.n = 0;
	h->every = 1;
	h->blocks = h->next_ns = 0;
	h->peak = h->last = (struct snapshot){ ns, 0, m->memory.live_bytes };
}

/* ---- snapshots ---- */

static void draw_snapshot(struct drawing *d, unsigned number, const struct snapshot *s, const char *tree)
{
	uint64_t from = d->paths->in->model->options.from_ns, ns = s->ns > from ? s->ns - from : 0;

	sink_format(d->to, "#-----------\nsnapshot=%u\n#-----------\ntime=%" PRIu64 "\nmem_heap_B=%" PRIu64
	            "\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=%s\n",
	            number, d->in_bytes ? s->allocated : ns / 1000000, s->live, tree);
}

static void draw_head(struct drawing *d)
{
	struct buf line = { 0 };

	buf_adds(&line, "desc: --time-unit=");
	buf_adds(&line, d->in_bytes ? "B" : "ms");
	buf_adds(&line, " (recorded by hp)\ncmd: ");
	export_command(d->paths->in, &line);
	buf_addf(&line, "\ntime_unit: %s\n", d->in_bytes ? "B" : "ms");
	sink_write(d->to, line.s, line.n);
	buf_free(&line);
}

static void draw(void *data, size_t keep, struct sink *to)
{
	struct drawing d = *(const struct drawing *)data;
	const struct history *h = d.history;
	unsigned number = 0;
	bool peaked = !h->peak.live;

	d.to = to;
	draw_head(&d);
	for (size_t i = 0; i <= h->v.n; i++) {
		const struct snapshot *s = i < h->v.n ? &h->v.v[i] : &h->last;

		if (!peaked && s->ns >= h->peak.ns) {
			draw_snapshot(&d, number++, &h->peak, "peak");
			massif_tree(d.paths, METRIC_PEAK, keep, to);
			peaked = true;
			if (i < h->v.n && s->ns == h->peak.ns && s->live == h->peak.live)
				continue;
		}
		draw_snapshot(&d, number++, s, i < h->v.n ? "empty" : "detailed");
	}
	massif_tree(d.paths, METRIC_LIVE, keep, to);
}

static int write_massif(struct export *e)
{
	struct history h = { .every = 1 };
	const struct view_input *in;
	struct paths p;
	bool in_bytes;
	size_t kept;
	int code;

	h.watch = (struct model_watch){ .data = &h, .block = note, .clear = note_clear };
	in = e->open(e, MODEL_MEMORY, &h.watch);
	if (!in)
		return -1;
	in_bytes = in->model->duration_ns < SHORT_MS * UINT64_C(1000000);
	h.step_ns = in_bytes ? 0 : in->model->duration_ns / SNAPSHOTS;
	e->run(e, in);
	paths_build(&p, in, NULL, METRIC_BIT(PEAK) | METRIC_BIT(LIVE));
	h.last.live = p.totals.v[METRIC_LIVE];  /* with what processes that have ended did not free */
	code = export_fit(e, p.ranked.n, draw, &(struct drawing){ .paths = &p, .history = &h, .in_bytes = in_bytes }, &kept);
	if (kept < p.ranked.n)
		export_left_out(e, "%zu of %zu call paths, together in (other)", p.ranked.n - kept, p.ranked.n);
	paths_free(&p);
	vec_free(&h.v);
	return code;
}

const struct exporter export_massif = {
	.name = "massif", .opened_by = "ms_print, massif-visualizer", .write = write_massif,
};
