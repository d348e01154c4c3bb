/*
 * heaptrack: its data format, version 3, as heaptrack_interpret writes it: a line for each block that was got or given up.
 *
 * heaptrack takes a free for that of a temporary block if the line before it is that block's allocation, whatever other
 * threads did in between; the report looks at the thread that got it. So a thread's last allocation is held back until that
 * thread allocates again: a block that goes before that is written as allocation and free in one. What is live by the file is
 * then less than the truth for a while, but not at the peak, when all that was held back is written; so the peak is exact, and
 * the temporary blocks are too, but for one of each other thread at the peak. What is freed right after the peak waits until
 * the next allocation, as the block that made the peak may be a temporary one. The first of two readings tells what the peak is.
 * A free names no block, but a size and a call path; each has two numbers, and what is not temporary is freed by the second.
 */
#include "export/heaptrack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/text.h"

/* What a thread got last, not yet written. */
struct held { uint32_t info; uint8_t holds; };

/* What a first reading found out. */
struct before { const struct view_input *in; uint64_t peak_bytes, clears; };

struct tracing {
	const struct before    *before;
	struct heaptrack_names  names;
	uint64_t                clears, temporary, from_ns, ms, left_out;
	bool                    peaked;
	const uint8_t          *wanted;        /* by site; NULL: all */
	size_t                  wanted_n;
	VEC(uint64_t)           lines, infos;  /* by site: how many lines of blocks it has, and how many sorts of them */
	uint64_t                time_bytes;
	VEC(struct held)        held;          /* by thread */
	struct { uint32_t info, thread; bool now; } peak;  /* the block that made it; now: nothing was got since */
	VEC(uint32_t)           freed;         /* since then: lines that are not written yet */
	struct model_watch      watch;
};
enum { FREED_MOST = 4096 };

/* ---- lines of blocks ---- */

static void write_line(struct tracing *t, char sign, uint32_t info)
{
	sink_format(t->names.to, "%c %x\n", sign, info);
}

static void leave_peak(struct tracing *t)
{
	t->peak.now = false;
	for (size_t i = 0; i < t->freed.n; i++)
		write_line(t, '-', t->freed.v[i]);
	t->freed.n = 0;
}

static void release_held(struct tracing *t, uint32_t thread)
{
	vec_ensure(&t->held, thread);
	if (t->held.v[thread].holds)
		write_line(t, '+', t->held.v[thread].info);
	t->held.v[thread].holds = 0;
}

static void release_all(struct tracing *t)
{
	for (uint32_t i = 0; i < t->held.n; i++)
		release_held(t, i);
}

static void write_time(struct tracing *t, uint64_t ns)
{
	uint64_t ms = (ns > t->from_ns ? ns - t->from_ns : 0) / 1000000, bytes = t->names.to->bytes;

	if (ms > t->ms)
		sink_format(t->names.to, "c %" PRIx64 "\n", t->ms = ms);
	t->time_bytes += t->names.to->bytes - bytes;
}

static uint32_t info_of(struct tracing *t, const struct model *m, const struct watched_block *b)
{
	uint32_t before = t->names.info_count, info = heaptrack_info(&t->names, m, b->size, b->site);

	vec_ensure(&t->lines, b->site);
	vec_ensure(&t->infos, b->site);
	t->lines.v[b->site]++;
	t->infos.v[b->site] += t->names.info_count - before;
	return info;
}

static void got(struct tracing *t, const struct model *m, const struct watched_block *b)
{
	leave_peak(t);
	release_held(t, b->thread);
	write_time(t, b->ns);
	if (t->peaked || m->memory.live_bytes != t->before->peak_bytes) {
		t->held.v[b->thread] = (struct held){ info_of(t, m, b), 1 };
		return;
	}
	release_all(t);
	t->peaked = t->peak.now = true;
	t->peak.info = info_of(t, m, b);
	t->peak.thread = b->thread;
	write_line(t, '+', t->peak.info);
}

/* Whether it is not to be written yet. */
static bool waits_at_peak(struct tracing *t, const struct watched_block *b, uint32_t info, bool temporary)
{
	if (!t->peak.now)
		return false;
	if (temporary && b->thread == t->peak.thread && info == t->peak.info) {
		write_line(t, '-', info);
		leave_peak(t);
		return true;
	}
	vec_push(&t->freed, info + !temporary);
	if (t->freed.n == FREED_MOST)
		leave_peak(t);
	return true;
}

static void gave_up(struct tracing *t, const struct model *m, const struct watched_block *b, bool temporary)
{
	uint32_t info = info_of(t, m, b);

	if (waits_at_peak(t, b, info, temporary))
		return;
	write_time(t, b->ns);
	vec_ensure(&t->held, b->thread);
	if (temporary && t->held.v[b->thread].info == info)
		release_held(t, b->thread);  /* both lines stand together now */
	write_line(t, '-', temporary ? info : info + 1);
}

static bool is_wanted(const struct tracing *t, uint32_t site)
{
	return !t->wanted || (site < t->wanted_n && t->wanted[site]);
}

static void block(void *data, const struct model *m, const struct watched_block *b)
{
	struct tracing *t = data;
	bool temporary = m->memory.temporary_calls != t->temporary;

	t->temporary = m->memory.temporary_calls;
	if (t->clears < t->before->clears)
		return;
	if (!is_wanted(t, b->site))
		t->left_out += (uint64_t)b->got;
	else if (b->got)
		got(t, m, b);
	else
		gave_up(t, m, b, temporary);
}

/* What is live when counting begins is one allocation a call path: how it came about is not told. */
static void clear(void *data, const struct model *m, uint64_t ns)
{
	struct tracing *t = data;

	t->temporary = 0;
	t->from_ns = ns;
	if (++t->clears < t->before->clears)
		return;
	for (uint32_t i = 0; i < m->memory.sites.n; i++) {
		struct watched_block live = { .size = m->memory.sites.v[i].live_bytes, .site = i };

		if (live.size && is_wanted(t, i))
			write_line(t, '+', info_of(t, m, &live));
	}
}

/* ---- the file ---- */

static void write_head(struct sink *to, const struct view_input *in)
{
	struct buf line = { 0 };

	buf_adds(&line, "v 10400 3\nX ");
	export_command(in, &line);
	sink_write(to, line.s, line.n);
	sink_text(to, "\na 0 0\n");  /* number 0 is nobody's: to heaptrack it also means that no allocation came before */
	buf_free(&line);
}

static void free_tracing(struct tracing *t)
{
	heaptrack_names_free(&t->names);
	vec_free(&t->held);
	vec_free(&t->freed);
	vec_free(&t->lines);
	vec_free(&t->infos);
}

/* Reads once more, and writes; the tracing is the caller's to free. */
static int trace(struct export *e, struct tracing *t, const struct before *before, const uint8_t *wanted, size_t sites, struct sink *to)
{
	const struct view_input *in;
	uint64_t rss;

	*t = (struct tracing){ .before = before, .wanted = wanted, .wanted_n = sites };
	t->watch = (struct model_watch){ .data = t, .block = block, .clear = clear };
	in = e->open(e, MODEL_MEMORY, &t->watch);
	if (!in)
		return -1;
	heaptrack_names_begin(&t->names, in, to);
	t->names.info_count = 1;
	write_head(to, in);
	e->run(e, in);
	leave_peak(t);
	release_all(t);
	write_time(t, in->model->options.to_ns ? in->model->options.to_ns : in->model->duration_ns);
	rss = in->model->memory.rss_peak_bytes / 4096;
	if (rss)
		sink_format(to, "I 1000 0\nR %" PRIx64 "\n", rss);
	return 0;
}

/* ---- the whole ---- */

/* 0, or -1. *wanted: NULL if all fits. */
static int find_what_fits(struct export *e, const struct before *before, uint8_t **wanted)
{
	struct sink size = { .out = NULL }, head = { .out = NULL };
	struct tracing trial;
	uint64_t fixed;
	int code = trace(e, &trial, before, NULL, 0, &size);

	write_head(&head, before->in);
	fixed = head.bytes + trial.time_bytes + 64;
	if (!code && size.bytes > e->max_bytes) {
		if (fixed > e->max_bytes)
			code = export_fail(e, "--max-bytes %" PRIu64 ": heaptrack takes %" PRIu64 " bytes at least here", e->max_bytes, fixed);
		*wanted = xcalloc(before->in->model->memory.sites.n + 1, 1);
		if (!code)
			heaptrack_choose(&(struct heaptrack_trial){ &trial.names, trial.lines.v, trial.infos.v, trial.lines.n }, before->in,
			                 e->max_bytes - fixed, *wanted);
	}
	free_tracing(&trial);
	return code;
}

static void count_clear(void *data, const struct model *m, uint64_t ns)
{
	((struct before *)data)->clears++;
}

static int write_heaptrack(struct export *e)
{
	struct before before = { .in = NULL };
	struct model_watch watch = { .data = &before, .clear = count_clear };
	struct tracing t;
	uint8_t *wanted = NULL;
	int code = 0;

	before.in = export_read(e, MODEL_MEMORY, &watch);
	if (!before.in)
		return -1;
	before.peak_bytes = before.in->model->memory.peak_bytes;
	if (e->max_bytes)
		code = find_what_fits(e, &before, &wanted);
	if (!code)
		code = trace(e, &t, &before, wanted, before.in->model->memory.sites.n, e->sink);
	if (!code && before.in->model->processes.v.n > 1)
		export_left_out(e, "the ends of %zu processes: heaptrack knows of one alone, so its peak counts what they had not freed",
		                before.in->model->processes.v.n);
	if (!code && t.left_out)
		export_left_out(e, "%" PRIu64 " allocations of call paths with little or nothing at the peak and at the end", t.left_out);
	if (!code)
		free_tracing(&t);
	free(wanted);
	return code;
}

const struct exporter export_heaptrack = {
	.name = "heaptrack", .opened_by = "heaptrack_print, heaptrack_gui", .write = write_heaptrack,
};
