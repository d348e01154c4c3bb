#include "table/focus.h"

#include <string.h>

#include "hp_filter.h"
#include "table/name_match.h"
#include "util/buf.h"

bool focus_is_module(const char *glob, const char *path)
{
	return hp_filter_in_module(hp_filter_whole(glob), path);
}

/* What calls main, or a thread's function, is on every path. */
static bool has_frame(struct focus *f, uint32_t stack)
{
	const struct frame *frames;
	bool yes = false;
	size_t count;

	naming_lock_for_run(f->naming);
	frames = naming_node(f->naming, stack, &count);
	for (size_t i = 0; i < count && !yes; i++)
		yes = f->function ? name_matches(f->function, frames[i].name) : frames[i].owner != FRAME_START;
	naming_unlock_for_run(f->naming);
	return yes;
}

static int on_path(void *data, uint32_t stack)
{
	struct focus *f = data;
	const struct model *m = naming_model(f->naming);
	uint32_t module = m->stacks.nodes.v[stack].module;

	if (f->module && !focus_is_module(f->module, module == MODULE_NONE ? "" : m->stacks.modules.v[module].path))
		return 0;
	if (!has_frame(f, stack))
		return 0;
	f->found = true;
	return 1;
}

static const char *words_of(const struct focus *f)
{
	struct buf text = { 0 };

	buf_addf(&text, "%s%s%s%s", f->function ? f->function : "", f->function && f->module ? " of " : "", f->module ? "module " : "",
	         f->module ? f->module : "");
	return naming_keep(f->naming, &text);
}

/* Names in filters have no arguments, and a comma ends them. */
static void set_calls(struct focus *f, const char *filter)
{
	struct buf text = { 0 };

	buf_add(&text, f->function, f->function ? strcspn(f->function, "(,;@\n") : 0);
	if (f->module)
		buf_addf(&text, "%s@module=%s", f->function ? "" : "*", f->module);
	buf_addf(&text, "%s%s", filter ? "," : "", filter ? filter : "");
	f->filter = naming_keep(f->naming, &text);
	f->model.text = words_of(f);
	filter_init(&f->calls, f->naming, f->filter);
}

void focus_init(struct focus *f, struct naming *naming, const char *function, const char *module, const char *filter)
{
	*f = (struct focus){ .model = { .on_path = on_path, .data = f }, .naming = naming, .function = function, .module = module };
	set_calls(f, filter);
}
