#include "export/paths.h"

#include <string.h>

/* ---- looking on ---- */

static void note_time(void *data, const struct watched_time *w)
{
	struct path_times *t = data;
	uint32_t *index;

	vec_ensure(&t->of_stack, w->stack);
	index = &t->of_stack.v[w->stack];
	if (!*index) {
		(void)vec_add(&t->v);
		*index = (uint32_t)t->v.n;
	}
	t->v.v[*index - 1].wait_ns[w->wait_class] += w->ns;
	t->v.v[*index - 1].io_bytes += w->bytes;
}

static void forget(void *data, const struct model *m, uint64_t ns)
{
	struct path_times *t = data;

	if (t->v.n)
		memset(t->v.v, 0, t->v.n * sizeof(*t->v.v));
}

const struct model_watch *paths_watch(struct path_times *t)
{
	t->watch = (struct model_watch){ .data = t, .time = note_time, .clear = forget };
	return &t->watch;
}

void path_times_free(struct path_times *t)
{
	vec_free(&t->of_stack);
	vec_free(&t->v);
}

/* ---- names ---- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return (hash ^ 0xff) * 0x100000001b3u;
}

static uint32_t function_of(struct paths *p, const char *name, const char *file, uint32_t module)
{
	uint64_t key = hash_text(hash_text(0xcbf29ce484222325u ^ module * 0x9e3779b97f4a7c15u, name), file);
	uint32_t found = map64_get(&p->by_function, key == MAP64_EMPTY ? 0 : key);

	if (found != MAP64_NONE)
		return found;
	found = (uint32_t)p->functions.n;
	vec_push(&p->functions, (struct path_function){ name && *name ? name : "?", file, module });
	map64_put(&p->by_function, key == MAP64_EMPTY ? 0 : key, found);
	return found;
}

enum place_kind { PLACE_EXACT, PLACE_CALLED, PLACE_FUNCTION, PLACE_MADE_UP };

static uint64_t place_key(uint32_t module, uint64_t address, enum place_kind kind)
{
	uint64_t key = (address * 4 + kind) * 0x9e3779b97f4a7c15u ^ (module + 1) * 0xbf58476d1ce4e5b9u;

	return key == MAP64_EMPTY ? 0 : key;
}

/* Its lines are added by the caller, if it is a new one: then lines is 0. */
static uint32_t place_of(struct paths *p, uint32_t module, uint64_t address, enum place_kind kind)
{
	uint64_t key = place_key(module, address, kind);
	uint32_t found = map64_get(&p->by_place, key);

	if (found != MAP64_NONE)
		return found;
	found = (uint32_t)p->places.n;
	vec_push(&p->places, (struct path_place){ address, module, (uint32_t)p->lines.n, 0, kind == PLACE_CALLED });
	map64_put(&p->by_place, key, found);
	return found;
}

static void add_line(struct paths *p, uint32_t place, const char *name, const char *file, uint32_t line)
{
	vec_push(&p->lines, (struct path_line){ function_of(p, name, file, p->places.v[place].module), line });
	p->places.v[place].lines++;
}

static uint32_t child(struct paths *p, uint32_t parent, uint32_t place)
{
	uint64_t key = (uint64_t)parent << 32 | place;
	uint32_t found = map64_get(&p->by_edge, key);

	if (found != MAP64_NONE)
		return found;
	found = (uint32_t)p->nodes.n;
	vec_push(&p->nodes, (struct path_node){ parent, place, 0 });
	map64_put(&p->by_edge, key, found);
	return found;
}

/* A place that stands for something that has no address. */
static uint32_t made_up(struct paths *p, const char *name)
{
	uint32_t place = place_of(p, MODULE_NONE, hash_text(0, name), PLACE_MADE_UP);

	if (!p->places.v[place].lines)
		add_line(p, place, name, NULL, 0);
	return place;
}

/* ---- call stacks ---- */

/* What a node of the model's stacks is on paths: *owner of the frame that is the user's most. */
static uint32_t place_of_stack(struct paths *p, uint32_t stack, unsigned *owner)
{
	const struct stack_node *s = &p->in->model->stacks.nodes.v[stack];
	uint32_t place = place_of(p, s->module, s->offset, s->flags & HP_NODE_EXACT ? PLACE_EXACT : PLACE_CALLED);
	bool new = !p->places.v[place].lines;
	size_t count;
	const struct frame *f = naming_node(p->in->naming, stack, &count);

	*owner = FRAME_FOREIGN;
	for (size_t i = 0; i < count; i++) {
		if (f[i].owner != FRAME_FOREIGN && *owner != FRAME_START)
			*owner = f[i].owner;
		if (new)
			add_line(p, place, f[i].name, f[i].file, f[i].line);
	}
	return place;
}

/*
 * One step further in. What calls main is passed over with all that is further out, and so is what is not the program's own
 * at the outer end, as in the tree (table/tree_build.c).
 */
static uint32_t step_in(struct paths *p, uint32_t at, uint32_t stack, bool innermost)
{
	const struct stack_node *s = &p->in->model->stacks.nodes.v[stack];
	unsigned owner;
	uint32_t place = place_of_stack(p, stack, &owner);

	if (!s->parent && s->flags & (HP_NODE_CUT | HP_NODE_STOPPED))
		at = child(p, at, made_up(p, s->flags & HP_NODE_CUT ? "[cut: HP_DEPTH]" : "[cut: no unwinding from here]"));
	if (owner == FRAME_START && !innermost)
		return PATH_NONE;
	return at || owner == FRAME_OWN || innermost ? child(p, at, place) : PATH_NONE;
}

/* Where paths through a stack go on. */
static uint32_t way_to(struct paths *p, uint32_t stack)
{
	const struct stack_node *v = p->in->model->stacks.nodes.v;
	uint32_t at = PATH_NONE;

	p->chain.n = 0;
	for (; stack && !p->of_stack.v[stack]; stack = v[stack].parent)
		vec_push(&p->chain, stack);
	if (stack)
		at = p->of_stack.v[stack] - 1;
	while (p->chain.n) {
		stack = p->chain.v[--p->chain.n];
		at = step_in(p, at, stack, false);
		p->of_stack.v[stack] = at + 1;
	}
	return at;
}

uint32_t paths_of_stack(struct paths *p, uint32_t stack)
{
	uint32_t at;

	vec_ensure(&p->of_stack, p->in->model->stacks.nodes.n);
	if (!stack || stack >= p->in->model->stacks.nodes.n)
		return PATH_NONE;
	at = way_to(p, stack);
	return at ? at : step_in(p, at, stack, true);
}

/* ---- figures ---- */

static void add(struct paths *p, uint32_t node, unsigned metric, uint64_t value)
{
	struct path_node *n;

	if (!value || !(p->mask & 1u << metric))
		return;
	if (node == PATH_NONE)
		node = child(p, PATH_NONE, made_up(p, "[no call stack]"));
	n = &p->nodes.v[node];
	if (!n->row) {
		n->row = (uint32_t)p->rows.n;
		(void)vec_add(&p->rows);
	}
	p->rows.v[n->row].v[metric] += value;
	p->totals.v[metric] += value;
}

static void add_sites(struct paths *p)
{
	const struct memory *m = &p->in->model->memory;

	for (size_t i = 0; i < m->sites.n; i++) {
		const struct memory_site *s = &m->sites.v[i];
		uint32_t node = paths_of_stack(p, s->stack);

		add(p, node, METRIC_ALLOC_CALLS, s->calls);
		add(p, node, METRIC_ALLOC_BYTES, s->bytes);
		add(p, node, METRIC_PEAK, s->peak_bytes);
		add(p, node, METRIC_LEAKED, s->leaked_bytes);
		add(p, node, METRIC_LIVE, s->live_bytes);
		add(p, node, METRIC_TEMPORARY, s->temporary_calls);
	}
}

static const uint8_t metric_of_wait[WAIT_CLASS_COUNT] = {
	[WAIT_LOCK] = METRIC_LOCK_WAIT, [WAIT_COND] = METRIC_COND_WAIT, [WAIT_SEM] = METRIC_SEM_WAIT, [WAIT_BARRIER] = METRIC_BARRIER_WAIT,
	[WAIT_JOIN] = METRIC_JOIN_WAIT, [WAIT_POLL] = METRIC_POLL_WAIT, [WAIT_SLEEP] = METRIC_SLEEP, [WAIT_CHILD] = METRIC_CHILD_WAIT,
	[WAIT_IO] = METRIC_IO,
};

static void add_times(struct paths *p, const struct path_times *t)
{
	for (uint32_t stack = 0; stack < t->of_stack.n; stack++) {
		const struct path_time *one;
		uint32_t node;

		if (!t->of_stack.v[stack])
			continue;
		one = &t->v.v[t->of_stack.v[stack] - 1];
		node = paths_of_stack(p, stack);
		for (unsigned c = 0; c < WAIT_CLASS_COUNT; c++) {
			add(p, node, metric_of_wait[c], one->wait_ns[c]);
			add(p, node, c == WAIT_IO ? METRIC_IO : METRIC_WAIT, c == WAIT_IO ? 0 : one->wait_ns[c]);
		}
		add(p, node, METRIC_IO_BYTES, one->io_bytes);
	}
}

static void add_between(struct paths *p)
{
	const struct functions *f = &p->in->model->functions;

	for (uint32_t i = 0; i < f->between.n && f->nodes.n <= 1; i++) {
		const struct between_node *b = &f->between.v[i];

		if (!b->self_ns && !b->wait_ns)
			continue;
		add(p, paths_of_stack(p, i), METRIC_BETWEEN, b->self_ns);
		add(p, paths_of_stack(p, i), METRIC_TIME, b->self_ns + b->wait_ns);
	}
}

static uint32_t place_of_call(struct paths *p, const struct function *f)
{
	uint32_t place = place_of(p, f->module, f->offset, PLACE_FUNCTION);
	struct function_name name;

	if (p->places.v[place].lines)
		return place;
	name = naming_function(p->in->naming, f->module, f->offset);
	add_line(p, place, name.name, name.file, name.line);
	return place;
}

static void add_calls(struct paths *p)
{
	const struct functions *f = &p->in->model->functions;
	VEC(uint32_t) node_of = { 0 };

	vec_ensure(&node_of, f->nodes.n);
	for (uint32_t i = 1; i < f->nodes.n; i++) {
		const struct call_node *n = &f->nodes.v[i];

		node_of.v[i] = child(p, node_of.v[n->parent], place_of_call(p, &f->v.v[n->function]));
		add(p, node_of.v[i], METRIC_TIME, n->self_ns);
		add(p, node_of.v[i], METRIC_SELF, n->self_ns);
		add(p, node_of.v[i], METRIC_CALLS, n->calls);
	}
	vec_free(&node_of);
}

/* ---- the weightiest ---- */

static double weight(const struct paths *p, uint32_t node)
{
	const struct path_row *row = &p->rows.v[p->nodes.v[node].row];
	double most = 0;

	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		double share = p->totals.v[i] ? (double)row->v[i] / (double)p->totals.v[i] : 0;

		most = share > most ? share : most;
	}
	return most;
}

static int by_weight(const void *a, const void *b, void *paths)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	double x = weight(paths, i), y = weight(paths, k);

	return x != y ? (x > y ? -1 : 1) : i < k ? -1 : i > k;
}

static void rank(struct paths *p)
{
	for (uint32_t i = 0; i < p->nodes.n; i++)
		if (p->nodes.v[i].row)
			vec_push(&p->ranked, i);
	if (p->ranked.n)
		qsort_r(p->ranked.v, p->ranked.n, sizeof(*p->ranked.v), by_weight, p);
}

void paths_begin(struct paths *p, const struct view_input *in)
{
	*p = (struct paths){ .in = in };
	vec_push(&p->nodes, (struct path_node){ 0, 0, 0 });
	(void)vec_add(&p->rows);
}

void paths_build(struct paths *p, const struct view_input *in, const struct path_times *times, uint32_t mask)
{
	paths_begin(p, in);
	p->mask = mask;
	add_calls(p);
	add_sites(p);
	if (times)
		add_times(p, times);
	add_between(p);
	rank(p);
}

void paths_free(struct paths *p)
{
	vec_free(&p->functions);
	vec_free(&p->lines);
	vec_free(&p->places);
	vec_free(&p->nodes);
	vec_free(&p->rows);
	vec_free(&p->ranked);
	vec_free(&p->of_stack);
	vec_free(&p->chain);
	map64_free(&p->by_edge);
	map64_free(&p->by_place);
	map64_free(&p->by_function);
}
