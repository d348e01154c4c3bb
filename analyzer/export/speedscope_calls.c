/* speedscope_calls.c - each thread's calls as they happened: profiles of the sort "evented". */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "export/speedscope.h"
#include "export/spool.h"
#include "util/map64.h"
#include "util/vec.h"

/* Bytes of an event: of most, and what no event exceeds. What a thread takes beside its events and its name. */
enum { EVENT_USUAL = 46, EVENT_MOST = 80, THREAD_MOST = 320 };
#define NOT_TOLD UINT32_MAX

struct thread_calls { VEC(uint32_t) open; uint64_t events, first_ns, last_ns; };

struct calls {
	struct export           *e;
	const struct view_input *in;
	struct slices           *slices;
	struct spool             spool;       /* a stream a thread */
	struct buf               frames;      /* as text */
	struct map64             frame_of;
	VEC(struct thread_calls) threads;
	uint64_t                 bytes;       /* that the output has now, with the ends of what is open */
	uint64_t                 left_out;
};

/* ---- frames ---- */

static uint64_t key_of(const struct slice *s)
{
	uint64_t key = s->name ? (uint64_t)(uintptr_t)s->name * 2 : (s->function.offset << 24 ^ s->function.module) * 2 + 1;

	return key == MAP64_EMPTY ? 0 : key;
}

static void describe(const struct calls *c, const struct slice *s, bool first, struct sink *to)
{
	struct function_name f = { .file = NULL };

	if (!s->name)
		f = naming_function(c->in->naming, s->function.module, s->function.offset);
	speedscope_frame(to, first, s->name ? s->name : f.name, f.file, f.line);
}

/* NOT_TOLD: no room for its name. */
static uint32_t frame_of(struct calls *c, const struct slice *s)
{
	uint32_t found = map64_get(&c->frame_of, key_of(s)), number = (uint32_t)c->frame_of.n;
	struct sink size = { .out = NULL }, to = { .memory = &c->frames };

	if (found != MAP64_NONE)
		return found;
	describe(c, s, !number, &size);
	if (c->e->max_bytes && c->bytes + size.bytes > c->e->max_bytes)
		return NOT_TOLD;
	describe(c, s, !number, &to);
	c->bytes += to.bytes;
	map64_put(&c->frame_of, key_of(s), number);
	return number;
}

/* ---- events ---- */

static struct thread_calls *thread_of(struct calls *c, uint32_t thread)
{
	vec_ensure(&c->threads, thread);
	return &c->threads.v[thread];
}

static void write_event(struct calls *c, uint32_t thread, char type, uint32_t frame, uint64_t ns)
{
	struct thread_calls *t = thread_of(c, thread);
	char text[EVENT_MOST];
	int n = snprintf(text, sizeof(text), "%s{\"type\":\"%c\",\"frame\":%" PRIu32 ",\"at\":%" PRIu64 "}", t->events ? ",\n" : "\n",
	                 type, frame, ns);

	spool_write(&c->spool, thread, text, (size_t)n);
	c->bytes += (size_t)n;
	if (!t->events++)
		t->first_ns = ns;
	t->last_ns = ns;
}

static bool has_room(const struct calls *c, uint32_t thread)
{
	uint64_t more = 2 * EVENT_MOST + (c->threads.v[thread].events ? 0 : THREAD_MOST);

	return !c->e->max_bytes || c->bytes + more <= c->e->max_bytes;
}

static void begin(void *data, uint32_t thread, const struct slice *s)
{
	struct calls *c = data;
	struct thread_calls *t = thread_of(c, thread);
	uint32_t frame = has_room(c, thread) ? frame_of(c, s) : NOT_TOLD;

	if (frame != NOT_TOLD && !has_room(c, thread))
		frame = NOT_TOLD;
	vec_push(&t->open, frame);
	if (frame == NOT_TOLD) {
		c->left_out++;
		return;
	}
	c->bytes += EVENT_MOST + (t->events ? 0 : THREAD_MOST);
	write_event(c, thread, 'O', frame, s->start_ns);
}

static void end(void *data, uint32_t thread, uint64_t ns)
{
	struct calls *c = data;
	struct thread_calls *t = thread_of(c, thread);
	uint32_t frame = t->open.v[--t->open.n];

	if (frame == NOT_TOLD)
		return;
	c->bytes -= EVENT_MOST;
	write_event(c, thread, 'C', frame, ns);
}

static int each(void *data, const struct model_event *event)
{
	slices_event(((struct calls *)data)->slices, event);
	return 0;
}

/* ---- the file ---- */

static void write_thread(struct calls *c, uint32_t thread, bool first)
{
	const struct thread *t = &c->in->model->threads.v.v[thread];
	const struct thread_calls *calls = &c->threads.v[thread];
	struct buf name = { 0 };

	buf_addf(&name, "%s [%u/%u]", t->name, c->in->model->processes.v.v[t->process].pid, t->tid);
	sink_text(c->e->sink, first ? "\n{\"type\":\"evented\",\"name\":" : ",\n{\"type\":\"evented\",\"name\":");
	sink_json(c->e->sink, buf_text(&name));
	sink_format(c->e->sink, ",\"unit\":\"nanoseconds\",\"startValue\":%" PRIu64 ",\"endValue\":%" PRIu64 ",\"events\":[", calls->first_ns,
	            calls->last_ns);
	buf_free(&name);
}

static int write_file(struct calls *c)
{
	bool first = true;

	speedscope_head(c->e->sink, speedscope_name(c->in));
	sink_write(c->e->sink, buf_text(&c->frames), c->frames.n);
	sink_text(c->e->sink, "]},\"profiles\":[");
	for (uint32_t i = 0; i < c->threads.n; i++) {
		if (!c->threads.v[i].events)
			continue;
		write_thread(c, i, first);
		first = false;
		if (spool_copy(&c->spool, i, c->e->sink))
			return export_fail(c->e, "the temporary file: %s", strerror(errno));
		sink_text(c->e->sink, "]}");
	}
	sink_text(c->e->sink, "]}\n");
	return 0;
}

static void free_calls(struct calls *c)
{
	slices_free(c->slices);
	spool_free(&c->spool);
	buf_free(&c->frames);
	map64_free(&c->frame_of);
	for (size_t i = 0; i < c->threads.n; i++)
		vec_free(&c->threads.v[i].open);
	vec_free(&c->threads);
}

/* What the file has beside frames and events. */
static uint64_t fixed_bytes(const struct view_input *in)
{
	struct sink size = { .out = NULL };

	speedscope_head(&size, speedscope_name(in));
	return size.bytes + 64;
}

static void say_left_out(struct calls *c, uint64_t shortest)
{
	uint64_t dropped = slices_dropped(c->slices);

	if (dropped)
		export_left_out(c->e, "%" PRIu64 " calls shorter than %" PRIu64 " ns", dropped, shortest);
	if (c->left_out)
		export_left_out(c->e, "%" PRIu64 " calls for which there was no room any more", c->left_out);
}

int speedscope_calls(struct export *e, struct tracks *t)
{
	struct calls c = { .e = e, .bytes = fixed_bytes(t->first) };
	struct slices_to to = { .data = &c, .begin = begin, .end = end };
	struct slices_window window;
	uint64_t room, shortest;
	int code;

	if (e->max_bytes && e->max_bytes < c.bytes)
		return export_fail(e, "--max-bytes %" PRIu64 ": speedscope takes %" PRIu64 " bytes at least here", e->max_bytes, c.bytes);
	room = e->max_bytes ? (e->max_bytes - c.bytes) / 8 * 7 : 0;  /* an eighth for names */
	shortest = tracks_shortest(t, e, 2 * EVENT_USUAL, room);
	c.in = tracks_open(t, e, &window);
	if (!c.in)
		return -1;
	c.slices = slices_new(window, shortest, &to);
	e->stream(e, c.in, each, &c);
	slices_finish(c.slices);
	code = write_file(&c);
	say_left_out(&c, shortest);
	free_calls(&c);
	return code;
}
