/*
 * fn_symbols.c - the filter goes over a module's symbols: those of .symtab in its file, else the exported ones. The file is
 * read into private memory and given back (a mapped file may become shorter, and reading it a SIGBUS); it is not trusted.
 */
#include "fn_filter.h"
#include "meta.h"
#include "state.h"
#include "sys.h"
#include <elf.h>
#include <fcntl.h>
#include <link.h>

enum { SECTIONS_MAX = 4096, SYMBOLS_BYTES_MAX = 1 << 30 };

struct file { long fd; Elf64_Ehdr header; };
struct section { char *at; size_t bytes; };

static int get(const struct file *f, uint64_t at, void *to, size_t bytes)
{
	while (bytes) {
		long n = hp_sys4(SYS_pread64, f->fd, to, bytes, at);
		if (n <= 0)
			return -1;
		to = (char *)to + n, at += (uint64_t)n, bytes -= (size_t)n;
	}
	return 0;
}

static int header_of(const struct file *f, uint32_t index, Elf64_Shdr *s)
{
	return index < f->header.e_shnum ? get(f, f->header.e_shoff + (uint64_t)index * sizeof *s, s, sizeof *s) : -1;
}

/* With a NUL behind it. */
static int load(const struct file *f, const Elf64_Shdr *s, struct section *to)
{
	if (s->sh_type == SHT_NOBITS || !s->sh_size || s->sh_size > SYMBOLS_BYTES_MAX)
		return -1;
	to->bytes = s->sh_size;
	to->at = hp_sys_anonymous(to->bytes + 1, 0);
	if (to->at && get(f, s->sh_offset, to->at, to->bytes)) {
		hp_sys2(SYS_munmap, to->at, to->bytes + 1);
		to->at = NULL;
	}
	return to->at ? 0 : -1;
}

static void unload(struct section *s)
{
	if (s->at)
		hp_sys2(SYS_munmap, s->at, s->bytes + 1);
}

static int find_symbols(const struct file *f, Elf64_Shdr *symbols)
{
	Elf64_Shdr s;
	int found = -1;
	for (uint32_t i = 1; i < f->header.e_shnum; i++) {
		if (header_of(f, i, &s) || (s.sh_type != SHT_SYMTAB && (s.sh_type != SHT_DYNSYM || !found)))
			continue;
		*symbols = s;
		found = 0;
		if (s.sh_type == SHT_SYMTAB)
			break;
	}
	return found;
}

static void judge(const struct section *symbols, const struct section *names, uintptr_t base, const char *path, uint32_t usual)
{
	const Elf64_Sym *s = (const void *)symbols->at;
	struct hp_filter_name name;
	for (size_t n = symbols->bytes / sizeof *s; n; n--, s++) {
		unsigned type = ELF64_ST_TYPE(s->st_info);
		if ((type != STT_FUNC && type != STT_GNU_IFUNC) || s->st_shndx == SHN_UNDEF || !s->st_value || s->st_name >= names->bytes)
			continue;
		hp_filter_name_of(names->at + s->st_name, &name);
		uint32_t verdict = hp_filter_verdict(hp_config.filter, &name, path);
		if (verdict != usual)
			hp_fn_filter_put(base + s->st_value, verdict);
	}
}

static int read_file(const char *path, const char *called, uintptr_t base, uint32_t usual)
{
	struct section symbols = { 0 }, names = { 0 };
	struct file f;
	Elf64_Shdr s, strings;
	f.fd = hp_sandboxed ? -1 : hp_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	if (f.fd < 0)
		return -1;
	int bad = get(&f, 0, &f.header, sizeof f.header) || f.header.e_ident[EI_CLASS] != ELFCLASS64 || f.header.e_shentsize != sizeof s
	          || f.header.e_shnum > SECTIONS_MAX || find_symbols(&f, &s) || header_of(&f, s.sh_link, &strings)
	          || load(&f, &s, &symbols) || load(&f, &strings, &names);
	hp_sys1(SYS_close, f.fd);
	if (!bad)
		judge(&symbols, &names, base, called, usual);
	unload(&symbols);
	unload(&names);
	return bad ? -1 : 0;
}

static HP_COLD void say_unknown(struct hp_thread *t, const char *path)
{
	char text[300] = "HP_FILTER: no names of functions in ";
	size_t n = hp_strlen(text), bytes = hp_strlen(path);
	if (bytes > sizeof text - n)
		bytes = sizeof text - n;
	memcpy(text + n, path, bytes);
	hp_meta_option(t, text, n + bytes);
}

/* What the filter knows a module by: the executable's own path. */
static const char *path_of(const char *path, char *exe, size_t size)
{
	if (!hp_streq(path, "/proc/self/exe") || hp_sandboxed)
		return path;
	long n = hp_sys4(SYS_readlinkat, AT_FDCWD, path, exe, size - 1);
	exe[n > 0 ? n : 0] = 0;
	return exe;
}

uint32_t hp_fn_symbols_read(struct hp_thread *t, const struct link_map *l, const char *path)
{
	char exe[1024];
	const char *called = path_of(path, exe, sizeof exe);
	if (!hp_config.filter)
		return 0;
	uint32_t usual = hp_filter_verdict(hp_config.filter, NULL, called);
	if (read_file(path, called, l->l_addr, usual))
		say_unknown(t, called);
	return usual;
}

int hp_fn_symbols_wanted(const struct link_map *l)
{
	static const char hook[] = "__cyg_profile_func_enter";
	const char *strings = NULL;
	size_t bytes = 0;
	for (const ElfW(Dyn) *d = l->l_ld; d && d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_STRTAB)
			strings = (const char *)(d->d_un.d_ptr < l->l_addr ? l->l_addr + d->d_un.d_ptr : d->d_un.d_ptr);
		if (d->d_tag == DT_STRSZ)
			bytes = d->d_un.d_val;
	}
	for (size_t i = 0; strings && i + sizeof hook <= bytes; i++)
		if (strings[i] == '_' && !memcmp(strings + i, hook, sizeof hook))
			return 1;
	return 0;
}
