#include "export/paths_private.h"

#include <string.h>

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

uint32_t paths_child(struct paths *p, uint32_t parent, uint32_t place)
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

uint32_t paths_made_up(struct paths *p, const char *name)
{
	uint32_t place = place_of(p, MODULE_NONE, hash_text(0, name), PLACE_MADE_UP);

	if (!p->places.v[place].lines)
		add_line(p, place, name, NULL, 0);
	return place;
}

uint32_t paths_place_of_call(struct paths *p, const struct function *f)
{
	uint32_t place = place_of(p, f->module, f->offset, PLACE_FUNCTION);
	struct function_name name;

	if (p->places.v[place].lines)
		return place;
	name = naming_function(p->in->naming, f->module, f->offset);
	add_line(p, place, name.name, name.file, name.line);
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
		at = paths_child(p, at, paths_made_up(p, s->flags & HP_NODE_CUT ? "[cut: HP_DEPTH]" : "[cut: no unwinding from here]"));
	if (owner == FRAME_START && !innermost)
		return PATH_NONE;
	return at || owner == FRAME_OWN || innermost ? paths_child(p, at, place) : PATH_NONE;
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

void paths_begin(struct paths *p, const struct view_input *in)
{
	*p = (struct paths){ .in = in };
	vec_push(&p->nodes, (struct path_node){ 0, 0, 0 });
	(void)vec_add(&p->rows);
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
