/*
 * callgrind: functions, their lines and who called whom, with all metrics as events; --metric says which comes first.
 * Further activations of a function that is on the path already are "NAME'2", as callgrind writes them, and calls from one of
 * those to another have no cost: so inclusive costs count recursion once, as the report does. What nobody calls is called by
 * "(all)", as callgrind_annotate takes the inclusive cost of what is ever called from its calls alone.
 */
#include <string.h>

#include "export/export.h"
#include "export/fold.h"
#include "util/text.h"

/* Two that TIME is the sum of, or the same as. */
#define EVENTS (METRICS_ALL & ~METRIC_BIT(SELF) & ~METRIC_BIT(BETWEEN))

/* A cost of a line, or (callee not NONE) of a call from it. Functions here are those of the paths, twice and one more if deeper. */
#define NONE UINT32_MAX
struct cost { uint32_t function, line, callee, callee_line; uint64_t calls; struct path_row row; };

struct drawing {
	const struct paths *paths;
	unsigned            order[METRIC_COUNT], events;
	struct fold         fold;
	struct sink        *to;
	VEC(uint32_t)       names;      /* of each fold node: its function here */
	VEC(uint8_t)        deeper;     /* it is a NAME'2 below another one */
	VEC(struct cost)    costs;
	struct map64        told;       /* kind << 32 | number -> 1: its name was written */
};

/* ---- functions on their own paths ---- */

/* Children by parent: first[i] .. first[i + 1] of `list`. */
struct children { VEC(uint32_t) first, list; };

static void find_children(const struct fold *f, struct children *c)
{
	vec_ensure(&c->first, f->nodes.n);
	vec_ensure(&c->list, f->nodes.n);
	for (size_t i = 1; i < f->nodes.n; i++)
		c->first.v[f->nodes.v[i].parent + 1]++;
	for (size_t i = 1; i <= f->nodes.n; i++)
		c->first.v[i] += c->first.v[i - 1];
	for (size_t i = f->nodes.n; i-- > 1;)
		c->list.v[--c->first.v[f->nodes.v[i].parent + 1]] = (uint32_t)i;
	/* each first[p + 1] was moved to its own group's begin */
	for (size_t i = 0; i < f->nodes.n; i++)
		c->first.v[i] = c->first.v[i + 1];
	c->first.v[f->nodes.n] = (uint32_t)f->nodes.n - 1;
}

static uint32_t number_of(const struct drawing *d, uint32_t function)
{
	return function == FOLD_OTHER ? (uint32_t)d->paths->functions.n : function;
}

/* Behind the functions of the paths come (other) and (all). */
static uint32_t number_of_all(const struct drawing *d)
{
	return (uint32_t)d->paths->functions.n + 1;
}

/* Depth first, with a count of each function's activations on the path. */
static void name_nodes(struct drawing *d)
{
	struct children c = { 0 };
	VEC(uint32_t) at = { 0 }, next = { 0 }, active = { 0 };

	find_children(&d->fold, &c);
	vec_ensure(&d->names, d->fold.nodes.n);
	vec_ensure(&d->deeper, d->fold.nodes.n);
	vec_ensure(&active, d->paths->functions.n);
	d->names.v[0] = 2 * number_of_all(d);
	vec_push(&at, 0);
	vec_push(&next, c.first.v[0]);
	while (at.n) {
		uint32_t node = at.v[at.n - 1], child, number;

		if (next.v[next.n - 1] == c.first.v[node + 1]) {
			if (node)
				active.v[number_of(d, d->fold.nodes.v[node].function)]--;
			at.n--, next.n--;
			continue;
		}
		child = c.list.v[next.v[next.n - 1]++];
		number = number_of(d, d->fold.nodes.v[child].function);
		d->names.v[child] = 2 * number + (active.v[number] > 0);
		d->deeper.v[child] = active.v[number]++ > 1;
		vec_push(&at, child);
		vec_push(&next, c.first.v[child]);
	}
	vec_free(&at), vec_free(&next), vec_free(&active);
	vec_free(&c.first), vec_free(&c.list);
}

/* ---- costs ---- */

static void add_row(struct path_row *to, const struct path_row *row)
{
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		to->v[i] += row->v[i];
}

static int is_nothing(const struct path_row *row)
{
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (row->v[i])
			return 0;
	return 1;
}

static int by_place(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->callee != y->callee)  /* NONE, a function's own, is to come first */
		return x->callee + 1 < y->callee + 1 ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Costs at the same place are one. */
static void sum_up(struct drawing *d)
{
	size_t n = 0;

	vec_sort(&d->costs, by_place);
	for (size_t i = 0; i < d->costs.n; i++) {
		if (n && !by_place(&d->costs.v[n - 1], &d->costs.v[i])) {
			add_row(&d->costs.v[n - 1].row, &d->costs.v[i].row);
			d->costs.v[n - 1].calls += d->costs.v[i].calls;
		} else {
			d->costs.v[n++] = d->costs.v[i];
		}
	}
	d->costs.n = n;
}

static void find_costs(struct drawing *d)
{
	const struct fold_node *v = d->fold.nodes.v;
	VEC(struct path_row) total = { 0 };

	vec_ensure(&total, d->fold.nodes.n);
	for (uint32_t i = (uint32_t)d->fold.nodes.n; i-- > 1;) {
		uint32_t parent = v[i].parent;
		uint64_t calls = fold_self(&d->fold, i)->v[METRIC_CALLS];

		add_row(&total.v[i], fold_self(&d->fold, i));
		add_row(&total.v[parent], &total.v[i]);
		if (!is_nothing(fold_self(&d->fold, i)))
			vec_push(&d->costs, (struct cost){ d->names.v[i], v[i].line, NONE, 0, 0, *fold_self(&d->fold, i) });
		vec_push(&d->costs, (struct cost){ d->names.v[parent], v[parent].line, d->names.v[i], v[i].line,
			calls ? calls : 1, d->deeper.v[i] ? (struct path_row){ { 0 } } : total.v[i] });
	}
	vec_free(&total);
	sum_up(d);
}

/* ---- lines ---- */

/* "fn=(12) name"; after the first time without the name. */
static void name_line(struct drawing *d, const char *key, const char *kind, uint32_t number, const char *name, const char *more)
{
	uint64_t told = (uint64_t)(unsigned char)kind[0] << 40 | number;
	struct buf line = { 0 };

	buf_addf(&line, "%s=(%u)", key, number + 1);
	if (map64_get(&d->told, told) == MAP64_NONE) {
		map64_put(&d->told, told, 1);
		buf_addc(&line, ' ');
		text_escape(&line, name, strlen(name));
		buf_adds(&line, more);
	}
	buf_addc(&line, '\n');
	sink_write(d->to, line.s, line.n);
	buf_free(&line);
}

static const char *module_of(const struct drawing *d, uint32_t module)
{
	const char *path = module == MODULE_NONE ? "" : d->paths->in->model->stacks.modules.v[module].path;

	return *path ? path : "???";
}

/* ob, fl, fn lines; prefix "c" for a callee's. Files are numbered by the first function that is in them. */
static void function_lines(struct drawing *d, uint32_t name, const char *prefix)
{
	uint32_t number = name / 2;
	bool other = number >= d->paths->functions.n;
	struct path_function none = { number == number_of_all(d) ? "(all)" : "(other)", NULL, MODULE_NONE };
	const struct path_function *f = other ? &none : &d->paths->functions.v[number];
	char key[8];

	snprintf(key, sizeof(key), "%sob", prefix);
	name_line(d, key, "o", f->module == MODULE_NONE ? 0 : f->module + 1, module_of(d, f->module), "");
	snprintf(key, sizeof(key), *prefix ? "cfi" : "fl");
	name_line(d, key, "f", f->file ? number + 1 : 0, f->file ? f->file : "???", "");
	snprintf(key, sizeof(key), "%sfn", prefix);
	name_line(d, key, "n", name, f->name, name & 1 ? "'2" : "");
}

static void cost_line(struct drawing *d, const char *lead, const struct path_row *row)
{
	sink_text(d->to, lead);
	for (unsigned i = 0; i < d->events; i++)
		sink_format(d->to, " %llu", (unsigned long long)row->v[d->order[i]]);
	sink_text(d->to, "\n");
}

static void write_costs(struct drawing *d)
{
	char lead[16];

	for (size_t i = 0; i < d->costs.n; i++) {
		const struct cost *c = &d->costs.v[i];

		if (!i || c->function != c[-1].function) {
			sink_text(d->to, "\n");
			function_lines(d, c->function, "");
		}
		if (c->callee != NONE) {
			function_lines(d, c->callee, "c");
			sink_format(d->to, "calls=%llu %u\n", (unsigned long long)c->calls, c->callee_line);
		}
		snprintf(lead, sizeof(lead), "%u", c->line);
		cost_line(d, lead, &c->row);
	}
}

static void write_head(struct drawing *d)
{
	struct buf command = { 0 };

	export_command(d->paths->in, &command);
	sink_format(d->to, "# callgrind format\nversion: 1\ncreator: hp-analyze " HP_VERSION_TEXT "\npid: %u\ncmd: ",
	            d->paths->in->model->processes.v.v[0].pid);
	sink_write(d->to, buf_text(&command), command.n);
	buf_free(&command);
	sink_text(d->to, "\npart: 1\n\npositions: line\n");
	for (unsigned i = 0; i < d->events; i++)
		sink_format(d->to, "event: %s : %s\n", metrics[d->order[i]].name, metrics[d->order[i]].what);
	sink_text(d->to, "events:");
	for (unsigned i = 0; i < d->events; i++)
		sink_format(d->to, " %s", metrics[d->order[i]].name);
	sink_text(d->to, "\n");
	cost_line(d, "summary:", &d->paths->totals);
}

static void draw(void *data, size_t keep, struct sink *to)
{
	struct drawing d = *(const struct drawing *)data;

	d.to = to;
	fold_build(&d.fold, d.paths, keep, true);
	name_nodes(&d);
	find_costs(&d);
	write_head(&d);
	write_costs(&d);
	fold_free(&d.fold);
	vec_free(&d.names);
	vec_free(&d.deeper);
	vec_free(&d.costs);
	map64_free(&d.told);
}

/* The one that was asked for, then those that are not zero throughout. */
static void choose_events(struct drawing *d, const struct export *e)
{
	unsigned first = e->metric ? (unsigned)(e->metric - metrics) : METRIC_TIME;

	d->order[d->events++] = first;
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (EVENTS & 1u << i && i != first && d->paths->totals.v[i])
			d->order[d->events++] = i;
}

static int write_callgrind(struct export *e)
{
	struct path_times times = { 0 };
	const struct view_input *in = export_read(e, MODEL_ALL, paths_watch(&times));
	struct paths p;
	struct drawing d = { .paths = &p };
	size_t kept;
	int code;

	if (!in)
		return -1;
	paths_build(&p, in, &times, EVENTS);
	choose_events(&d, e);
	code = export_fit(e, p.ranked.n, draw, &d, &kept);
	if (kept < p.ranked.n)
		export_left_out(e, "%zu of %zu call paths, together in (other)", p.ranked.n - kept, p.ranked.n);
	paths_free(&p);
	path_times_free(&times);
	return code;
}

const struct exporter export_callgrind = {
	.name = "callgrind", .opened_by = "callgrind_annotate, KCachegrind, QCachegrind", .metrics = EVENTS, .write = write_callgrind,
};
