#include "cmd/function_options.h"

#include "cmd/cmd.h"
#include "table/name_match.h"
#include "util/err.h"
#include "util/text.h"

enum { KEY_PERCENTILES = OPTIONS_KEY_FREE + 0x40, KEY_RECENT, KEY_LONGEST, KEY_PARALLELISM, CALLS_LISTED = 20 };

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct function_options *o = state->input;
	size_t place;

	switch (key) {
	case KEY_RECENT:      o->recent = text; o->shown.recent = true; return 0;
	case KEY_LONGEST:     o->longest = text; o->shown.longest = true; return 0;
	case KEY_PARALLELISM: o->shown.wall = true; return 0;
	case KEY_PERCENTILES:
		if (percentiles_parse(&o->shown.percentiles, text, &place))
			argp_error(state, PERCENTILES_REFUSED, text_shown(text + place), PERCENTILES_MOST);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "percentiles", KEY_PERCENTILES, "P,...", 0, "Percentiles of the calls' times: 50,95,99.9", 0 },
	{ "recent", KEY_RECENT, "NAME", 0, "The last calls of the functions of this name or glob: 20, or as --top says", 0 },
	{ "longest", KEY_LONGEST, "NAME", 0, "The longest calls of the functions of this name or glob", 0 },
	{ "parallelism", KEY_PARALLELISM, NULL, 0, "How much of the wall clock a function was open, and in how many threads at once", 0 },
	{ 0 },
};
const struct argp function_options = { rows, parse, NULL, NULL, NULL, NULL, NULL };

bool function_options_given(const struct function_options *o)
{
	return o->shown.percentiles.n || o->shown.wall || o->recent || o->longest;
}

static unsigned matches(void *data, uint32_t module, uint64_t offset)
{
	struct function_options *o = data;
	unsigned bits = 0;
	const char *name;

	naming_lock_for_run(o->input->view.naming);
	name = naming_function(o->input->view.naming, module, offset).name;
	if (o->recent && name_matches(o->recent, name))
		bits |= CALLS_RECENT;
	if (o->longest && name_matches(o->longest, name))
		bits |= CALLS_LONGEST;
	o->found |= bits;
	naming_unlock_for_run(o->input->view.naming);
	return bits;
}

void function_options_apply(struct function_options *o, struct input *in)
{
	uint32_t most = in->rows_asked ? (uint32_t)in->rows_asked : CALLS_LISTED;

	if (!function_options_given(o))
		return;
	o->input = in;
	in->view.functions = &o->shown;
	if (!o->recent && !o->longest && !o->shown.wall)
		return;
	o->calls = (struct calls_wanted){
		.matches = o->recent || o->longest ? matches : NULL, .data = o, .most = most, .wall = o->shown.wall,
	};
	in->model->options.calls = &o->calls;
}

static int none_of(const char *option, const char *name)
{
	err_warn("%s: no function '%s' was called in this recording; `report --view functions` lists those that were", option, text_shown(name));
	return CMD_UNUSABLE;
}

int function_options_check(const struct function_options *o)
{
	if ((o->recent || o->longest) && !o->input->model->functions.v.n) {
		err_warn("%s: this recording has no function calls: they are recorded of programs that were built with -finstrument-functions",
		         o->recent ? "--recent" : "--longest");
		return CMD_UNUSABLE;
	}
	if (o->recent && !(o->found & CALLS_RECENT))
		return none_of("--recent", o->recent);
	if (o->longest && !(o->found & CALLS_LONGEST))
		return none_of("--longest", o->longest);
	return CMD_DONE;
}
