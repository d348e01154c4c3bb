/* debug_frame.c - see debug_frame.h. The file is not trusted: what does not fit is left alone. */
#include "unwind/debug_frame.h"
#include "sys.h"
#include <fcntl.h>
#include <linux/elf.h>

enum { SECTIONS_MAX = 512, NAME_BYTES = 16, COMPRESSED = 1 << 11 };

static struct frames { uintptr_t lo, hi, bias; const uint8_t *at; size_t bytes; int debug; } known[HP_DEBUG_FRAMES_MAX];
static uint32_t known_count;
static size_t copied;

struct file { long fd; uintptr_t lo, hi, bias; Elf64_Ehdr header; uint64_t names; };

static int get(const struct file *f, uint64_t at, void *to, size_t bytes)
{
	return hp_sys4(SYS_pread64, f->fd, to, bytes, at) == (long)bytes ? 0 : -1;
}

static void keep(const struct file *f, const uint8_t *at, size_t bytes, int debug)
{
	if (known_count == HP_DEBUG_FRAMES_MAX)
		return;
	known[known_count] = (struct frames){ f->lo, f->hi, f->bias, at, bytes, debug };
	HP_STORE(&known_count, known_count + 1);
}

/* A copy: a mapped file may become shorter, and reading it a SIGBUS. */
static void keep_copy(const struct file *f, const Elf64_Shdr *s)
{
	if (s->sh_flags & COMPRESSED || s->sh_size > HP_DEBUG_FRAME_BYTES - copied)
		return;
	uint8_t *copy = hp_sys_anonymous(s->sh_size, 0);
	if (!copy)
		return;
	if (get(f, s->sh_offset, copy, s->sh_size)) {
		hp_sys2(SYS_munmap, copy, s->sh_size);
		return;
	}
	copied += s->sh_size;
	keep(f, copy, s->sh_size, 1);
}

static void take_section(const struct file *f, const Elf64_Shdr *s, int loaded)
{
	char name[NAME_BYTES] = "";
	if (!s->sh_size || s->sh_type == SHT_NOBITS || get(f, f->names + s->sh_name, name, sizeof name - 1))
		return;
	if (!memcmp(name, ".debug_frame", sizeof ".debug_frame"))
		keep_copy(f, s);
	uintptr_t at = f->bias + s->sh_addr;
	if (!loaded && !memcmp(name, ".eh_frame", sizeof ".eh_frame") && s->sh_flags & SHF_ALLOC)
		keep(f, (const uint8_t *)at, s->sh_size, 0);
}

static void take_sections(struct file *f, int loaded)
{
	const Elf64_Ehdr *e = &f->header;
	Elf64_Shdr s;
	if (get(f, 0, &f->header, sizeof f->header) || e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_shentsize != sizeof s
	    || e->e_shnum > SECTIONS_MAX || get(f, e->e_shoff + (uint64_t)e->e_shstrndx * sizeof s, &s, sizeof s))
		return;
	f->names = s.sh_offset;
	for (unsigned i = 1; i < e->e_shnum; i++)
		if (!get(f, e->e_shoff + i * sizeof s, &s, sizeof s))
			take_section(f, &s, loaded);
}

void hp_debug_frame_add(const char *path, uintptr_t lo, uintptr_t hi, uintptr_t bias, int loaded)
{
	struct file f = { .lo = lo, .hi = hi, .bias = bias };
	f.fd = hp_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	if (f.fd < 0)
		return;
	take_sections(&f, loaded);
	hp_sys1(SYS_close, f.fd);
}

int hp_debug_frame_find(uintptr_t pc, unsigned n, struct hp_module *m)
{
	for (uint32_t i = 0; i < HP_LOAD(&known_count); i++) {
		const struct frames *k = &known[i];
		if (pc - k->lo >= k->hi - k->lo || n-- > 0)
			continue;
		*m = (struct hp_module){ .lo = k->lo, .hi = k->hi, .bias = k->bias, .frames = k->at, .frames_bytes = k->bytes, .debug = k->debug };
		return 0;
	}
	return -1;
}
