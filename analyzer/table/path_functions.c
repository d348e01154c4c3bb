/* What the critical path has to do with each function. */
#include "table/path_private.h"

#include "util/alloc.h"

enum { PERCENT, ON_PATH, RUN, CALLS, TOTAL, SELF, SLACK, MODULE, FILE_NAME, LINE, NAME };
static const struct column columns[] = {
	[PERCENT]   = { "percent", "", .unit = UNIT_PERCENT },
	[ON_PATH]   = { "on_path_ns", "on path", UNIT_NS, 0, FROM(struct path_function, on_path_ns) },
	[RUN]       = { "work_on_path_ns", "work", UNIT_NS, 0, FROM(struct path_function, run_ns) },
	[CALLS]     = { "calls_on_path_ns", "in calls", UNIT_NS, COLUMN_SPARE, FROM(struct path_function, calls_ns) },
	[TOTAL]     = { "total_on_path_ns", "total", UNIT_NS, 0, FROM(struct path_function, total_ns) },
	[SELF]      = { "self_ns", "all its work", UNIT_NS, 0, FROM(struct path_function, work_ns) },
	[SLACK]     = { "slack_ns", "slack", .unit = UNIT_NS },
	[MODULE]    = { "module", "module", .flags = COLUMN_DATA },
	[FILE_NAME] = { "file", "file", .flags = COLUMN_DATA },
	[LINE]      = { "line", "line", .flags = COLUMN_DATA },
	[NAME]      = { "name", "function", .flags = COLUMN_CODE },
};

static struct path_function *at(struct path_doc *d, uint32_t function)
{
	size_t known = d->functions.n;

	vec_ensure(&d->functions, function);
	for (; known < d->functions.n; known++)
		d->functions.v[known].slack_ns = PATH_FREE;
	return &d->functions.v[function];
}

static void sum_own(struct path_doc *d, uint32_t path)
{
	const struct path *p = d->path;
	uint32_t function = path_function(&d->names, path);
	struct path_function *f = at(d, function);

	f->run_ns += p->work_ns[path];
	f->on_path_ns += p->work_ns[path];
	f->work_ns += path ? p->all_ns[path] : d->graph->unknown_ns;
	if (path && p->slack_ns[path] < f->slack_ns)
		f->slack_ns = p->slack_ns[path];
	if (!path || !p->calls_ns[path])
		return;
	function = path_own_function(&d->names, path);
	f = at(d, function);
	f->calls_ns += p->calls_ns[path];
	f->on_path_ns += p->calls_ns[path];
}

static bool is_below_itself(struct path_doc *d, uint32_t path, uint32_t function)
{
	for (uint32_t p = d->graph->paths.v[path].parent; p; p = d->graph->paths.v[p].parent)
		if (path_function(&d->names, p) == function)
			return true;
	return false;
}

/* Children stand behind their parents. */
static void sum_below(struct path_doc *d)
{
	uint32_t count = (uint32_t)d->graph->paths.n;
	uint64_t *all = xcalloc(count, sizeof(*all));

	for (uint32_t i = count; i-- > 1;) {
		uint32_t function;

		all[i] += d->path->work_ns[i] + d->path->calls_ns[i];
		if (!all[i])
			continue;
		all[d->graph->paths.v[i].parent] += all[i];
		function = path_function(&d->names, i);
		if (!is_below_itself(d, i, function))
			at(d, function)->total_ns += all[i];
	}
	free(all);
}

void path_functions_sum(struct path_doc *d)
{
	for (uint32_t i = 0; i < d->graph->paths.n; i++)
		if (d->path->work_ns[i] || d->path->calls_ns[i] || d->path->all_ns[i])
			sum_own(d, i);
	sum_below(d);
}

struct table *path_functions(const struct path_doc *d)
{
	struct table *t = TABLE_NEW(d->in->arena, TABLE_ROWS, "functions", "Functions on it", columns);

	for (size_t i = 0; i < d->functions.n; i++) {
		const struct path_function *f = &d->functions.v[i];
		const struct function_name *n = &d->names.functions.v[i];
		struct cell *c;

		if (!f->work_ns && !f->on_path_ns && (!f->total_ns || n->owner != FRAME_OWN))
			continue;
		c = table_row(t);
		table_fill(t, c, f);
		c[PERCENT] = cell_share(f->on_path_ns, d->length);
		c[SLACK] = path_slack_cell(f->slack_ns);
		c[MODULE] = cell_name(n->module[0] ? n->module : NULL);
		c[FILE_NAME] = cell_name(n->file);
		if (n->file)
			c[LINE] = cell_int(n->line);
		c[NAME] = cell_name(n->name);
	}
	if (t->row_count)
		t->note = "their work and calls; slack: how much longer their work might have taken before the end moves";
	table_sort(t, "self_ns");
	table_sort(t, "total_on_path_ns");
	table_sort(t, "on_path_ns");
	return t;
}
