/* The call tree of a model: function calls, and the stacks of events where they lead further in than the calls. */
#include "table/tree_build.h"

#include <inttypes.h>
#include <string.h>

struct source {
	const struct view_input *in;
	const struct model *m;
	struct tree  *t;
	VEC(uint32_t) place;        /* of each node of the model's call tree: its node here */
	VEC(uint32_t) name;         /* of each function: 1 + the number of its name, 0: not yet known */
	struct map64  by_stack;     /* base << 32 | stack -> node here; base: the node here that stacks begin at */
	VEC(uint32_t) inner;        /* stack nodes on the way, the innermost first */
};

/* ---- frames ---- */

static const struct frame *frames_of(struct source *s, uint32_t stack, size_t *count, const char **module)
{
	uint32_t index = s->m->stacks.nodes.v[stack].module;

	*module = index == MODULE_NONE ? "" : s->m->stacks.modules.v[index].path;
	return naming_node(s->in->naming, stack, count);
}

static uint32_t step_to(struct source *s, uint32_t at, const struct frame *f, const char *module)
{
	return tree_child(s->t, at, tree_name(s->t, f->name), f->file, f->line, module);
}

/*
 * Goes one stack node further in. What calls main says nothing: it and what is further out are passed over, as is code
 * that is not the program's own at the outer end.
 */
static uint32_t step_in(struct source *s, uint32_t base, uint32_t at, uint32_t stack)
{
	const char *module;
	size_t count;
	const struct frame *f = frames_of(s, stack, &count, &module);

	for (size_t k = count; k-- > 0;) {
		if (f[k].owner == FRAME_START)
			at = base;
		else if (at != base || f[k].owner == FRAME_OWN)
			at = step_to(s, at, &f[k], module);
	}
	return at;
}

/* ---- function calls ---- */

static const char *thread_name(const struct source *s, uint64_t thread)
{
	const struct thread *t = &s->m->threads.v.v[thread];

	return t->name[0] ? view_text(s->in, "thread %" PRIu32 " (%s)", t->tid, t->name) : view_text(s->in, "thread %" PRIu32, t->tid);
}

static struct function_name name_of(const struct source *s, const struct function *f)
{
	if (f->module == MODULE_THREAD)
		return (struct function_name){ .name = thread_name(s, f->offset), .module = "" };
	return naming_function(s->in->naming, f->module, f->offset);
}

static uint32_t place_call(struct source *s, const struct call_node *n)
{
	const struct function *f = &s->m->functions.v.v[n->function];
	struct function_name name = name_of(s, f);

	if (!s->name.v[n->function])
		s->name.v[n->function] = 1 + tree_name(s->t, name.name);
	return tree_child(s->t, s->place.v[n->parent], s->name.v[n->function] - 1, name.file, name.line, name.module);
}

static uint64_t waits_of(const struct call_costs *c)
{
	uint64_t sum = c->stdio_ns;

	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		sum += c->wait_ns[i];
	return sum;
}

/* Waits are charged by stack: they belong to what was called. */
static void charge_call(struct source *s, uint32_t at, const struct call_node *n)
{
	const struct call_costs *c = &s->m->functions.costs.v[n->costs];
	uint64_t waits = waits_of(c);

	tree_charge(&s->t->self[FIGURE_RUNNING], at, n->self_ns > waits ? n->self_ns - waits : 0);
	tree_charge(&s->t->self[FIGURE_CALLS], at, n->calls);
	tree_charge(&s->t->self[FIGURE_OPEN], at, n->open_calls);
	tree_charge(&s->t->self[FIGURE_CUT], at, c->cut_calls);
	tree_charge(&s->t->self[FIGURE_ALLOC_NS], at, c->alloc_ns);
}

static void add_calls(struct source *s)
{
	const struct functions *f = &s->m->functions;

	vec_ensure(&s->place, f->nodes.n);
	vec_ensure(&s->name, f->v.n);
	for (uint32_t i = 1; i < f->nodes.n; i++) {
		s->place.v[i] = place_call(s, &f->nodes.v[i]);
		charge_call(s, s->place.v[i], &f->nodes.v[i]);
		if (i < f->calls.times.n)
			tree_add_times(s->t, s->place.v[i], &f->calls.times.v[i]);
	}
}

/* ---- stacks ---- */

/* Where a stack leads when no call was open: each of its nodes is gone to once. */
static uint32_t place_stack(struct source *s, uint32_t base, uint32_t stack)
{
	uint32_t at = base, found;

	s->inner.n = 0;
	for (uint32_t i = stack; i; i = s->m->stacks.nodes.v[i].parent) {
		found = map64_get(&s->by_stack, (uint64_t)base << 32 | i);
		if (found != MAP64_NONE) {
			at = found;
			break;
		}
		vec_push(&s->inner, i);
	}
	while (s->inner.n) {
		uint32_t i = s->inner.v[--s->inner.n];

		at = step_in(s, base, at, i);
		map64_put(&s->by_stack, (uint64_t)base << 32 | i, at);
	}
	return at;
}

/* What was passed over on the whole way appears, if it is all there is. */
static uint32_t leaf_of_stack(struct source *s, uint32_t base, uint32_t stack)
{
	uint32_t at = place_stack(s, base, stack);
	const struct frame *f;
	const char *module;
	size_t count;

	if (at != base || !stack)
		return at;
	f = frames_of(s, stack, &count, &module);
	return count ? step_to(s, base, &f[0], module) : at;
}

/* How many of the frames are further in than the function's; -1: it is none of them. */
static int frames_inside(const struct source *s, const struct frame *f, size_t count, uint32_t name)
{
	for (size_t k = 0; k < count; k++)
		if (!strcmp(f[k].name, s->t->names.v[name]))
			return (int)k;
	return -1;
}

/* Below an open call: the frames from its own one in. A stack that has none of it tells nothing more. */
static uint32_t leaf_in_call(struct source *s, uint32_t node, uint32_t stack)
{
	uint32_t at = s->place.v[node], name = s->name.v[s->m->functions.nodes.v[node].function] - 1;
	const struct frame *f;
	const char *module;
	int inside = -1;
	size_t count;

	s->inner.n = 0;
	for (uint32_t i = stack; i && inside < 0; i = s->m->stacks.nodes.v[i].parent) {
		f = frames_of(s, i, &count, &module);
		inside = frames_inside(s, f, count, name);
		vec_push(&s->inner, i);
	}
	if (inside < 0)
		return at;
	while (s->inner.n) {
		f = frames_of(s, s->inner.v[--s->inner.n], &count, &module);
		for (size_t k = inside >= 0 ? (size_t)inside : count; k-- > 0;)
			at = step_to(s, at, &f[k], module);
		inside = -1;
	}
	return at;
}

static uint32_t leaf_of(struct source *s, uint32_t node, uint32_t stack)
{
	const struct functions *f = &s->m->functions;

	if (!node || f->v.v[f->nodes.v[node].function].module == MODULE_THREAD)
		return leaf_of_stack(s, node ? s->place.v[node] : 0, stack);
	return leaf_in_call(s, node, stack);
}

static uint64_t positive(uint64_t ns)
{
	return (int64_t)ns > 0 ? ns : 0;
}

static void charge_path(struct source *s, const struct path_costs *c)
{
	uint32_t at = leaf_of(s, c->node, c->stack);
	struct tree_values *self = s->t->self;
	const struct functions *f = &s->m->functions;
	bool in_call = c->node && f->v.v[f->nodes.v[c->node].function].module != MODULE_THREAD;

	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		tree_charge(&self[FIGURE_OF_WAIT(i)], at, c->wait_ns[i]);
	tree_charge(&self[FIGURE_STDIO], at, c->stdio_ns);
	if (!in_call) {  /* that one's own time has it */
		tree_charge(&self[FIGURE_RUNNING], at, positive(c->between_ns) + c->other_ns - c->stdio_ns);
		tree_charge(&self[FIGURE_ALLOC_NS], at, c->alloc_ns);
	}
	tree_charge(&self[FIGURE_EVENTS], at, c->events);
	tree_charge(&self[FIGURE_IO_CALLS], at, c->io_calls);
	tree_charge(&self[FIGURE_IO_BYTES], at, c->io_bytes);
	tree_charge(&self[FIGURE_ALLOC_CALLS], at, c->alloc_calls);
	tree_charge(&self[FIGURE_ALLOC_BYTES], at, c->alloc_bytes);
}

/* ---- blocks ---- */

static uint32_t common_call(const struct functions *f, uint32_t a, uint32_t b)
{
	while (a != b) {
		if (a > b)
			a = f->nodes.v[a].parent;
		else
			b = f->nodes.v[b].parent;
	}
	return a;
}

/* The call that was open where blocks were allocated: of a stack that was seen in several ones, what they have in common. */
static uint32_t call_of(const struct functions *f, uint32_t stack)
{
	uint32_t i = stack < f->paths.of_stack.n ? f->paths.of_stack.v[stack] : 0, node = i ? f->paths.v.v[i - 1].node : 0;

	for (; i && node; i = f->paths.v.v[i - 1].next)
		node = common_call(f, node, f->paths.v.v[i - 1].node);
	return node;
}

static void charge_site(struct source *s, const struct memory_site *site)
{
	struct tree_values *self = s->t->self;
	uint32_t at;

	if (!site->temporary_calls && !site->peak_bytes && !site->leaked_blocks)
		return;
	at = leaf_of(s, call_of(&s->m->functions, site->stack), site->stack);
	tree_charge(&self[FIGURE_TEMPORARY], at, site->temporary_calls);
	tree_charge(&self[FIGURE_PEAK], at, site->peak_bytes);
	tree_charge(&self[FIGURE_LEAKED_BYTES], at, site->leaked_bytes);
	tree_charge(&self[FIGURE_LEAKED_BLOCKS], at, site->leaked_blocks);
}

void tree_of_model(struct tree *t, const struct view_input *in)
{
	struct source s = { .in = in, .m = in->model, .t = t };

	add_calls(&s);
	for (size_t i = 0; i < s.m->functions.paths.v.n; i++)
		charge_path(&s, &s.m->functions.paths.v.v[i]);
	for (size_t i = 0; i < s.m->memory.sites.n; i++)
		charge_site(&s, &s.m->memory.sites.v[i]);
	tree_total(t);
	vec_free(&s.place);
	vec_free(&s.name);
	vec_free(&s.inner);
	map64_free(&s.by_stack);
}
