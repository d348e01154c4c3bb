#include "table/percentiles.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/arena.h"

int percentiles_parse(struct percentiles *p, const char *text, size_t *place)
{
	const char *at = text;

	p->n = 0;
	do {
		char *end;
		double value = strtod(at, &end);

		*place = (size_t)(at - text);
		if (end == at || !(value > 0 && value <= 100) || (*end && *end != ',') || p->n == PERCENTILES_MOST)
			return -1;
		p->at[p->n++] = value;
		at = end;
	} while (*at++);
	return 0;
}

bool percentiles_have(const struct percentiles *p, double at)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i] == at)
			return true;
	return false;
}

struct column percentiles_column(struct arena *arena, double at)
{
	char key[64], title[64];
	int key_length = snprintf(key, sizeof(key), "p%.10g_ns", at);
	int title_length = snprintf(title, sizeof(title), at == 50 ? "half below" : "%.10g %% below", at);

	return (struct column){
		arena_strndup(arena, key, (size_t)key_length), arena_strndup(arena, title, (size_t)title_length), UNIT_NS, .flags = COLUMN_SPARE,
	};
}
