/* fde.c - .eh_frame_hdr, CIE and FDE (LSB core, 10.6: "Exception Frames"). */
#include "unwind/fde.h"

enum { TABLE_ENCODING = HP_PE_DATAREL | HP_PE_SDATA4 };

/* What an entry's length field leaves: its bytes, the length itself consumed. */
static int entry_bytes(const struct hp_module *m, uintptr_t at, struct hp_bytes *b, unsigned *offset_bytes)
{
	if (hp_module_bytes(m, at, b))
		return -1;
	uint64_t length = hp_bytes_fixed(b, 4);
	*offset_bytes = length == 0xffffffff ? 8 : 4;
	if (*offset_bytes == 8)
		length = hp_bytes_fixed(b, 8);
	if (b->bad || !length || length > (uint64_t)(b->end - b->p))
		return -1;
	b->end = b->p + length;
	return 0;
}

static void augmentation_data(struct hp_bytes *b, const uint8_t *letters, struct hp_fde *f)
{
	struct hp_bytes data = *b;
	for (; *letters && !data.bad; letters++) {
		switch (*letters) {
		case 'R': f->encoding = (uint8_t)hp_bytes_fixed(&data, 1); break;
		case 'P': {
			uint8_t encoding = (uint8_t)hp_bytes_fixed(&data, 1);
			hp_bytes_pointer(&data, encoding & 0x0f, 0);  /* skipped only */
			break;
		}
		case 'L': hp_bytes_skip(&data, 1); break;
		case 'S': f->signal = 1; break;
		case 'B': case 'G': break;  /* aarch64: which key signs return addresses; tagged stack */
		default: data.bad = 1;
		}
	}
	b->bad |= data.bad;
}

static int read_cie(const struct hp_module *m, uintptr_t at, struct hp_fde *f)
{
	struct hp_bytes b;
	unsigned offset_bytes;
	if (entry_bytes(m, at, &b, &offset_bytes) || hp_bytes_fixed(&b, offset_bytes) != 0)
		return -1;
	uint64_t version = hp_bytes_fixed(&b, 1);
	const uint8_t *letters = b.p;
	while (hp_bytes_fixed(&b, 1))
		;
	if (b.bad || (version != 1 && version != 3) || (*letters && *letters != 'z'))
		return -1;
	f->code_align = hp_bytes_uleb(&b);
	f->data_align = hp_bytes_sleb(&b);
	f->ra_column = version == 1 ? hp_bytes_fixed(&b, 1) : hp_bytes_uleb(&b);
	f->encoding = HP_PE_ABSPTR;
	f->signal = 0;
	f->augmented = *letters == 'z';
	if (f->augmented) {
		uint64_t length = hp_bytes_uleb(&b);
		augmentation_data(&b, letters + 1, f);
		hp_bytes_skip(&b, length);
	}
	f->initial = b;
	return b.bad ? -1 : 0;
}

static int read_fde(const struct hp_module *m, uintptr_t at, uintptr_t pc, struct hp_fde *f)
{
	struct hp_bytes b;
	unsigned offset_bytes;
	if (entry_bytes(m, at, &b, &offset_bytes))
		return -1;
	uintptr_t here = (uintptr_t)b.p;
	uint64_t cie = hp_bytes_fixed(&b, offset_bytes);
	if (!cie || read_cie(m, here - cie, f))
		return -1;
	f->start = hp_bytes_pointer(&b, f->encoding, 0);
	uint64_t length = hp_bytes_pointer(&b, f->encoding & 0x0f, 0);
	if (f->augmented)
		hp_bytes_skip(&b, hp_bytes_uleb(&b));
	f->program = b;
	return b.bad || pc - f->start >= length ? -1 : 0;
}

/* The last row of the table that starts at or before pc. 0: none. */
static uintptr_t search(struct hp_bytes table, uint64_t rows, uintptr_t hdr, uintptr_t pc)
{
	const uint8_t *base = table.p;
	uint64_t lo = 0, hi = rows;
	while (lo < hi) {
		uint64_t mid = (lo + hi) / 2;
		struct hp_bytes row = { base + mid * 8, base + mid * 8 + 8, 0 };
		if (hdr + (uint64_t)hp_bytes_signed(&row, 4) <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return 0;
	struct hp_bytes row = { base + lo * 8 - 4, base + lo * 8, 0 };
	return hdr + (uint64_t)hp_bytes_signed(&row, 4);
}

int hp_fde_find(const struct hp_module *m, uintptr_t pc, struct hp_fde *f)
{
	struct hp_bytes b;
	if (hp_module_bytes(m, m->eh_frame_hdr, &b))
		return -1;
	uint64_t version = hp_bytes_fixed(&b, 1);
	uint8_t frame = (uint8_t)hp_bytes_fixed(&b, 1), count = (uint8_t)hp_bytes_fixed(&b, 1);
	uint8_t table = (uint8_t)hp_bytes_fixed(&b, 1);
	if (version != 1 || table != TABLE_ENCODING)
		return -1;
	hp_bytes_pointer(&b, frame, m->eh_frame_hdr);
	uint64_t rows = hp_bytes_pointer(&b, count, m->eh_frame_hdr);
	if (b.bad || rows > (uint64_t)(b.end - b.p) / 8)
		return -1;
	uintptr_t at = search(b, rows, m->eh_frame_hdr, pc);
	return at ? read_fde(m, at, pc, f) : -1;
}
