#include "cmd/input.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/draw.h"
#include "cmd/lists.h"
#include "cmd/times.h"
#include "render/render.h"
#include "sym/store_file.h"
#include "table/info.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/progress.h"
#include "util/text.h"

/* The paths as they can be typed again. */
static char *as_typed(const struct options *o)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < o->n_paths; i++) {
		int quote = strpbrk(o->paths[i], " \t'\"$&();<>|*?[]\\`!#~") != NULL;

		buf_adds(&text, i ? " " : "");
		buf_adds(&text, quote ? "'" : "");
		buf_adds(&text, o->paths[i]);
		buf_adds(&text, quote ? "'" : "");
	}
	return buf_steal(&text);
}

static int say_why(int code, const struct dump_error *e)
{
	const char *text = text_shown(e->text);

	if (code == DUMP_E_UNRELATED)
		err_warn("%s: they share no run's id (`record` sets it), and neither is a parent of the other. Only dumps of one run can be reported on together: give one, or a directory that `record` made; `diff` compares runs", text);
	else if (e->offset)
		err_warn("%s, at file offset %llu", text, (unsigned long long)e->offset);
	else
		err_warn("%s", text);
	return CMD_UNUSABLE;
}

static int check_thread(const struct model *m, int64_t tid)
{
	struct buf all = { 0 };

	if (tid < 0)
		return CMD_DONE;
	for (size_t i = 0; i < m->threads.v.n; i++)
		if (m->threads.v.v[i].tid == (uint64_t)tid)
			return CMD_DONE;
	list_threads(&all, m);
	err_warn("--thread %lld: there is no such thread in this recording; there are: %s", (long long)tid, text_shown(buf_text(&all)));
	buf_free(&all);
	return CMD_UNUSABLE;
}

static int read_suppressions(struct input *in, const struct options *o)
{
	struct suppression_error e;

	if (!o->suppressions || !suppressions_read(&in->suppressions, o->suppressions, &e))
		return CMD_DONE;
	if (e.line)
		err_warn("--suppressions: %s:%u: %s", text_shown(o->suppressions), e.line, e.text);
	else
		err_warn("--suppressions: %s: %s", text_shown(o->suppressions), e.text);
	return CMD_UNUSABLE;
}

static int open_model(struct input *in, const struct options *o, unsigned parts)
{
	struct model_options wanted = {
		.parts = parts, .tid = o->thread > 0 ? (uint32_t)o->thread : 0, .compensate = o->compensate,
		.per_thread = o->per_thread,
		.short_ns = o->short_ns,
	};
	struct dump_error error = { 0 };
	int code, status = times_find(&wanted, o, (const char *const *)in->dumps.v, (unsigned)in->dumps.n);

	if (status)
		return status;
	code = model_open(&in->model, (const char *const *)in->dumps.v, (unsigned)in->dumps.n, &wanted, &error);
	return code ? say_why(code, &error) : check_thread(in->model, o->thread);
}

static void set_focus(struct input *in, const struct options *o)
{
	focus_init(&in->focus, in->view.naming, o->function, o->module, o->filter);
	in->model->options.focus = &in->focus.model;
	in->model->options.filter = &in->focus.calls.model;
}

static struct naming *open_naming(const struct model *m, const struct options *o)
{
	char *cache = o->no_cache ? NULL : store_directory();
	struct naming *n = naming_new(m, &(struct sym_options){ .debug_dir = o->debug_dir, .sysroot = o->sysroot, .cache_dir = cache });

	free(cache);
	return n;
}

int input_open(struct input *in, const struct options *o, unsigned parts)
{
	int status;

	*in = (struct input){ .named = as_typed(o), .rows_asked = o->top };
	status = read_suppressions(in, o);
	if (status)
		return status;
	dumps_named(&in->dumps, o->paths, o->n_paths);
	status = open_model(in, o, parts);
	if (status)
		return status;
	doc_init(&in->doc, &in->arena);
	in->view = (struct view_input){
		.model = in->model, .naming = open_naming(in->model, o), .arena = &in->arena, .dumps = in->named,
		.suppressions = &in->suppressions, .no_cmdline = o->no_cmdline,
	};
	in->doc.stacks = naming_stacks(in->view.naming);
	if (o->function || o->module)
		set_focus(in, o);
	else if (o->filter) {
		filter_init(&in->filter, in->view.naming, o->filter);
		in->model->options.filter = &in->filter.model;
	}
	return CMD_DONE;
}

struct run_progress { struct progress bar; uint64_t done; };

static void show_progress(void *data, uint64_t done, uint64_t all)
{
	struct run_progress *p = data;

	p->bar.total = all;
	if (done > p->done)
		progress_add(&p->bar, done - p->done);
	p->done = done;
}

static int check_focus(const struct input *in)
{
	const struct focus *f = &in->focus;

	if (!in->model->options.focus || f->found || in->model->functions.v.n)
		return CMD_DONE;
	err_warn("%s%s%s%s: no call path of this recording goes through %s; `info` lists the modules, `report --view functions` functions",
	         f->function ? "--function " : "", f->function ? text_shown(f->function) : "", f->module ? f->function ? " --module " : "--module " : "",
	         f->module ? text_shown(f->module) : "", f->function ? "such a function" : "such a module");
	return CMD_UNUSABLE;
}

int input_run(struct input *in)
{
	struct run_progress p = { .done = 0 };
	int code;

	progress_begin(&p.bar, "reading events", 0);
	code = model_run(in->model, show_progress, &p);
	progress_end(&p.bar);
	if (code)
		err_warn("reading stopped early; what follows is what was read");
	if (in->names_all)
		naming_ahead(in->view.naming);
	suppressions_apply(&in->suppressions, in->model, in->view.naming);
	return check_focus(in);
}

static int sort_as_asked(struct input *in, const char *key)
{
	struct buf all = { 0 };

	if (!key || doc_sort(&in->doc, key))
		return CMD_DONE;
	list_sort_keys(&all, &in->doc);
	err_warn("--sort %s: no table here has such a column%s; there are: %s", text_shown(key), choice_like(buf_text(&all), key), buf_text(&all));
	buf_free(&all);
	return CMD_UNUSABLE;
}

int input_draw(struct input *in, const struct options *o, uint64_t rows)
{
	const struct renderer *renderer = o->json ? &render_json : o->markdown ? &render_markdown : &render_text;
	int status = sort_as_asked(in, o->sort);

	if (status)
		return status;
	if (o->top || !o->json)
		doc_cut(&in->doc, o->top ? o->top : rows);
	status = draw_on(renderer, &in->doc, o->output);
	return status ? status : input_status(in);
}

int input_status(const struct input *in)
{
	return in->model->recorder.damage || in->model->recorder.dropped_events ? CMD_DAMAGED : CMD_DONE;
}

int input_warn(const struct input *in)
{
	const char *losses = recorder_losses(&in->view);

	if (losses)
		err_warn("not complete: %s", text_shown(losses));
	return input_status(in);
}

void input_close(struct input *in)
{
	dumps_free(&in->dumps);
	suppressions_free(&in->suppressions);
	free(in->named);
	naming_free(in->view.naming);
	model_free(in->model);
	arena_free(&in->arena);
}
