/*
 * functions[]: where time went. Of a program built with -finstrument-functions by its calls; of any other by the call
 * paths of its events, where a function's own time is what passed between two events below it ("between events").
 */
#include <string.h>

#include "table/summary.h"
#include "util/map64.h"

enum {
	SELF, TOTAL, RUNNING, CALLS, OPEN, MIN, AVG, P50, P95, P99, MAX, LOCK, COND, IO, SLEEP, ALLOC_NS, ALLOC_CALLS, ALLOC_BYTES,
	ALLOC_CALLS_TOTAL, ALLOC_BYTES_TOTAL, MEASURED, MODULE, FILE_NAME, LINE, PLACE, NAME,
};
static const struct column columns[] = {
	[SELF]              = { "self_ns", "self", UNIT_NS, FROM(struct function, self_ns) },
	[TOTAL]             = { "total_ns", "total", UNIT_NS, FROM(struct function, total_ns) },
	[RUNNING]           = { "running_ns", "running", UNIT_NS, FROM(struct function, running_ns) },
	[CALLS]             = { "calls", "calls", UNIT_COUNT, COLUMN_SPARE, FROM(struct function, calls) },
	[OPEN]              = { "open_calls", "open", UNIT_COUNT, COLUMN_DATA, FROM(struct function, open_calls) },
	[MIN]               = { "min_ns", "shortest", UNIT_NS, .flags = COLUMN_DATA },
	[AVG]               = { "avg_ns", "average", UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[P50]               = { "p50_ns", "half below", UNIT_NS, .flags = COLUMN_DATA },
	[P95]               = { "p95_ns", "95 % below", UNIT_NS, .flags = COLUMN_DATA },
	[P99]               = { "p99_ns", "99 % below", UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[MAX]               = { "max_ns", "longest", UNIT_NS, .flags = COLUMN_SPARE },
	[LOCK]              = { "lock_wait_ns", "lock", UNIT_NS, COLUMN_SPARE, FROM(struct function, total.wait_ns[WAIT_LOCK]) },
	[COND]              = { "cond_wait_ns", "cond", UNIT_NS, COLUMN_DATA, FROM(struct function, total.wait_ns[WAIT_COND]) },
	[IO]                = { "io_ns", "I/O", UNIT_NS, COLUMN_SPARE, FROM(struct function, total.wait_ns[WAIT_IO]) },
	[SLEEP]             = { "sleep_ns", "sleep", UNIT_NS, COLUMN_SPARE, FROM(struct function, total.wait_ns[WAIT_SLEEP]) },
	[ALLOC_NS]          = { "alloc_ns", "allocating", UNIT_NS, COLUMN_DATA, FROM(struct function, self.alloc_ns) },
	[ALLOC_CALLS]       = { "alloc_calls", "allocs", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct function, self.alloc_calls) },
	[ALLOC_BYTES]       = { "alloc_bytes", "bytes", UNIT_BYTES, COLUMN_DATA, FROM(struct function, self.alloc_bytes) },
	[ALLOC_CALLS_TOTAL] = { "alloc_calls_total", "", UNIT_COUNT, COLUMN_DATA, FROM(struct function, total.alloc_calls) },
	[ALLOC_BYTES_TOTAL] = { "alloc_bytes_total", "", UNIT_BYTES, COLUMN_DATA, FROM(struct function, total.alloc_bytes) },
	[MEASURED]          = { "measured", "measured", .flags = COLUMN_DATA },
	[MODULE]            = { "module", "module", .flags = COLUMN_DATA },
	[FILE_NAME]         = { "file", "file", .flags = COLUMN_DATA },
	[LINE]              = { "line", "line", UNIT_NONE, .flags = COLUMN_DATA },
	[PLACE]             = { "place", "at", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[NAME]              = { "name", "function", .flags = COLUMN_CODE },
};

static void set_name(const struct view_input *in, struct cell *c, const struct function_name *f)
{
	c[NAME] = cell_name(f->name);
	c[MODULE] = cell_name(f->module[0] ? f->module : NULL);
	if (!f->file)
		return;
	c[FILE_NAME] = cell_name(f->file);
	c[LINE] = cell_int(f->line);
	c[PLACE] = cell_name(view_text(in, "%s:%u", view_base_name(f->file), f->line));
}

static void add_called(const struct view_input *in, struct table *t, const struct function *f)
{
	struct function_name name = naming_function(in->naming, f->module, f->offset);
	struct cell *c = table_row(t);

	table_fill(t, c, f);
	set_name(in, c, &name);
	c[MEASURED] = cell_name("calls");
	c[MIN] = view_least(&f->times);
	c[P50] = view_quantile(&f->times, 0.50);
	c[P95] = view_quantile(&f->times, 0.95);
	c[P99] = view_quantile(&f->times, 0.99);
	c[MAX] = view_most(&f->times);
	if (f->times.count)
		c[AVG] = cell_int(f->times.sum / f->times.count);
}

/* ---- without instrumentation: figures by function from figures by stack ---- */

struct sampled { struct function_name name; uint64_t self_ns, total_ns, running_ns; };

struct sampling {
	const struct view_input *in;
	struct map64    by_name;      /* hash of module and name -> index */
	VEC(struct sampled) functions;
	VEC(uint32_t)   of_node;      /* function of each stack node */
	VEC(uint64_t)   total, self;  /* of each node with what is below it: all, and between events */
};

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash == MAP64_EMPTY ? 0 : hash;
}

static uint32_t sampled_function(struct sampling *s, const struct stack_node *node)
{
	uint64_t offset = node->flags & HP_NODE_EXACT || !node->offset ? node->offset : node->offset - 1;
	struct function_name name = naming_function(s->in->naming, node->module, offset);
	uint64_t key = hash_text(hash_text(0xcbf29ce484222325u, name.module), name.name);
	uint32_t index = map64_get(&s->by_name, key);

	if (index != MAP64_NONE)
		return index;
	index = (uint32_t)s->functions.n;
	vec_push(&s->functions, (struct sampled){ .name = name });
	map64_put(&s->by_name, key, index);
	return index;
}

/* Figures of a node with everything below it; children have greater numbers than their parents. */
static void sum_up(struct sampling *s)
{
	const struct model *m = s->in->model;
	size_t count = m->functions.between.n < m->stacks.nodes.n ? m->functions.between.n : m->stacks.nodes.n;

	if (!count)
		return;
	vec_ensure(&s->total, count - 1);
	vec_ensure(&s->self, count - 1);
	vec_ensure(&s->of_node, count - 1);
	for (size_t i = count - 1; i > 0; i--) {
		const struct between_node *b = &m->functions.between.v[i];
		uint32_t parent = m->stacks.nodes.v[i].parent;

		s->self.v[i] += b->self_ns;
		s->total.v[i] += b->self_ns + b->wait_ns;
		s->self.v[parent] += s->self.v[i];
		s->total.v[parent] += s->total.v[i];
	}
}

static bool occurs_further_out(const struct sampling *s, uint32_t node)
{
	const struct stack_node *nodes = s->in->model->stacks.nodes.v;

	for (uint32_t i = nodes[node].parent; i; i = nodes[i].parent)
		if (s->of_node.v[i] == s->of_node.v[node])
			return true;
	return false;
}

static void collect(struct sampling *s)
{
	const struct model *m = s->in->model;

	for (uint32_t i = 1; i < s->total.n; i++) {
		struct sampled *f;

		if (!s->total.v[i])
			continue;
		s->of_node.v[i] = sampled_function(s, &m->stacks.nodes.v[i]);
		f = &s->functions.v[s->of_node.v[i]];
		f->self_ns += m->functions.between.v[i].self_ns;
		if (occurs_further_out(s, i))
			continue;
		f->total_ns += s->total.v[i];
		f->running_ns += s->self.v[i];
	}
}

static void add_sampled(const struct view_input *in, struct table *t)
{
	struct sampling s = { .in = in };

	sum_up(&s);
	collect(&s);
	for (size_t i = 0; i < s.functions.n; i++) {
		const struct sampled *f = &s.functions.v[i];
		struct cell *c = table_row(t);

		set_name(in, c, &f->name);
		c[MEASURED] = cell_name("between events");
		c[SELF] = cell_int(f->self_ns);
		c[TOTAL] = cell_int(f->total_ns);
		c[RUNNING] = cell_int(f->running_ns);
	}
	map64_free(&s.by_name);
	vec_free(&s.functions);
	vec_free(&s.of_node);
	vec_free(&s.total);
	vec_free(&s.self);
}

struct table *functions_table(const struct view_input *in)
{
	const struct functions *f = &in->model->functions;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "functions", "Functions", columns);

	for (size_t i = 0; i < f->v.n; i++)
		add_called(in, t, &f->v.v[i]);
	if (!f->v.n) {
		add_sampled(in, t);
		t->note = "by the time between events; rebuild with -finstrument-functions for calls";
	}
	table_sort(t, "total_ns");
	table_sort(t, "self_ns");
	return t;
}

static void add(const struct view_input *in, struct doc *doc)
{
	doc_add(doc, functions_table(in));
}

const struct view view_functions = { .name = "functions", .parts = MODEL_ALL, .add = add };
