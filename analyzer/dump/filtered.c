/* filtered.c - what filters left out while recording: rows of HP_CHUNK_FILTERED chunks, summed up by function. */
#include "scan.h"

/* Row of a process's function; the one of all that have none of their own is that of address 0. */
static struct dump_filtered *row_of(struct dump *d, const struct dump_scope *scope, uint64_t fn)
{
	for (uint64_t key = fn * 0x9e3779b97f4a7c15u ^ (uint64_t)scope->index << 32;; key++) {
		uint32_t i = map64_get(&d->by_filtered, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY) {
			map64_put(&d->by_filtered, key, (uint32_t)d->filtered.n);
			vec_push(&d->filtered, (struct dump_filtered){ .scope = scope, .fn = fn });
			return &d->filtered.v[d->filtered.n - 1];
		}
		if (i != MAP64_NONE && d->filtered.v[i].scope == scope && d->filtered.v[i].fn == fn)
			return &d->filtered.v[i];
	}
}

void scan_filtered(struct dump *d, const struct dump_scope *scope, const struct hp_filtered *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct hp_filtered *r = &rows[i];
		if (!r->calls && !r->brief)
			continue;
		struct dump_filtered *to = row_of(d, scope, i ? r->fn : 0);
		to->calls += r->calls;
		to->brief += r->brief;
		to->brief_ticks += r->brief_ticks;
	}
}
