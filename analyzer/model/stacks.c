#include "stacks.h"

#include <stdlib.h>
#include <string.h>

#include "places.h"
#include "util/alloc.h"

enum { GENERATIONS_MAX = 64 };  /* of processes that loaded something, outwards from one */

#define UNRESOLVED UINT32_MAX
#define IN_PROGRESS (UINT32_MAX - 1)

struct stack_scope {
	struct places places;
	uint32_t parent;                 /* number, or MODULE_NONE */
	VEC(uint32_t) modules;           /* the scope's modules -> the run's */
	uint32_t *dense;                 /* id -> index into the scope's nodes, for ids < dense_n */
	uint32_t dense_n;
	struct map64 sparse;             /* the others */
	VEC(uint32_t) nodes;             /* index -> the run's node */
	struct map64 sites;              /* low 32 bits -> node */
};

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

/* ---- modules ---- */

static uint64_t hash_bytes(uint64_t h, const void *data, size_t n)
{
	for (const unsigned char *p = data; n--; p++)
		h = (h ^ *p) * 0x100000001b3u;
	return mix(h, 0);
}

static int same_module(const struct module *m, const struct dump_module *d)
{
	return m->build_id_bytes == d->build_id_bytes && !memcmp(m->build_id, d->build_id, d->build_id_bytes)
		&& !strcmp(m->path, d->path) && (d->build_id_bytes || (m->dev == d->dev && m->ino == d->ino));
}

static uint32_t intern_module(struct stacks *s, const struct dump_module *d)
{
	uint64_t key = hash_bytes(hash_bytes(0xcbf29ce484222325u, d->path, strlen(d->path)), d->build_id, d->build_id_bytes);
	for (;; key++) {
		uint32_t i = map64_get(&s->by_module, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY)
			break;
		if (i != MAP64_NONE && same_module(&s->modules.v[i], d)) {
			s->modules.v[i].loads++;
			return i;
		}
	}
	map64_put(&s->by_module, key, (uint32_t)s->modules.n);
	vec_push(&s->modules, (struct module){ d->path, d->build_id, d->build_id_bytes, 1, d->dev, d->ino, d->base });
	return (uint32_t)s->modules.n - 1;
}

static struct stack_place place(const struct stacks *s, uint32_t scope, uint64_t address, int low, uint64_t ticks, uint32_t known)
{
	unsigned generations = 0;
	for (const struct stack_scope *c; scope < s->scopes.n && generations < GENERATIONS_MAX; scope = c->parent, known = UINT32_MAX) {
		c = s->scopes.v[scope];
		generations++;
		uint32_t i = places_find(&c->places, address, low, ticks, known);
		if (i == UINT32_MAX)
			continue;
		const struct dump_module *m = &c->places.scope->modules.v[i];
		if (low)
			address = m->lo + (uint32_t)(address - m->lo);
		return (struct stack_place){ c->modules.v[i], address - m->base };
	}
	return (struct stack_place){ MODULE_NONE, address };
}

struct stack_place stacks_place(const struct stacks *s, uint32_t scope, uint64_t address, int low, uint64_t ticks)
{
	return place(s, scope, address, low, ticks, UINT32_MAX);
}

/* ---- nodes ---- */

static uint32_t intern_node(struct stacks *s, uint32_t parent, struct stack_place at, uint32_t flags)
{
	uint64_t key = mix(mix(mix(0, parent), at.offset), (uint64_t)at.module << 32 | flags);
	for (;; key++) {
		uint32_t i = map64_get(&s->by_frame, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY)
			break;
		const struct stack_node *n = i == MAP64_NONE ? &s->nodes.v[0] : &s->nodes.v[i];
		if (n->depth && n->parent == parent && n->module == at.module && n->offset == at.offset && n->flags == flags)
			return i;
	}
	map64_put(&s->by_frame, key, (uint32_t)s->nodes.n);
	vec_push(&s->nodes, (struct stack_node){ parent, s->nodes.v[parent].depth + 1, at.module, flags, at.offset });
	return (uint32_t)s->nodes.n - 1;
}

/* A return address belongs to the call before it, which may be the last of its module. */
static uint32_t intern_pc(struct stacks *s, uint32_t scope, uint32_t parent, const struct dump_node *n)
{
	uint64_t back = n->flags & HP_NODE_EXACT ? 0 : 1;
	struct stack_place at = place(s, scope, n->pc - back, 0, UINT64_MAX, n->modules);
	at.offset += back;
	return intern_node(s, parent, at, n->flags);
}

static uint32_t index_of(const struct stack_scope *c, uint32_t id)
{
	return id < c->dense_n ? c->dense[id] : map64_get(&c->sparse, id);
}

static void index_ids(struct stack_scope *c, const struct dump_scope *d)
{
	c->dense_n = (uint32_t)(d->nodes.n * 2 + 1024 < UINT32_MAX ? d->nodes.n * 2 + 1024 : 0);
	c->dense = xmalloc(c->dense_n * sizeof *c->dense);
	memset(c->dense, 0xff, c->dense_n * sizeof *c->dense);
	for (size_t i = d->nodes.n; i-- > 0; ) {
		uint32_t id = d->nodes.v[i].id;
		if (id < c->dense_n)
			c->dense[id] = (uint32_t)i;
		else
			map64_put(&c->sparse, id, (uint32_t)i);
	}
}

/*
 * Resolves the scope's node `i` and those outside of it. A parent may stand behind its child in the file, when two threads
 * wrote at the same time; a cycle is cut where it is found. `path` is room to work in.
 */
static void resolve(struct stacks *s, uint32_t scope, uint32_t i, uint32_t *path)
{
	struct stack_scope *c = s->scopes.v[scope];
	const struct dump_scope *d = c->places.scope;
	uint32_t n = 0, at = i, above = 0;
	while (at != MAP64_NONE && c->nodes.v[at] == UNRESOLVED) {
		c->nodes.v[at] = IN_PROGRESS;
		path[n++] = at;
		at = d->nodes.v[at].parent ? index_of(c, d->nodes.v[at].parent) : MAP64_NONE;
	}
	if (at != MAP64_NONE && c->nodes.v[at] != IN_PROGRESS)
		above = c->nodes.v[at];
	while (n--)
		above = c->nodes.v[path[n]] = intern_pc(s, scope, above, &d->nodes.v[path[n]]);
}

uint32_t stacks_add_scope(struct stacks *s, const struct dump_scope *d, uint32_t parent)
{
	struct stack_scope *c = xcalloc(1, sizeof *c);
	uint32_t number = (uint32_t)s->scopes.n;
	vec_push(&s->scopes, c);
	c->parent = parent != MODULE_NONE && !s->scopes.v[parent]->modules.n ? s->scopes.v[parent]->parent : parent;
	places_init(&c->places, d);
	for (size_t i = 0; i < d->modules.n; i++)
		vec_push(&c->modules, intern_module(s, &d->modules.v[i]));
	index_ids(c, d);
	for (size_t i = 0; i < d->nodes.n; i++)
		vec_push(&c->nodes, UNRESOLVED);
	uint32_t *path = xmalloc((d->nodes.n + 1) * sizeof *path);
	for (size_t i = 0; i < d->nodes.n; i++)
		resolve(s, number, (uint32_t)i, path);
	free(path);
	return number;
}

uint32_t stacks_node(const struct stacks *s, uint32_t scope, uint32_t id, uint64_t *unknown)
{
	if (!id)
		return 0;
	const struct stack_scope *c = s->scopes.v[scope];
	uint32_t i = index_of(c, id);
	if (i != MAP64_NONE)
		return c->nodes.v[i];
	++*unknown;
	return 0;
}

uint32_t stacks_site(struct stacks *s, uint32_t scope, uint32_t low32, uint64_t ticks)
{
	struct stack_scope *c = s->scopes.v[scope];
	int mixed = stacks_is_mixed(s, scope, low32 - 1);
	uint32_t node = mixed ? MAP64_NONE : map64_get(&c->sites, low32);
	if (node != MAP64_NONE || !low32)
		return low32 ? node : 0;
	struct stack_place at = stacks_place(s, scope, low32 - 1, 1, ticks);
	at.offset++;
	node = intern_node(s, 0, at, 0);
	if (!mixed)
		map64_put(&c->sites, low32, node);
	return node;
}

uint32_t stacks_innermost(struct stacks *s, uint32_t node)
{
	const struct stack_node n = s->nodes.v[node];
	return n.depth < 1 ? node : intern_node(s, 0, (struct stack_place){ n.module, n.offset }, n.flags & HP_NODE_EXACT);
}

int stacks_is_mixed(const struct stacks *s, uint32_t scope, uint32_t low32)
{
	for (unsigned i = 0; scope < s->scopes.n && i < GENERATIONS_MAX; scope = s->scopes.v[scope]->parent, i++)
		if (places_is_mixed(&s->scopes.v[scope]->places, low32))
			return 1;
	return 0;
}

int stacks_has_mixed(const struct stacks *s, uint32_t scope)
{
	for (unsigned i = 0; scope < s->scopes.n && i < GENERATIONS_MAX; scope = s->scopes.v[scope]->parent, i++)
		if (s->scopes.v[scope]->places.mixed.n)
			return 1;
	return 0;
}

void stacks_init(struct stacks *s)
{
	*s = (struct stacks){ 0 };
	vec_push(&s->nodes, (struct stack_node){ .module = MODULE_NONE });
}

void stacks_free(struct stacks *s)
{
	for (size_t i = 0; i < s->scopes.n; i++) {
		struct stack_scope *c = s->scopes.v[i];
		places_free(&c->places);
		vec_free(&c->modules);
		vec_free(&c->nodes);
		free(c->dense);
		map64_free(&c->sparse);
		map64_free(&c->sites);
		free(c);
	}
	vec_free(&s->scopes);
	vec_free(&s->modules);
	vec_free(&s->nodes);
	map64_free(&s->by_frame);
	map64_free(&s->by_module);
}
