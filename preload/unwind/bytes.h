/*
 * bytes.h - reading unwind tables that may be damaged: a cursor that never passes its end. A read beyond it gives 0 and
 * sets `bad`, which sticks; callers check it once, at the end.
 */
#ifndef HP_UNWIND_BYTES_H
#define HP_UNWIND_BYTES_H

#include "preload.h"

struct hp_bytes { const uint8_t *p, *end; int bad; };

/* n bytes, little endian, zero-extended. */
static inline uint64_t hp_bytes_fixed(struct hp_bytes *b, unsigned n)
{
	uint64_t v = 0;
	if (b->bad || (size_t)(b->end - b->p) < n) {
		b->bad = 1;
		return 0;
	}
	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)b->p[i] << 8 * i;
	b->p += n;
	return v;
}

static inline int64_t hp_bytes_signed(struct hp_bytes *b, unsigned n)
{
	unsigned shift = 64 - 8 * n;
	return (int64_t)(hp_bytes_fixed(b, n) << shift) >> shift;
}

static inline void hp_bytes_skip(struct hp_bytes *b, uint64_t n)
{
	if (b->bad || (uint64_t)(b->end - b->p) < n)
		b->bad = 1;
	else
		b->p += n;
}

HP_HIDDEN uint64_t hp_bytes_uleb(struct hp_bytes *b);
HP_HIDDEN int64_t hp_bytes_sleb(struct hp_bytes *b);
/* A pointer in one of the DW_EH_PE encodings; data is what "datarel" counts from, 0 where that is not known. */
HP_HIDDEN uint64_t hp_bytes_pointer(struct hp_bytes *b, uint8_t encoding, uint64_t data);

enum {  /* DW_EH_PE_*: how a pointer is stored */
	HP_PE_ABSPTR = 0, HP_PE_ULEB = 1, HP_PE_UDATA2 = 2, HP_PE_UDATA4 = 3, HP_PE_UDATA8 = 4,
	HP_PE_SLEB = 9, HP_PE_SDATA2 = 10, HP_PE_SDATA4 = 11, HP_PE_SDATA8 = 12,
	HP_PE_PCREL = 0x10, HP_PE_DATAREL = 0x30, HP_PE_INDIRECT = 0x80, HP_PE_OMIT = 0xff,
};

#endif
