/* image.c - see image.h. */
#include "image.h"
#include "sys.h"
#include "unwind/module.h"
#include "unwind/probe.h"
#include <elf.h>

enum { BUILD_ID_MAX = 64, ELF_PAGE = 4096 };

struct headers { uintptr_t base; const ElfW(Phdr) *at; unsigned count; };

static void note_build_id(struct hp_image *s, uintptr_t at, size_t bytes)
{
	for (size_t i = 0; i + sizeof(ElfW(Nhdr)) <= bytes;) {
		const ElfW(Nhdr) *n = (const void *)(at + i);
		size_t name = ((size_t)n->n_namesz + 3) & ~(size_t)3, desc = ((size_t)n->n_descsz + 3) & ~(size_t)3;
		const char *text = (const char *)(n + 1);
		if (i + sizeof *n + name + desc > bytes)
			return;
		if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 && !memcmp(text, "GNU", 4) && n->n_descsz <= BUILD_ID_MAX) {
			s->id = (const unsigned char *)text + name;
			s->id_bytes = n->n_descsz;
		}
		i += sizeof *n + name + desc;
	}
}

/* Bytes of the file at this address are mapped, and may be read. */
static int is_loaded(const struct headers *h, uintptr_t at, size_t bytes)
{
	for (unsigned i = 0; i < h->count; i++) {
		uintptr_t lo = h->base + h->at[i].p_vaddr;
		if (h->at[i].p_type == PT_LOAD && h->at[i].p_flags & PF_R && at >= lo && at - lo <= h->at[i].p_filesz
		    && bytes <= h->at[i].p_filesz - (at - lo))
			return hp_readable(at & ~(uintptr_t)7);
	}
	return 0;
}

static void extend(uint64_t *lo, uint64_t *hi, uintptr_t at, size_t bytes)
{
	if (at < *lo)
		*lo = at;
	if (at + bytes > *hi)
		*hi = at + bytes;
}

static struct hp_image read_headers(const struct headers *h)
{
	struct hp_image s = { .lo = UINT64_MAX, .mapped_lo = UINT64_MAX };
	for (unsigned i = 0; i < h->count; i++) {
		const ElfW(Phdr) *p = &h->at[i];
		uintptr_t at = h->base + p->p_vaddr;
		if (p->p_type == PT_LOAD)
			extend(&s.mapped_lo, &s.mapped_hi, at, p->p_memsz);
		if (p->p_type == PT_LOAD && p->p_flags & PF_X)
			extend(&s.lo, &s.hi, at, p->p_memsz);
		if (p->p_type == PT_GNU_EH_FRAME)
			s.unwind = at;
		if (p->p_type == PT_NOTE && is_loaded(h, at, p->p_filesz))
			note_build_id(&s, at, p->p_filesz);
	}
	return s;
}

/* The program headers: behind the ELF header in the object's first page; the executable's are in auxv. */
static int find_headers(const struct link_map *l, int is_main, const struct hp_object *o, struct headers *h)
{
	extern HP_HIDDEN uintptr_t hp_main_phdr, hp_main_phnum;
	if (is_main) {
		*h = (struct headers){ l->l_addr, (const void *)hp_main_phdr, (unsigned)hp_main_phnum };
		return 0;
	}
	uintptr_t start = o->lo ? o->lo : l->l_addr;
	const ElfW(Ehdr) *e = (const void *)start;
	if (!start || start % ELF_PAGE || !hp_readable(start) || memcmp(e->e_ident, ELFMAG, SELFMAG))
		return -1;
	*h = (struct headers){ l->l_addr, (const void *)(start + e->e_phoff), e->e_phnum };
	return e->e_phentsize == sizeof *h->at && e->e_phoff <= ELF_PAGE && e->e_phnum <= (ELF_PAGE - e->e_phoff) / sizeof *h->at ? 0 : -1;
}

int hp_image_of(const struct link_map *l, int is_main, struct hp_image *to)
{
	struct headers h;
	struct hp_object o = { 0 };
	hp_module_object((uintptr_t)l->l_ld, &o);
	if (!find_headers(l, is_main, &o, &h))
		*to = read_headers(&h);
	else
		*to = (struct hp_image){ o.lo, o.hi, o.lo, o.hi, o.eh_frame_hdr, NULL, 0 };  /* a tool has moved them elsewhere */
	return to->lo < to->hi ? 0 : -1;
}

int hp_image_lacks_tables(const struct hp_image *s)
{
	enum { FEW = 16, BYTES_EACH = 1024, COUNT_IS_UDATA4 = 0x03, AT_COUNT = 8 };
	uintptr_t at = s->unwind;
	if (at % 4 || at < s->mapped_lo || at + AT_COUNT + 4 > s->mapped_hi || !hp_readable(at) || !hp_readable(at + AT_COUNT))
		return 1;
	const uint8_t *header = (const uint8_t *)at;
	uint32_t rows = *(const uint32_t *)(header + AT_COUNT);
	/* crt1.o has some in any case */
	return header[2] != COUNT_IS_UDATA4 || rows < FEW || (uint64_t)rows * BYTES_EACH < s->hi - s->lo;
}
