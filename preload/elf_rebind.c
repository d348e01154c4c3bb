/* elf_rebind.c - see elf_rebind.h. Method: System V gABI ch. 5; the CPUs' psABIs for the two relocations. */
#include "elf_rebind.h"
#include "state.h"
#include "sys.h"
#include <elf.h>
#include <errno.h>
#include <sys/mman.h>

#if defined(__x86_64__)
enum { SLOT = R_X86_64_JUMP_SLOT, DATA = R_X86_64_GLOB_DAT };
#else
enum { SLOT = R_AARCH64_JUMP_SLOT, DATA = R_AARCH64_GLOB_DAT };
#endif

struct relocations { const ElfW(Rela) *at; size_t bytes; };

static int put(uintptr_t *place, uintptr_t value)
{
	uintptr_t page = (uintptr_t)place & ~(uintptr_t)(hp_state.page - 1);
	long r = hp_sys3(SYS_mprotect, page, hp_state.page, PROT_READ | PROT_WRITE);
	if (!r)
		*place = value;
	return (int)r;
}

static int rebind(const struct link_map *l, struct relocations all, const ElfW(Sym) *symbols, const char *strings,
		uintptr_t (*to)(const char *))
{
	for (size_t i = 0; i < all.bytes / sizeof *all.at; i++) {
		const ElfW(Rela) *r = &all.at[i];
		uintptr_t value, type = ELF64_R_TYPE(r->r_info);
		if (type != SLOT && type != DATA)
			continue;
		value = to(strings + symbols[ELF64_R_SYM(r->r_info)].st_name);
		int failed = value ? put((uintptr_t *)(l->l_addr + r->r_offset), value) : 0;
		if (failed)
			return failed;
	}
	return 0;
}

int hp_elf_rebind(const struct link_map *l, uintptr_t (*to)(const char *name))
{
	struct relocations calls = { 0 }, others = { 0 };
	const ElfW(Sym) *symbols = NULL;
	const char *strings = NULL;
	for (const ElfW(Dyn) *d = l->l_ld; d && d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_SYMTAB:   symbols = (const void *)d->d_un.d_ptr; break;
		case DT_STRTAB:   strings = (const char *)d->d_un.d_ptr; break;
		case DT_JMPREL:   calls.at = (const void *)d->d_un.d_ptr; break;
		case DT_PLTRELSZ: calls.bytes = d->d_un.d_val; break;
		case DT_RELA:     others.at = (const void *)d->d_un.d_ptr; break;
		case DT_RELASZ:   others.bytes = d->d_un.d_val; break;
		}
	}
	if (!symbols || !strings || (uintptr_t)symbols < l->l_addr)
		return -ENOEXEC;
	int failed = rebind(l, calls, symbols, strings, to);
	return failed ? failed : rebind(l, others, symbols, strings, to);
}
