/* bytes.c - the variable-length numbers and encoded pointers of .eh_frame (DWARF 4, 7.6; LSB core, 10.5). */
#include "unwind/bytes.h"

static uint64_t leb(struct hp_bytes *b, int is_signed)
{
	uint64_t v = 0, byte;
	unsigned shift = 0;
	do {
		byte = hp_bytes_fixed(b, 1);
		if (shift < 64)
			v |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && (byte & 0x40) && shift < 64)
		v |= ~0ull << shift;
	return v;
}

uint64_t hp_bytes_uleb(struct hp_bytes *b)
{
	return leb(b, 0);
}

int64_t hp_bytes_sleb(struct hp_bytes *b)
{
	return (int64_t)leb(b, 1);
}

static uint64_t stored(struct hp_bytes *b, uint8_t form)
{
	switch (form) {
	case HP_PE_ULEB:   return hp_bytes_uleb(b);
	case HP_PE_SLEB:   return (uint64_t)hp_bytes_sleb(b);
	case HP_PE_UDATA2: return hp_bytes_fixed(b, 2);
	case HP_PE_UDATA4: return hp_bytes_fixed(b, 4);
	case HP_PE_SDATA2: return (uint64_t)hp_bytes_signed(b, 2);
	case HP_PE_SDATA4: return (uint64_t)hp_bytes_signed(b, 4);
	case HP_PE_ABSPTR: case HP_PE_UDATA8: case HP_PE_SDATA8: return hp_bytes_fixed(b, 8);
	}
	b->bad = 1;
	return 0;
}

uint64_t hp_bytes_pointer(struct hp_bytes *b, uint8_t encoding, uint64_t data)
{
	uint64_t at = (uintptr_t)b->p, v = stored(b, encoding & 0x0f);
	switch (encoding & 0xf0) {
	case 0:
		return v;
	case HP_PE_PCREL:
		return at + v;
	case HP_PE_DATAREL:
		if (data)
			return data + v;
	}
	b->bad = 1;  /* aligned, function-relative, indirect: not used for code addresses */
	return 0;
}
