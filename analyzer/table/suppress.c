/* suppress.c - which sites are suppressed, and by what. */
#include "table/suppress.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* What a node's frames match: found out once, as stacks share most of their nodes. */
enum { UNKNOWN, NONE, FIRST };

struct matching {
	struct suppressions *all;
	const struct model  *model;
	struct naming       *naming;
	uint32_t            *of_node;  /* UNKNOWN, NONE, or FIRST + the suppression's index */
	size_t               given;    /* patterns; what follows are names of built-in keepers */
};

static bool matches_node(const struct matching *m, const char *pattern, uint32_t node)
{
	uint32_t module = m->model->stacks.nodes.v[node].module;
	size_t count;
	const struct frame *f = naming_node(m->naming, node, &count);

	if (module != MODULE_NONE && suppression_matches(pattern, m->model->stacks.modules.v[module].path))
		return true;
	for (size_t i = 0; i < count; i++)
		if (suppression_matches(pattern, f[i].name) || suppression_matches(pattern, f[i].file))
			return true;
	return false;
}

static uint32_t match_node(struct matching *m, uint32_t node)
{
	uint32_t *known = &m->of_node[node];

	for (size_t i = 0; *known == UNKNOWN && i < m->given; i++)
		if (matches_node(m, m->all->v.v[i].pattern, node))
			*known = FIRST + (uint32_t)i;
	if (*known == UNKNOWN)
		*known = NONE;
	return *known;
}

static struct suppression *by_pattern(struct matching *m, uint32_t stack)
{
	for (uint32_t node = stack; m->given && node; node = m->model->stacks.nodes.v[node].parent)
		if (match_node(m, node) >= FIRST)
			return &m->all->v.v[m->of_node[node] - FIRST];
	return NULL;
}

static struct suppression *by_library(struct matching *m, uint32_t stack)
{
	const char *keeper = m->all->none ? NULL : librarys_keeper(m->naming, stack);

	if (!keeper)
		return NULL;
	for (size_t i = m->given; i < m->all->v.n; i++)
		if (!strcmp(m->all->v.v[i].pattern, keeper))
			return &m->all->v.v[i];
	vec_push(&m->all->v, (struct suppression){ .pattern = keeper, .source = SUPPRESSION_BUILTIN });
	return &m->all->v.v[m->all->v.n - 1];
}

static void suppress_sites(struct matching *m, uint8_t *marked)
{
	const struct memory *mem = &m->model->memory;

	for (size_t i = 0; i < mem->sites.n; i++) {
		const struct memory_site *s = &mem->sites.v[i];
		struct suppression *by;

		if (!s->leaked_blocks || !((by = by_pattern(m, s->stack)) || (by = by_library(m, s->stack))))
			continue;
		by->bytes += s->leaked_bytes;
		by->blocks += s->leaked_blocks;
		marked[i] = 1;
	}
}

static int is_text(const char *text)
{
	struct suppressions read = { .none = false };
	bool is = !suppressions_parse(&read, text, SUPPRESSION_PROGRAM) && read.v.n;

	suppressions_free(&read);
	return is;
}

/* What the program tells LeakSanitizer. Only the programs themselves are asked: to look into every library takes long. */
static void add_programs(struct suppressions *to, const struct model *m, struct naming *naming)
{
	for (uint32_t i = 0; i < m->stacks.modules.n; i++) {
		const char *text = NULL;

		for (size_t k = 0; k < m->processes.v.n && !text; k++)
			if (!strcmp(m->processes.v.v[k].exe, m->stacks.modules.v[i].path))
				text = naming_text_in(naming, i, "__lsan_default_suppressions", is_text);
		if (text)
			suppressions_parse(to, text, SUPPRESSION_PROGRAM);
	}
}

void suppressions_apply(struct suppressions *all, struct model *m, struct naming *naming)
{
	struct matching matching = { .all = all, .model = m, .naming = naming };
	uint8_t *marked;

	if (!m->memory.leaked_blocks)
		return;
	if (!all->none)
		add_programs(all, m, naming);
	matching.given = all->v.n;
	matching.of_node = xcalloc(m->stacks.nodes.n, sizeof(*matching.of_node));
	marked = xcalloc(m->memory.sites.n, 1);
	suppress_sites(&matching, marked);
	memory_suppress(m, marked);
	free(marked);
	free(matching.of_node);
}
