#include "export/fold.h"

static uint32_t child(struct fold *f, uint32_t parent, uint32_t function, uint32_t line)
{
	uint64_t key = (uint64_t)parent << 32 | function;
	uint32_t found;

	if (f->by_line) {  /* function and line as one number */
		uint64_t place = (uint64_t)function << 32 | line;
		uint32_t number = map64_get(&f->by_line_edge, place);

		if (number == MAP64_NONE)
			map64_put(&f->by_line_edge, place, number = (uint32_t)f->by_line_edge.n);
		key = (uint64_t)parent << 32 | number;
	}
	found = map64_get(&f->by_edge, key);
	if (found != MAP64_NONE)
		return found;
	found = (uint32_t)f->nodes.n;
	vec_push(&f->nodes, (struct fold_node){ .parent = parent, .function = function, .line = line });
	map64_put(&f->by_edge, key, found);
	return found;
}

static uint32_t step_in(struct fold *f, uint32_t at, const struct path_place *place)
{
	for (uint32_t i = place->lines; i-- > 0;) {
		const struct path_line *l = &f->paths->lines.v[place->first_line + i];

		at = child(f, at, l->function, l->line);
	}
	return at;
}

static uint32_t node_of(struct fold *f, uint32_t path)
{
	uint32_t at;

	f->chain.n = 0;
	for (; path && !f->of_node.v[path]; path = f->paths->nodes.v[path].parent)
		vec_push(&f->chain, path);
	at = path ? f->of_node.v[path] : 0;
	while (f->chain.n) {
		path = f->chain.v[--f->chain.n];
		at = step_in(f, at, &f->paths->places.v[f->paths->nodes.v[path].place]);
		f->of_node.v[path] = at;
	}
	return at;
}

void fold_build(struct fold *f, const struct paths *p, size_t keep, bool lines)
{
	*f = (struct fold){ .paths = p, .by_line = lines };
	vec_push(&f->nodes, (struct fold_node){ .parent = 0 });
	(void)vec_add(&f->rows);
	vec_ensure(&f->of_node, p->nodes.n);
	for (size_t i = 0; i < p->ranked.n; i++) {
		const struct path_row *row = &p->rows.v[p->nodes.v[p->ranked.v[i]].row];
		uint32_t at = i < keep ? node_of(f, p->ranked.v[i]) : child(f, 0, FOLD_OTHER, 0);

		if (!f->nodes.v[at].row) {
			f->nodes.v[at].row = (uint32_t)f->rows.n;
			(void)vec_add(&f->rows);
		}
		for (unsigned m = 0; m < METRIC_COUNT; m++)
			f->rows.v[f->nodes.v[at].row].v[m] += row->v[m];
	}
}

void fold_free(struct fold *f)
{
	vec_free(&f->nodes);
	vec_free(&f->rows);
	vec_free(&f->of_node);
	vec_free(&f->chain);
	map64_free(&f->by_edge);
	map64_free(&f->by_line_edge);
}

const char *fold_name(const struct fold *f, uint32_t function)
{
	return function == FOLD_OTHER ? "(other)" : f->paths->functions.v[function].name;
}

const uint32_t *fold_chain(struct fold *f, uint32_t node, size_t *count)
{
	f->chain.n = 0;
	for (; node; node = f->nodes.v[node].parent)
		vec_push(&f->chain, f->nodes.v[node].function);
	for (size_t i = 0, k = f->chain.n; i + 1 < k; i++) {
		uint32_t inner = f->chain.v[i];

		f->chain.v[i] = f->chain.v[--k];
		f->chain.v[k] = inner;
	}
	*count = f->chain.n;
	return f->chain.v;
}
