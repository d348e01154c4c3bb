/* Names for all places of a recording, in an order that is kind to memory. */
#include <stdlib.h>

#include "sym/sym_private.h"

enum { STEP = 256 };

static int by_address(const void *pa, const void *pb)
{
	const struct sym_place *a = pa, *b = pb;

	return a->pc != b->pc ? (a->pc < b->pc ? -1 : 1) : a->exact - b->exact;
}

void sym_ahead(struct sym *s, struct sym_place *places, size_t n, void (*step)(void *, uint64_t), void *opaque)
{
	qsort(places, n, sizeof *places, by_address);
	for (size_t i = 0; i < n; i++) {
		const struct sym_place *p = &places[i];
		const struct sym_frame *frames;

		if (i % STEP == 0 && i)
			step(opaque, STEP);
		sym_frames(s, p->pc, p->exact, SYM_ANY_TIME, &frames);
		sym_function(s, p->exact || !p->pc ? p->pc : p->pc - 1, SYM_ANY_TIME);
		if (frames->module >= 0)
			s->trims += (uint32_t)file_trim(s->modules[frames->module].file, &s->options);
	}
}
