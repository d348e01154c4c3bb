#include "table/filter.h"

static uint32_t verdict(void *data, uint32_t module, uint64_t offset)
{
	const struct filter *f = data;
	const char *symbol;
	struct hp_filter_name name;

	naming_lock_for_run(f->naming);
	symbol = naming_symbol(f->naming, module, offset);
	if (symbol)
		hp_filter_name_of(symbol, &name);
	naming_unlock_for_run(f->naming);
	return hp_filter_verdict(f->model.text, symbol ? &name : NULL,
	                         module == MODULE_NONE ? "" : naming_model(f->naming)->stacks.modules.v[module].path);
}

void filter_init(struct filter *f, struct naming *naming, const char *text)
{
	const char *why;

	*f = (struct filter){ .model = { .text = text, .verdict = verdict, .data = f }, .naming = naming };
	hp_filter_check(text, &f->model.rules, &why);
}
