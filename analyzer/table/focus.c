#include "table/focus.h"

#include "hp_filter.h"
#include "table/name_match.h"

bool focus_is_module(const char *glob, const char *path)
{
	return hp_filter_in_module(hp_filter_whole(glob), path);
}

static int on_path(void *data, uint32_t stack)
{
	struct focus *f = data;
	const struct model *m = naming_model(f->naming);
	uint32_t module = m->stacks.nodes.v[stack].module;
	const struct frame *frames;
	bool yes = !f->function;
	size_t count;

	if (f->module && !focus_is_module(f->module, module == MODULE_NONE ? "" : m->stacks.modules.v[module].path))
		return 0;
	frames = f->function ? naming_node(f->naming, stack, &count) : NULL;
	for (size_t i = 0; frames && i < count && !yes; i++)
		yes = name_matches(f->function, frames[i].name);
	f->found |= yes;
	return yes;
}

void focus_init(struct focus *f, struct naming *naming, const char *function, const char *module)
{
	*f = (struct focus){ .model = { .on_path = on_path, .data = f }, .naming = naming, .function = function, .module = module };
}
