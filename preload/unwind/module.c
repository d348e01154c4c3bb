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

enum { ELF_PAGE = 4096 };  /* the headers must lie in the module's first page, which has been seen to be readable */

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

static int find_object(uintptr_t pc, struct hp_module *m)
{
	struct dl_find_object found;
	if (hp_dl_find_object((void *)pc, &found))
		return -1;
	m->lo = (uintptr_t)found.dlfo_map_start;
	m->hi = (uintptr_t)found.dlfo_map_end;
	m->eh_frame_hdr = (uintptr_t)found.dlfo_eh_frame;
	return 0;
}

/* Takes the program headers from the ELF header, and the bias from the segment that maps it. */
static int read_headers(struct hp_module *m)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)m->lo;
	if (m->lo % ELF_PAGE || m->hi - m->lo < ELF_PAGE || !hp_readable(m->lo))
		return -1;
	if (e->e_ident[0] != ELFMAG0 || e->e_ident[1] != ELFMAG1 || e->e_ident[2] != ELFMAG2 || e->e_ident[3] != ELFMAG3)
		return -1;
	if (e->e_phentsize != sizeof(Elf64_Phdr) || e->e_phoff % 8 || e->e_phoff > ELF_PAGE
	    || e->e_phnum > (ELF_PAGE - e->e_phoff) / sizeof(Elf64_Phdr))
		return -1;
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
	if (hp_dl_find_object ? find_object(pc, m) : find_in_table(pc, m))
		return -1;
	return m->eh_frame_hdr ? read_headers(m) : -1;
}

int hp_module_bytes(const struct hp_module *m, uintptr_t at, struct hp_bytes *b)
{
	const Elf64_Phdr *ph = m->headers;
	for (unsigned i = 0; i < m->header_count; i++) {
		uintptr_t lo = m->bias + ph[i].p_vaddr, hi = lo + ph[i].p_memsz;
		if (ph[i].p_type != PT_LOAD || !(ph[i].p_flags & PF_R) || at < lo || at >= hi || lo < m->lo || hi > m->hi)
			continue;
		*b = (struct hp_bytes){ (const uint8_t *)at, (const uint8_t *)hi, 0 };
		return 0;
	}
	return -1;
}
