#include "own_modules.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

struct modules { struct sym_module *v; size_t n; };

/* "GNU" notes of type 3 are build ids. */
static void find_build_id(struct sym_module *m, const struct dl_phdr_info *info, const ElfW(Phdr) *ph)
{
	const char *at = (const char *)info->dlpi_addr + ph->p_vaddr, *end = at + ph->p_memsz;

	while (at + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
		const char *name = at + sizeof *note, *desc = name + ((note->n_namesz + 3) & ~3u);

		if (note->n_type == 3 && note->n_namesz == 4 && memcmp(name, "GNU", 4) == 0) {
			m->build_id = (const uint8_t *)desc;
			m->build_id_bytes = note->n_descsz;
			return;
		}
		at = desc + ((note->n_descsz + 3) & ~3u);
	}
}

static const char *path_of(const struct dl_phdr_info *info)
{
	static char self[4096];

	if (info->dlpi_name[0])
		return info->dlpi_name;  /* stays while the object is loaded */
	return readlink("/proc/self/exe", self, sizeof self - 1) > 0 ? self : "";
}

static int add_module(struct dl_phdr_info *info, size_t size, void *opaque)
{
	struct modules *all = opaque;
	struct sym_module m = { .path = path_of(info), .base = info->dlpi_addr, .lo = UINT64_MAX, .to = UINT64_MAX };

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		uint64_t lo = info->dlpi_addr + ph->p_vaddr;

		if (ph->p_type == PT_LOAD && ph->p_flags & PF_X) {
			m.lo = lo < m.lo ? lo : m.lo;
			m.hi = lo + ph->p_memsz > m.hi ? lo + ph->p_memsz : m.hi;
		} else if (ph->p_type == PT_NOTE && !m.build_id) {
			find_build_id(&m, info, ph);
		}
	}
	all->v = realloc(all->v, (all->n + 1) * sizeof m);
	all->v[all->n++] = m;
	return 0;
}

struct sym_module *own_modules(size_t *count)
{
	struct modules all = { NULL, 0 };

	dl_iterate_phdr(add_module, &all);
	*count = all.n;
	return all.v;
}

void build_with(const char *dir, const char *file, const char *text, const char *command)
{
	char *line = format("cd '%s' && %s", dir, command);

	if (file) {
		char *path = format("%s/%s", dir, file);

		file_write(path, text, strlen(text));
		free(path);
	}
	cr_assert_eq(system(line), 0, "failed: %s", line);
	free(line);
}

void *loaded_symbol(const char *dir, const char *library, const char *symbol)
{
	char *path = format("%s/%s", dir, library);
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *address;

	cr_assert(handle, "%s", dlerror());
	address = dlsym(handle, symbol);
	cr_assert(address, "%s", dlerror());
	free(path);
	return address;
}
