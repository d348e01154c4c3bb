#include "table/strings.h"

#include <string.h>

uint64_t strings_hash(uint64_t hash, const char *text)
{
	hash ^= 0xcbf29ce484222325u;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	hash ^= hash >> 32;
	return hash == MAP64_EMPTY ? 0 : hash;
}

/* Texts of one hash are looked for under the next ones. */
const char *strings_keep(struct strings *s, const char *text)
{
	uint64_t hash;

	if (!text)
		return NULL;
	for (hash = strings_hash(0, text);; hash++) {
		uint32_t i = map64_get(&s->by_hash, hash);

		if (hash == MAP64_EMPTY)
			continue;
		if (i == MAP64_NONE)
			break;
		if (!strcmp(s->all.v[i], text))
			return s->all.v[i];
	}
	map64_put(&s->by_hash, hash, (uint32_t)s->all.n);
	vec_push(&s->all, arena_strdup(&s->arena, text));
	return s->all.v[s->all.n - 1];
}

void strings_free(struct strings *s)
{
	map64_free(&s->by_hash);
	vec_free(&s->all);
	arena_free(&s->arena);
}
