#include "map64.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

enum { FIRST_BITS = 4 };

static struct map64_entry *find(const struct map64 *m, uint64_t key)
{
	size_t mask = ((size_t)1 << m->bits) - 1, i = map64_slot(m, key);
	while (m->entries[i].key != key && m->entries[i].key != MAP64_EMPTY)
		i = (i + 1) & mask;
	return &m->entries[i];
}

static void grow(struct map64 *m)
{
	struct map64 old = *m;
	m->bits = old.bits ? old.bits + 1 : FIRST_BITS;
	m->entries = xmalloc(sizeof *m->entries << m->bits);
	memset(m->entries, 0xff, sizeof *m->entries << m->bits);
	for (size_t i = 0; old.bits && i < (size_t)1 << old.bits; i++)
		if (old.entries[i].key != MAP64_EMPTY)
			*find(m, old.entries[i].key) = old.entries[i];
	free(old.entries);
}

void map64_put(struct map64 *m, uint64_t key, uint32_t value)
{
	if (key == MAP64_EMPTY)
		return;
	if (!m->bits || m->n * 2 >= (size_t)1 << m->bits)
		grow(m);
	struct map64_entry *e = find(m, key);
	m->n += e->key != key;
	*e = (struct map64_entry){ key, value, 0 };
}

void map64_free(struct map64 *m)
{
	free(m->entries);
	*m = (struct map64){ 0 };
}
