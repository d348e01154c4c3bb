/* heaptrack_names.c - the lines of heaptrack's format that say what the numbers in others mean. */
#include <inttypes.h>
#include <string.h>

#include "export/heaptrack.h"
#include "util/text.h"

static uint32_t string_of(struct heaptrack_names *n, const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;
	struct buf plain = { 0 };
	uint32_t found;

	if (!text || !*text)
		return 0;
	for (const char *c = text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	hash = hash == MAP64_EMPTY ? 0 : hash;
	found = map64_get(&n->strings, hash);
	if (found != MAP64_NONE)
		return found;
	text_escape(&plain, text, strlen(text));
	sink_format(n->to, "s %zx ", plain.n);
	sink_write(n->to, buf_text(&plain), plain.n);
	sink_text(n->to, "\n");
	buf_free(&plain);
	map64_put(&n->strings, hash, ++n->string_count);
	return n->string_count;
}

/* Of a module that is unknown heaptrack expects no name, only the address. */
static const char *module_of(const struct heaptrack_names *n, uint32_t module)
{
	return module == MODULE_NONE ? "" : n->paths.in->model->stacks.modules.v[module].path;
}

/* "i ADDRESS MODULE [FUNCTION FILE LINE]...", all numbers of strings: the innermost inlined function first. */
static uint32_t ip_of(struct heaptrack_names *n, uint32_t index)
{
	const struct path_place *p = &n->paths.places.v[index];
	uint32_t module = string_of(n, module_of(n, p->module));
	struct buf line = { 0 };

	vec_ensure(&n->ip_of_place, index);
	if (n->ip_of_place.v[index])
		return n->ip_of_place.v[index];
	buf_addf(&line, "i %" PRIx64 " %x", p->address ? p->address : index + 1, module);
	for (uint32_t i = 0; i < p->lines; i++) {
		const struct path_line *l = &n->paths.lines.v[p->first_line + i];
		uint32_t name = string_of(n, n->paths.functions.v[l->function].name), file = string_of(n, n->paths.functions.v[l->function].file);

		buf_addf(&line, " %x %x %x", name, file, l->line);
	}
	buf_addc(&line, '\n');
	sink_write(n->to, line.s, line.n);
	buf_free(&line);
	return n->ip_of_place.v[index] = ++n->ip_count;
}

static uint32_t write_trace(struct heaptrack_names *n, uint32_t ip, uint32_t parent)
{
	sink_format(n->to, "t %x %x\n", ip, parent);
	return ++n->trace_count;
}

/* Parents first. */
static uint32_t trace_of_node(struct heaptrack_names *n, uint32_t node)
{
	VEC(uint32_t) chain = { 0 };
	uint32_t trace;

	vec_ensure(&n->trace_of_node, n->paths.nodes.n);
	for (; node && !n->trace_of_node.v[node]; node = n->paths.nodes.v[node].parent)
		vec_push(&chain, node);
	trace = node ? n->trace_of_node.v[node] : 0;
	while (chain.n) {
		node = chain.v[--chain.n];
		trace = n->trace_of_node.v[node] = write_trace(n, ip_of(n, n->paths.nodes.v[node].place), trace);
	}
	vec_free(&chain);
	return trace;
}

uint32_t heaptrack_trace(struct heaptrack_names *n, const struct model *m, uint32_t site)
{
	uint32_t node, trace;

	vec_ensure(&n->trace_of_site, site);
	if (n->trace_of_site.v[site])
		return n->trace_of_site.v[site];
	node = paths_of_stack(&n->paths, m->memory.sites.v[site].stack);
	trace = node ? trace_of_node(n, node) : 0;
	if (!trace) {
		uint32_t name = string_of(n, "[no call stack]");

		sink_format(n->to, "i 1 0 %x 0 0\n", name);
		trace = write_trace(n, ++n->ip_count, 0);
	}
	return n->trace_of_site.v[site] = trace;
}

/* The first of the two numbers of a size at a site. Number 0 is nobody's: heaptrack means "none" by it. */
uint32_t heaptrack_info(struct heaptrack_names *n, const struct model *m, uint64_t size, uint32_t site)
{
	uint64_t key = (size * 0x9e3779b97f4a7c15u) ^ ((uint64_t)site << 1 | 1) * 0xbf58476d1ce4e5b9u;
	uint32_t trace = heaptrack_trace(n, m, site), found;

	key = key == MAP64_EMPTY ? 0 : key;
	found = map64_get(&n->infos, key);
	if (found != MAP64_NONE)
		return found;
	found = n->info_count;
	sink_format(n->to, "a %" PRIx64 " %x\na %" PRIx64 " %x\n", size, trace, size, trace);
	n->info_count += 2;
	map64_put(&n->infos, key, found);
	return found;
}

void heaptrack_names_begin(struct heaptrack_names *n, const struct view_input *in, struct sink *to)
{
	*n = (struct heaptrack_names){ .to = to };
	paths_begin(&n->paths, in);
}

void heaptrack_names_free(struct heaptrack_names *n)
{
	paths_free(&n->paths);
	map64_free(&n->strings);
	map64_free(&n->infos);
	vec_free(&n->ip_of_place);
	vec_free(&n->trace_of_node);
	vec_free(&n->trace_of_site);
}
