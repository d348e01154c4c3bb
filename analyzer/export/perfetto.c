/*
 * perfetto: a trace with a track a thread: function calls, waits and I/O as slices, marks and wake-ups as moments, a flow from
 * who ended a wait to who waited, and each process's live heap as a counter. Times are CLOCK_BOOTTIME, as in other traces.
 *
 * A packet is put together in memory, and written if it leaves room for the ends of what is open. Once one does not, nothing
 * but such ends is written any more, as later packets would use its names.
 */
#include <inttypes.h>
#include <string.h>

#include "export/perfetto_packet.h"
#include "export/tracks.h"
#include "export/wakes.h"
#include "table/memory.h"

/* Bytes of a slice as most are; of an end, at most; of a value of a counter. */
enum { SLICE_USUAL = 66, END_MOST = 40, LIVE_BYTES = 36, LIVE_POINTS = 4096, CURVES_MOST = 2 * 256 * LIVE_BYTES };

struct thread_track { VEC(uint8_t) open; uint8_t described; };  /* open: of each slice, whether its begin was written */

struct trace {
	struct export           *e;
	const struct view_input *first;
	struct packets           packets;
	struct buf               packet;     /* what packets write to */
	struct sink              memory;
	struct slices           *slices;
	struct slices_window     window;
	struct wakes             wakes;
	VEC(struct thread_track) threads;
	uint64_t                 min_ns, flows, open_ends, left_out;
	bool                     full;
};

/* ---- limit ---- */

/* Writes what was put together, if it fits beside `ends` further ends. */
static bool commit(struct trace *t, uint64_t ends)
{
	uint64_t all = t->e->sink->bytes + t->packet.n + (t->open_ends + ends) * END_MOST;
	bool fits = !t->e->max_bytes || all <= t->e->max_bytes;

	if (fits)
		sink_write(t->e->sink, t->packet.s, t->packet.n);
	buf_reset(&t->packet);
	return fits;
}

static struct thread_track *track_of(struct trace *t, uint32_t thread)
{
	struct thread_track *track;

	vec_ensure(&t->threads, thread);
	track = &t->threads.v[thread];
	if (!track->described && !t->full) {
		/* The first reading knows the name that it had in the end. */
		const struct model *m = thread < t->first->model->threads.v.n ? t->first->model : t->packets.in->model;

		packet_thread(&t->packets, thread, &m->threads.v.v[thread]);
		track->described = 1;
	}
	return track;
}

/* ---- slices ---- */

static void begin(void *data, uint32_t thread, const struct slice *s)
{
	struct trace *t = data;
	struct thread_track *track = track_of(t, thread);

	if (!t->full) {
		packet_begin(&t->packets, thread, s);
		t->full = !commit(t, 1);
	}
	vec_push(&track->open, !t->full);
	t->open_ends += !t->full;
	t->left_out += t->full;
}

static void end(void *data, uint32_t thread, uint64_t ns)
{
	struct trace *t = data;
	struct thread_track *track = track_of(t, thread);

	if (!track->open.v[--track->open.n])
		return;
	t->open_ends--;
	packet_end(&t->packets, thread, ns);
	commit(t, 0);
}

/* ---- moments ---- */

static bool in_window(const struct trace *t, uint64_t ns)
{
	return ns >= t->window.from_ns && ns <= t->window.to_ns;
}

static void moment(struct trace *t, uint32_t thread, uint64_t ns, const char *name, uint64_t flow, bool ends, const char *text, size_t bytes)
{
	if (t->full)
		return;
	track_of(t, thread);
	packet_moment(&t->packets, thread, ns, name, flow, ends, text, bytes);
	t->full = !commit(t, 0);
}

/* An arrow from who did it to who went on, at the time of each. */
static void arrow(struct trace *t, const struct waker *by, uint32_t thread, uint64_t ns, const char *what)
{
	if (!by || !in_window(t, by->ns) || !in_window(t, ns))
		return;
	t->flows++;
	moment(t, by->thread, by->ns, by->name, t->flows, false, NULL, 0);
	moment(t, thread, ns > by->ns ? ns : by->ns, what, t->flows, true, NULL, 0);
}

static int each(void *data, const struct model_event *e)
{
	struct trace *t = data;
	unsigned kind = e->raw->r.kind;

	slices_event(t->slices, e);
	arrow(t, wakes_creator(&t->wakes, e), e->thread, e->start_ns, "thread begins");
	if (e->duration_ns >= t->min_ns)
		arrow(t, wakes_event(&t->wakes, e), e->thread, e->ns, "woken up");
	else
		wakes_event(&t->wakes, e);
	if (in_window(t, e->ns) && (kind == HP_R_MARK || kind == HP_R_EXEC))
		moment(t, e->thread, e->ns, e->name, 0, false, e->text, e->text_bytes);
	return t->e->sink->out && ferror(t->e->sink->out);
}

/* ---- counters ---- */

static void live(struct trace *t, uint32_t process, uint64_t ns, uint64_t bytes)
{
	packet_count(&t->packets, process, COUNTER_LIVE, ns, bytes);
	commit(t, 0);
}

/* What was live at the end of each interval, and the peak of the run when it was but one process. */
static void write_live(struct trace *t, const struct tracks *tracks, uint32_t process)
{
	const struct model *m = t->first->model;
	bool peak = m->processes.v.n == 1 && m->memory.peak_bytes;

	packet_counter_track(&t->packets, process, COUNTER_LIVE);
	commit(t, 0);
	for (unsigned i = 0; i < tracks->points; i++) {
		size_t at = (size_t)process * tracks->points + i;
		const struct track_point *p = at < tracks->live.n ? &tracks->live.v[at] : NULL;

		if (!p || !p->ns || !in_window(t, p->ns))
			continue;
		if (peak && p->ns >= m->memory.peak_ns) {
			live(t, process, m->memory.peak_ns, m->memory.peak_bytes);
			peak = false;
		}
		live(t, process, p->ns, p->bytes);
	}
}

/* Figures of the whole run, where they are known: they stand with its root process. */
static const struct { const char *key; enum packet_counter counter; } of_the_run[] = {
	{ "mapped_bytes", COUNTER_MAPPED }, { "rss_bytes", COUNTER_RESIDENT },
};

static void write_curve(struct trace *t, const struct table *line, int column, enum packet_counter counter)
{
	int time = table_column(line, "time_ns");
	bool begun = false;

	for (size_t r = 0; r < line->row_count; r++) {
		const struct cell *c = line->rows[r].cells;

		if (c[column].type != CELL_INT || !in_window(t, (uint64_t)c[time].integer))
			continue;
		if (!begun)
			packet_counter_track(&t->packets, 0, counter);
		begun = true;
		packet_count(&t->packets, 0, counter, (uint64_t)c[time].integer, (uint64_t)c[column].integer);
		commit(t, 0);
	}
}

static void write_curves(struct trace *t)
{
	const struct table *line = memory_timeline(t->first);

	for (size_t i = 0; i < sizeof(of_the_run) / sizeof(*of_the_run); i++)
		if (table_column(line, of_the_run[i].key) >= 0)
			write_curve(t, line, table_column(line, of_the_run[i].key), of_the_run[i].counter);
}

static void write_processes(struct trace *t, const struct tracks *tracks)
{
	packet_clocks(&t->packets);
	for (uint32_t i = 0; i < t->first->model->processes.v.n && !t->full; i++) {
		packet_process(&t->packets, i);
		t->full |= !commit(t, 0);
		if (!t->full)
			write_live(t, tracks, i);
	}
	if (!t->full && (!t->e->max_bytes || t->e->max_bytes > CURVES_MOST * 8))
		write_curves(t);
}

/* ---- the whole ---- */

static unsigned points_for(const struct export *e)
{
	uint64_t fit = e->max_bytes / 8 / LIVE_BYTES;

	return !e->max_bytes || fit > LIVE_POINTS ? LIVE_POINTS : fit < 2 ? 2 : (unsigned)fit;
}

static void say_left_out(struct trace *t)
{
	uint64_t dropped = slices_dropped(t->slices);

	if (dropped)
		export_left_out(t->e, "%" PRIu64 " calls shorter than %" PRIu64 " ns", dropped, t->min_ns);
	if (t->left_out)
		export_left_out(t->e, "%" PRIu64 " calls for which there was no room any more", t->left_out);
}

static void free_trace(struct trace *t)
{
	slices_free(t->slices);
	packets_free(&t->packets);
	wakes_free(&t->wakes);
	buf_free(&t->packet);
	for (size_t i = 0; i < t->threads.n; i++)
		vec_free(&t->threads.v[i].open);
	vec_free(&t->threads);
}

static int write_trace(struct export *e, struct tracks *tracks)
{
	struct trace t = { .e = e, .first = tracks->first };
	struct slices_to to = { .data = &t, .begin = begin, .end = end };
	const struct view_input *in;

	t.min_ns = tracks_shortest(tracks, e, SLICE_USUAL, e->max_bytes / 4 * 3);  /* a quarter for names, counters, moments */
	in = tracks_open(tracks, e, &t.window);
	if (!in)
		return -1;
	t.memory.memory = &t.packet;
	packets_begin(&t.packets, in, &t.memory);
	t.slices = slices_new(t.window, t.min_ns, &to);
	write_processes(&t, tracks);
	if (t.full && e->sink->bytes == 0) {
		free_trace(&t);
		return export_fail(e, "--max-bytes %" PRIu64 ": not even the processes' names fit", e->max_bytes);
	}
	e->stream(e, in, each, &t);
	slices_finish(t.slices);
	say_left_out(&t);
	free_trace(&t);
	return 0;
}

static int write_perfetto(struct export *e)
{
	struct tracks tracks = { .first = NULL };
	int code = tracks_read(&tracks, e, points_for(e));

	if (!code)
		code = write_trace(e, &tracks);
	tracks_free(&tracks);
	return code;
}

const struct exporter export_perfetto = {
	.name = "perfetto", .opened_by = "ui.perfetto.dev, trace_processor", .slices = true, .binary = true, .write = write_perfetto,
};
