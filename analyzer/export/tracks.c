#include "export/tracks.h"

#include "model/hist.h"

/* ---- the first reading ---- */

static void note_block(void *data, const struct model *m, const struct watched_block *b)
{
	struct tracks *t = data;
	uint64_t at = b->ns / t->width_ns;
	size_t index = (size_t)b->process * t->points + (at < t->points ? at : t->points - 1);

	vec_ensure(&t->live, index);
	t->live.v[index] = (struct track_point){ b->ns ? b->ns : 1, m->processes.v.v[b->process].live_bytes };
}

static void note_clear(void *data, const struct model *m, uint64_t ns)
{
	struct tracks *t = data;

	t->clear_ns = ns;
}

/* No more than half a million points, however many processes there are. */
static unsigned points_for(const struct model *m, unsigned wanted)
{
	size_t most = (1u << 19) / (m->processes.v.n + 1);

	return most < 16 ? 16 : most < wanted ? (unsigned)most : wanted;
}

int tracks_read(struct tracks *t, struct export *e, unsigned points)
{
	const struct hook_figures *hooks;

	t->watch = (struct model_watch){ .data = t, .block = note_block, .clear = note_clear };
	t->first = e->open(e, MODEL_FUNCTIONS | MODEL_MEMORY | MODEL_WAITS | MODEL_LOCKS, &t->watch);
	if (!t->first)
		return -1;
	t->points = points_for(t->first->model, points);
	t->width_ns = t->first->model->duration_ns / t->points + 1;
	e->run(e, t->first);
	hooks = t->first->model->recorder.hooks;
	t->has_functions = hooks[__builtin_ctz(HP_FUNCTION)].events;
	return 0;
}

void tracks_free(struct tracks *t)
{
	vec_free(&t->live);
}

const struct view_input *tracks_open(const struct tracks *t, struct export *e, struct slices_window *window)
{
	const struct view_input *in = e->open(e, MODEL_WAITS, NULL);

	if (!in)
		return NULL;
	*window = e->window(e, in);
	if (window->from_ns < t->clear_ns)
		window->from_ns = t->clear_ns;
	return in;
}

/* ---- what fits ---- */

struct counting { struct slices *slices; struct hist lengths; };

static void count(void *data, uint32_t thread, const struct slice *one)
{
	struct counting *c = data;

	hist_add(&c->lengths, one->end_ns - one->start_ns);
}

static int count_event(void *data, const struct model_event *event)
{
	slices_event(((struct counting *)data)->slices, event);
	return 0;
}

uint64_t tracks_shortest(const struct tracks *t, struct export *e, uint64_t each, uint64_t bytes)
{
	struct counting c = { .slices = NULL };
	struct slices_to to = { .data = &c, .whole = count };
	struct slices_window window;
	const struct view_input *in = e->max_bytes ? tracks_open(t, e, &window) : NULL;
	uint64_t shortest = e->min_ns, most = bytes / each;

	if (!in)
		return shortest;
	c.slices = slices_new(window, e->min_ns, &to);
	e->stream(e, in, count_event, &c);
	slices_finish(c.slices);
	slices_free(c.slices);
	if (c.lengths.count > most) {
		uint64_t limit = hist_quantile(&c.lengths, 1 - (double)most / (double)c.lengths.count);

		shortest = limit + limit / 50 + 1;  /* beyond a quantile's error: those just as long are not to tip the scales */
	}
	hist_free(&c.lengths);
	return shortest > e->min_ns ? shortest : e->min_ns;
}

const char *slice_name(const struct view_input *in, const struct slice *s)
{
	return s->name ? s->name : naming_function(in->naming, s->function.module, s->function.offset).name;
}
