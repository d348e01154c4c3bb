/* elf_lookup.c - see elf_lookup.h. */
#include "elf_lookup.h"
#include "sys.h"
#include <elf.h>
#include <link.h>

extern struct r_debug _r_debug __attribute__((weak));
extern const struct r_debug *_dl_debug_addr __attribute__((weak));  /* musl has this instead, laid out the same */
extern HP_HIDDEN ElfW(Dyn) _DYNAMIC[];

struct image {
	uintptr_t base;
	const ElfW(Sym) *symbols;
	const char *strings;
	const uint32_t *gnu_hash, *hash;
	const ElfW(Half) *versions;
	const ElfW(Verdef) *definitions;
	unsigned definition_count;
};

static uintptr_t relocated(uintptr_t base, uintptr_t p)
{
	return p < base ? base + p : p;  /* glibc relocates d_ptr in place; the vDSO's and musl's are not */
}

static struct image image_of(uintptr_t base, const ElfW(Dyn) *d)
{
	struct image m = { .base = base };
	for (; d && d->d_tag != DT_NULL; d++) {
		uintptr_t p = relocated(base, d->d_un.d_ptr);
		switch (d->d_tag) {
		case DT_SYMTAB: m.symbols = (const void *)p; break;
		case DT_STRTAB: m.strings = (const char *)p; break;
		case DT_GNU_HASH: m.gnu_hash = (const uint32_t *)p; break;
		case DT_HASH: m.hash = (const uint32_t *)p; break;
		case DT_VERSYM: m.versions = (const void *)p; break;
		case DT_VERDEF: m.definitions = (const void *)p; break;
		case DT_VERDEFNUM: m.definition_count = (unsigned)d->d_un.d_val; break;
		}
	}
	return m;
}

static const char *version_name(const struct image *m, unsigned index)
{
	const ElfW(Verdef) *v = m->definitions;
	for (unsigned i = 0; v && i < m->definition_count; i++) {
		if ((v->vd_ndx & 0x7fff) == index)
			return m->strings + ((const ElfW(Verdaux) *)((const char *)v + v->vd_aux))->vda_name;
		v = (const ElfW(Verdef) *)((const char *)v + v->vd_next);
	}
	return "";
}

/* 2: exactly what is wanted; 1: a definition, but a hidden old version where none was asked for; 0: no. */
static int matches(const struct image *m, uint32_t i, const char *name, const char *version)
{
	const ElfW(Sym) *s = &m->symbols[i];
	if (s->st_shndx == SHN_UNDEF || !s->st_value || !hp_streq(m->strings + s->st_name, name))
		return 0;
	if (!m->versions)
		return 2;
	unsigned v = m->versions[i];
	if (version)
		return hp_streq(version_name(m, v & 0x7fff), version) ? 2 : 0;
	return v & 0x8000 ? 1 : 2;
}

static void consider(const struct image *m, uint32_t i, const char *name, const char *version, uint32_t *found, int *rank)
{
	int r = matches(m, i, name, version);
	if (r > *rank) {
		*rank = r;
		*found = i;
	}
}

static uint32_t find_gnu(const struct image *m, const char *name, const char *version, int *rank)
{
	const uint32_t *h = m->gnu_hash;
	uint32_t buckets = h[0], offset = h[1], bloom = h[2], hash = 5381, found = 0;
	for (const char *c = name; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	const uint32_t *bucket = (const uint32_t *)((const ElfW(Addr) *)(h + 4) + bloom);
	const uint32_t *chain = bucket + buckets;
	if (!buckets)
		return 0;
	uint32_t i = bucket[hash % buckets];
	if (i < offset)
		return 0;
	for (;; i++) {
		uint32_t c = chain[i - offset];
		if ((c | 1) == (hash | 1))
			consider(m, i, name, version, &found, rank);
		if (c & 1)
			return found;
	}
}

static uint32_t find_sysv(const struct image *m, const char *name, const char *version, int *rank)
{
	uint32_t found = 0;
	for (uint32_t i = 1; i < m->hash[1]; i++)
		consider(m, i, name, version, &found, rank);
	return found;
}

static uintptr_t find(const struct image *m, const char *name, const char *version, int *rank)
{
	*rank = 0;
	if (!m->symbols || !m->strings)
		return 0;
	uint32_t i = m->gnu_hash ? find_gnu(m, name, version, rank) : m->hash ? find_sysv(m, name, version, rank) : 0;
	if (!i)
		return 0;
	const ElfW(Sym) *s = &m->symbols[i];
	uintptr_t p = m->base + s->st_value;
	if (ELF64_ST_TYPE(s->st_info) == STT_GNU_IFUNC)
		p = ((uintptr_t (*)(void))p)();
	return p;
}

static const struct r_debug *loaded(void)
{
	return hp_elf_glibc() ? &_r_debug : &_dl_debug_addr ? _dl_debug_addr : NULL;
}

int hp_elf_glibc(void)
{
	return &_r_debug != NULL;
}

int hp_elf_ready(void)
{
	const struct r_debug *d = loaded();
	return d && d->r_map && d->r_state == RT_CONSISTENT;
}

static uintptr_t search(const struct link_map *l, const char *name, const char *version)
{
	uintptr_t old = 0;
	for (; l; l = l->l_next) {
		int rank;
		struct image m = image_of(l->l_addr, l->l_ld);
		uintptr_t p = find(&m, name, version, &rank);
		if (rank == 2)
			return p;
		if (!old)
			old = p;
	}
	return old;
}

static const struct link_map *own_map(void)
{
	const struct link_map *l = loaded() ? loaded()->r_map : NULL;
	while (l && l->l_ld != _DYNAMIC)
		l = l->l_next;
	return l;
}

uintptr_t hp_elf_symbol(const struct link_map *l, const char *name)
{
	int rank;
	struct image m = image_of(l->l_addr, l->l_ld);
	return find(&m, name, NULL, &rank);
}

uintptr_t hp_elf_own(const char *name)
{
	const struct link_map *l = own_map();
	return l ? hp_elf_symbol(l, name) : 0;
}

uintptr_t hp_elf_next(const char *name, const char *version)
{
	const struct link_map *l = own_map();
	return l ? search(l->l_next, name, version) : 0;
}

uintptr_t hp_elf_first(const char *name)
{
	return loaded() ? search(loaded()->r_map, name, NULL) : 0;
}

static const struct link_map *first_with(const struct link_map *l, const char *name)
{
	while (l && !hp_elf_symbol(l, name))
		l = l->l_next;
	return l;
}

const struct link_map *hp_elf_first_object(const char *name)
{
	return first_with(&_r_debug ? _r_debug.r_map : NULL, name);
}

const struct link_map *hp_elf_next_object(const char *name)
{
	const struct link_map *l = own_map();
	return l ? first_with(l->l_next, name) : NULL;
}

uintptr_t hp_elf_image_symbol(uintptr_t base, const char *name)
{
	const ElfW(Ehdr) *e = (const void *)base;
	const ElfW(Phdr) *p = (const void *)(base + e->e_phoff);
	const ElfW(Dyn) *d = NULL;
	uintptr_t bias = base;
	for (int i = 0; i < e->e_phnum; i++) {
		if (p[i].p_type == PT_LOAD && !p[i].p_offset)
			bias = base - p[i].p_vaddr;
		if (p[i].p_type == PT_DYNAMIC)
			d = (const void *)(base + p[i].p_offset);
	}
	int rank;
	struct image m = image_of(bias, d);
	return find(&m, name, NULL, &rank);
}

unsigned long hp_elf_auxv(unsigned long type)
{
	unsigned long (*get)(unsigned long) = (unsigned long (*)(unsigned long))hp_elf_next("getauxval", NULL);
	return get ? get(type) : 0;
}
