/* module.c - module look-up by glibc's _dl_find_object or by a table of our own. */
#include "unwind/module.h"
#include "unwind/probe.h"
#include <dlfcn.h>
#include <linux/elf.h>

#ifndef DLFO_STRUCT_HAS_EH_DBASE
/* An older glibc's header: the layout that newer ones have on 64-bit CPUs. */
struct dl_find_object {
	unsigned long long dlfo_flags;
	void *dlfo_map_start, *dlfo_map_end;
	struct link_map *dlfo_link_map;
	void *dlfo_eh_frame;
	unsigned long long reserved[7];
};
#endif

/* The headers must lie in the module's first page, which has been seen to be readable; of pages without headers so many are tried. */
enum { ELF_PAGE = 4096, PROBED_MAX = 1024 };

int (*hp_dl_find_object)(void *, struct dl_find_object *);

/* An entry is written once: claimed by `taken`, published by `hi` after the rest, removed by hi = 0. */
static struct { uintptr_t lo, hi, eh_frame_hdr; uint32_t taken; } table[HP_MODULES_MAX];
static uint32_t table_used;  /* no entry was ever used from here on */

void hp_module_add(uintptr_t lo, uintptr_t hi, uintptr_t eh_frame_hdr)
{
	for (uint32_t i = 0; i < HP_MODULES_MAX; i++) {
		if (HP_RELAXED(&table[i].taken) || __atomic_exchange_n(&table[i].taken, 1, __ATOMIC_ACQ_REL))
			continue;
		table[i].eh_frame_hdr = eh_frame_hdr;
		table[i].lo = lo;
		HP_STORE(&table[i].hi, hi);
		for (uint32_t n = HP_RELAXED(&table_used); n <= i;)
			if (__atomic_compare_exchange_n(&table_used, &n, i + 1, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
				break;
		return;
	}
}

void hp_module_remove(uintptr_t lo)
{
	for (uint32_t i = 0, n = HP_LOAD(&table_used); i < n; i++) {
		if (!HP_LOAD(&table[i].hi) || table[i].lo != lo)
			continue;
		HP_STORE(&table[i].hi, 0);
		HP_STORE(&table[i].taken, 0);
		return;
	}
}

static int find_in_table(uintptr_t pc, struct hp_module *m)
{
	for (uint32_t i = 0, n = HP_LOAD(&table_used); i < n; i++) {
		m->hi = HP_LOAD(&table[i].hi);
		m->lo = table[i].lo;
		m->eh_frame_hdr = table[i].eh_frame_hdr;
		/* hi again: an entry that was replaced in between is another module's */
		if (pc >= m->lo && pc < m->hi && HP_LOAD(&table[i].hi) == m->hi)
			return 0;
	}
	return -1;
}

int hp_module_object(uintptr_t address, struct hp_object *o)
{
	struct dl_find_object found;
	if (!hp_dl_find_object || hp_dl_find_object((void *)address, &found))
		return -1;
	*o = (struct hp_object){ (uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end, (uintptr_t)found.dlfo_eh_frame, found.dlfo_link_map };
	return 0;
}

static int find_object(uintptr_t pc, struct hp_module *m)
{
	struct hp_object o;
	if (hp_module_object(pc, &o))
		return -1;
	m->lo = o.lo;
	m->hi = o.hi;
	m->eh_frame_hdr = o.eh_frame_hdr;
	return 0;
}

/* Takes the program headers from the ELF header, and the bias from the segment that maps it. */
static int read_headers(struct hp_module *m)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)m->lo;
	if (m->lo % ELF_PAGE || m->hi - m->lo < sizeof *e || !hp_readable(m->lo))  /* the bounds may be bytes, the page is whole */
		return -1;
	if (e->e_ident[0] != ELFMAG0 || e->e_ident[1] != ELFMAG1 || e->e_ident[2] != ELFMAG2 || e->e_ident[3] != ELFMAG3)
		return -1;
	m->headers = NULL;
	if (e->e_phentsize != sizeof(Elf64_Phdr) || e->e_phoff % 8 || e->e_phoff > ELF_PAGE
	    || e->e_phnum > (ELF_PAGE - e->e_phoff) / sizeof(Elf64_Phdr))
		return 0;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(m->lo + e->e_phoff);
	m->headers = ph;
	m->header_count = e->e_phnum;
	for (unsigned i = 0; i < m->header_count; i++) {
		if (ph[i].p_type != PT_LOAD || ph[i].p_offset)
			continue;
		m->bias = m->lo - ph[i].p_vaddr;
		return 0;
	}
	return -1;
}

int hp_module_find(uintptr_t pc, struct hp_module *m)
{
	m->frames = NULL;
	m->debug = 0;
	if (hp_dl_find_object ? find_object(pc, m) : find_in_table(pc, m))
		return -1;
	return m->eh_frame_hdr ? read_headers(m) : -1;
}

/* As far as pages can be read one after the other. */
static int probed_bytes(const struct hp_module *m, uintptr_t at, struct hp_bytes *b)
{
	uintptr_t end = at & ~(uintptr_t)(ELF_PAGE - 1);
	if (at < m->lo || at >= m->hi || HP_RELAXED(&hp_sandboxed))
		return -1;
	for (unsigned i = 0; i < PROBED_MAX && end < m->hi && hp_probe(end); i++)
		end += ELF_PAGE;
	*b = (struct hp_bytes){ (const uint8_t *)at, (const uint8_t *)(end < m->hi ? end : m->hi), 0 };
	return end > at ? 0 : -1;
}

int hp_module_bytes(const struct hp_module *m, uintptr_t at, struct hp_bytes *b)
{
	const Elf64_Phdr *ph = m->headers;
	if (!m->frames && !ph)
		return probed_bytes(m, at, b);
	if (m->frames) {
		*b = (struct hp_bytes){ (const uint8_t *)at, m->frames + m->frames_bytes, 0 };
		return at - (uintptr_t)m->frames < m->frames_bytes ? 0 : -1;
	}
	for (unsigned i = 0; i < m->header_count; i++) {
		uintptr_t lo = m->bias + ph[i].p_vaddr, hi = lo + ph[i].p_memsz;
		if (ph[i].p_type != PT_LOAD || !(ph[i].p_flags & PF_R) || at < lo || at >= hi || lo < m->lo || hi > m->hi)
			continue;
		*b = (struct hp_bytes){ (const uint8_t *)at, (const uint8_t *)hi, 0 };
		return 0;
	}
	return -1;
}
