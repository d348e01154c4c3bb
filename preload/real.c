/* real.c - one table row for each hook: where its pointer is, and what it is looked up by. */
#include "real.h"
#include "elf_lookup.h"

struct hp_real hp_real;
struct hp_libc hp_libc;

#define HP_HOOK(kind, name)
#define HP_HOOK_VERSION(kind, name, member, version)
#define HP_HOOK_TAIL(kind, name) __typeof__(name) *hp_tail_##name;
#include "hooks.def"
#undef HP_HOOK
#undef HP_HOOK_VERSION
#undef HP_HOOK_TAIL

/* Names are arrays, not pointers: the table needs no relocation. */
struct row { char name[28], version[12]; };

static const struct row rows[] = {
#define HP_HOOK(kind, name) { #name, "" },
#define HP_HOOK_VERSION(kind, name, member, version) { #name, version },
#define HP_HOOK_TAIL(kind, name)
#include "hooks.def"
#undef HP_HOOK
#undef HP_HOOK_VERSION
#undef HP_HOOK_TAIL
};
_Static_assert(sizeof(struct hp_real) == sizeof rows / sizeof *rows * sizeof(void *), "one pointer a row");

static const char libc_names[][24] = {
#define X(name) #name,
	HP_LIBC(X)
#undef X
};

/* One for each row, 16 bytes apart: jumps to what hp_real_late finds for it. hooks/late_<cpu>.S */
extern HP_HIDDEN const char hp_late_stubs[];
enum { LATE_STUBS = 384, LATE_STUB_BYTES = 16 };
_Static_assert(sizeof rows / sizeof *rows <= LATE_STUBS, "one stub a row");
HP_HIDDEN uintptr_t hp_real_late(unsigned row);

/* Stands behind a hook whose function this libc does not have. */
static long missing(void)
{
	errno = ENOSYS;
	return -1;
}

static uintptr_t resolve(const char *name, const char *version)
{
	uintptr_t p = hp_elf_next(name, *version ? version : NULL);
	return p || !*version ? p : hp_elf_next(name, NULL);
}

static uintptr_t or_missing(uintptr_t p)
{
	return p ? p : (uintptr_t)missing;
}

/*
 * A function that came with a library which the program has loaded since: before glibc 2.34 that may be libpthread, and without it its
 * threads would not start. This walks the list of objects from a hook, as nothing else does: who calls has just been bound.
 */
uintptr_t hp_real_late(unsigned row)
{
	uintptr_t p = resolve(rows[row].name, rows[row].version);
	if (p)
		__atomic_store_n((uintptr_t *)&hp_real + row, p, __ATOMIC_RELAXED);
	return or_missing(p);
}

int hp_real_resolve(void)
{
	if (!hp_elf_ready())
		return -1;
	uintptr_t *real = (uintptr_t *)&hp_real, *libc = (uintptr_t *)&hp_libc;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!(real[i] = resolve(rows[i].name, rows[i].version)))
			real[i] = (uintptr_t)(hp_late_stubs + i * LATE_STUB_BYTES);
	for (size_t i = 0; i < sizeof libc_names / sizeof *libc_names; i++)
		libc[i] = hp_elf_next(libc_names[i], NULL);
#define HP_HOOK(kind, name)
#define HP_HOOK_VERSION(kind, name, member, version)
#define HP_HOOK_TAIL(kind, name) hp_tail_##name = (__typeof__(hp_tail_##name))or_missing(resolve(#name, ""));
#include "hooks.def"
#undef HP_HOOK
#undef HP_HOOK_VERSION
#undef HP_HOOK_TAIL
	return hp_libc.pthread_self ? 0 : -1;
}
