/* fde.c - .eh_frame_hdr, CIE and FDE (LSB core, 10.6: "Exception Frames"; DWARF 4, 6.4.1, of .debug_frame). */
#include "unwind/fde.h"
#include "unwind/debug_frame.h"

enum { SCAN_MAX = 1 << 18, LETTERS_MAX = 8 };  /* entries that are gone through: some 20 ms; an augmentation's letters */

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

/* What stands in place of a pointer to a CIE in a CIE. */
static uint64_t cie_mark(const struct hp_module *m, unsigned offset_bytes)
{
	return !m->debug ? 0 : offset_bytes == 8 ? UINT64_MAX : UINT32_MAX;
}

static int read_cie(const struct hp_module *m, uintptr_t at, struct hp_fde *f)
{
	struct hp_bytes b;
	unsigned offset_bytes;
	if (entry_bytes(m, at, &b, &offset_bytes) || hp_bytes_fixed(&b, offset_bytes) != cie_mark(m, offset_bytes))
		return -1;
	uint64_t version = hp_bytes_fixed(&b, 1);
	const uint8_t *letters = b.p;
	while (hp_bytes_fixed(&b, 1) && b.p - letters <= LETTERS_MAX)
		;
	if (b.bad || b.p - letters > LETTERS_MAX || (version != 1 && version != 3 && !(version == 4 && m->debug)) || (*letters && *letters != 'z'))
		return -1;
	if (version == 4 && hp_bytes_fixed(&b, 2) != sizeof(uintptr_t))
		return -1;  /* the size of addresses; no segments */
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
	if (cie == cie_mark(m, offset_bytes) || read_cie(m, m->debug ? (uintptr_t)m->frames + cie : here - cie, f))
		return -1;
	f->bias = m->debug ? m->bias : 0;
	f->start = hp_bytes_pointer(&b, f->encoding, 0) + f->bias;
	uint64_t length = hp_bytes_pointer(&b, f->encoding & 0x0f, 0);
	if (f->augmented)
		hp_bytes_skip(&b, hp_bytes_uleb(&b));
	f->program = b;
	return b.bad || pc - f->start >= length ? -1 : 0;
}

/* Bytes of a pointer in this form, 0: they vary. */
static unsigned form_bytes(uint8_t encoding)
{
	switch (encoding & 0x0f) {
	case HP_PE_UDATA2: case HP_PE_SDATA2: return 2;
	case HP_PE_UDATA4: case HP_PE_SDATA4: return 4;
	case HP_PE_ABSPTR: case HP_PE_UDATA8: case HP_PE_SDATA8: return 8;
	}
	return 0;
}

struct table { const uint8_t *rows; uint64_t count; uintptr_t data; unsigned bytes; uint8_t encoding; };

/* Half of a row: 0 the first address of a function, 1 where its entry is. */
static uint64_t row(const struct table *t, uint64_t i, unsigned half)
{
	const uint8_t *at = t->rows + (2 * i + half) * t->bytes;
	struct hp_bytes b = { at, at + t->bytes, 0 };
	return hp_bytes_pointer(&b, t->encoding, t->data);
}

/* The entry of the last row that starts at or before pc. 0: none. */
static uintptr_t search(const struct table *t, uintptr_t pc)
{
	uint64_t lo = 0, hi = t->count;
	while (lo < hi) {
		uint64_t mid = (lo + hi) / 2;
		if (row(t, mid, 0) <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? row(t, lo - 1, 1) : 0;
}

/* Goes through the entries from here. */
static int scan(const struct hp_module *m, uintptr_t at, uintptr_t pc, struct hp_fde *f)
{
	struct hp_bytes b;
	unsigned offset_bytes;
	for (unsigned i = 0; i < SCAN_MAX && !entry_bytes(m, at, &b, &offset_bytes); i++) {
		if (!read_fde(m, at, pc, f))
			return 0;
		at = (uintptr_t)b.end;
	}
	return -1;
}

static int find_by_header(const struct hp_module *m, uintptr_t pc, struct hp_fde *f)
{
	struct hp_bytes b;
	struct table t = { .data = m->eh_frame_hdr };
	if (hp_module_bytes(m, m->eh_frame_hdr, &b))
		return -1;
	uint64_t version = hp_bytes_fixed(&b, 1);
	uint8_t frame = (uint8_t)hp_bytes_fixed(&b, 1), count = (uint8_t)hp_bytes_fixed(&b, 1);
	t.encoding = (uint8_t)hp_bytes_fixed(&b, 1);
	if (version != 1)
		return -1;
	uintptr_t frames = hp_bytes_pointer(&b, frame, m->eh_frame_hdr);
	if (count == HP_PE_OMIT || t.encoding == HP_PE_OMIT || !(t.bytes = form_bytes(t.encoding)))
		return b.bad ? -1 : scan(m, frames, pc, f);  /* no table to search */
	t.count = hp_bytes_pointer(&b, count, m->eh_frame_hdr);
	t.rows = b.p;
	if (b.bad || t.count > (uint64_t)(b.end - b.p) / 2 / t.bytes)
		return -1;
	uintptr_t at = search(&t, pc);
	return at ? read_fde(m, at, pc, f) : -1;
}

int hp_fde_find(const struct hp_module *m, uintptr_t pc, struct hp_fde *f)
{
	return m->frames ? scan(m, (uintptr_t)m->frames, pc, f) : find_by_header(m, pc, f);
}

int hp_fde_of(uintptr_t pc, struct hp_fde *f)
{
	struct hp_module m;
	if (!hp_module_find(pc, &m) && !hp_fde_find(&m, pc, f))
		return 0;
	for (unsigned n = 0; !hp_debug_frame_find(pc, n, &m); n++)
		if (!hp_fde_find(&m, pc, f))
			return 0;
	return -1;
}
