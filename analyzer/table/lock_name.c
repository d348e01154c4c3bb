/*
 * What to call a lock. A lock is mostly a variable, and variables lie outside of the executable ranges by which the model
 * knows modules; so its module is found by load address here, and the symbolizer judges whether the module reaches so far.
 */
#include <inttypes.h>
#include <string.h>

#include "dump/ops.h"
#include "table/naming.h"
#include "util/buf.h"

/* What is looked at for one lock: nobody has more, but a damaged dump may. */
enum { MOST_GENERATIONS = 64, MOST_MODULES = 4096 };

/* The module of a process that was loaded closest below the address; NULL: none was. */
static const struct dump_module *module_below(const struct model *m, uint32_t process, uint64_t address)
{
	const struct dump_module *best = NULL;
	unsigned generations = 0;

	for (uint32_t p = process; p != PROCESS_NONE && !best && generations < MOST_GENERATIONS; p = m->processes.v.v[p].parent) {
		const struct dump_scope *s = m->processes.v.v[p].scope;

		generations++;
		for (size_t i = 0; s && i < s->modules.n && i < MOST_MODULES; i++) {
			const struct dump_module *d = &s->modules.v[i];

			if (d->base <= address && (!best || d->base >= best->base))
				best = d;
		}
	}
	return best;
}

static uint32_t number_of(const struct model *m, const struct dump_module *d)
{
	for (uint32_t i = 0; i < m->stacks.modules.n && i < MOST_MODULES; i++) {
		const struct module *c = &m->stacks.modules.v[i];

		if (!strcmp(c->path, d->path) && c->build_id_bytes == d->build_id_bytes
		    && !memcmp(c->build_id, d->build_id, d->build_id_bytes))
			return i;
	}
	return MODULE_NONE;
}

/* What `of` says of the address in the module that it may lie in. */
static const char *by_module(struct naming *n, uint32_t process, uint64_t address, const char *(*of)(struct naming *, uint32_t, uint64_t))
{
	const struct dump_module *d = module_below(naming_model(n), process, address);
	uint32_t module = d ? number_of(naming_model(n), d) : MODULE_NONE;

	return module == MODULE_NONE ? NULL : of(n, module, address - d->base);
}

const char *naming_address(struct naming *n, uint32_t process, uint64_t address)
{
	return by_module(n, process, address, naming_variable);
}

/* Of a library's headers, that stand in the program: such a place is the same for all locks. */
static bool is_wrapper(const char *site)
{
	return !strncmp(site, "__gthread_", 10) || !strncmp(site, "std::", 5);
}

static const char *after_site(struct naming *n, const char *what, uint32_t stack)
{
	const char *site = naming_return_site(n, stack);
	struct buf text = { 0 };

	if (!site || is_wrapper(site))
		return NULL;
	buf_addf(&text, "%s@%s", what, site);
	return naming_keep(n, &text);
}

/* Where it was acquired most; 0: that is not known, or not yet. */
static uint32_t usual_site(const struct locks *locks, const struct lock *l)
{
	const struct lock_site *most = NULL;

	for (uint32_t i = l->first_site; i < locks->sites.n; i = locks->sites.v[i].next)
		if (locks->sites.v[i].stack && (!most || locks->sites.v[i].f.acquisitions > most->f.acquisitions))
			most = &locks->sites.v[i];
	return most ? most->stack : 0;
}

const char *naming_lock(struct naming *n, uint32_t lock)
{
	const struct locks *locks = &naming_model(n)->locks;
	const struct lock *l = &locks->v.v[lock];
	const char *name = naming_address(n, l->process, l->address);
	struct buf text = { 0 };

	if (!name)
		name = after_site(n, "init", l->init_stack);
	if (!name)
		name = by_module(n, l->process, l->address, naming_data_place);
	if (!name && l->first_waiter != LOCK_NONE)
		name = after_site(n, "used", locks->waiters.v[l->first_waiter].stack);
	if (!name)
		name = after_site(n, "used", usual_site(locks, l));
	if (name)
		return name;
	buf_addf(&text, "%s@0x%" PRIx64, lock_kind_name(l->kind), l->address);
	return naming_keep(n, &text);
}
