/* flags: -fno-builtin */
/* Damages the unwind tables of a copy of a library in many ways, loads it and allocates through it: broken_tables N LIBRARY. */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tally.h"

enum { FILE_MAX = 1 << 20, DEPTH = 5, FAR = 1 << 30 };
static unsigned char original[FILE_MAX], copy[FILE_MAX];
static size_t bytes;
static struct { size_t at, size; } frames, header;  /* .eh_frame and .eh_frame_hdr in the file */
static unsigned seed = 1;

static unsigned rnd(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void find_sections(void)
{
	const Elf64_Ehdr *e = (const void *)original;
	const Elf64_Shdr *s = (const void *)(original + e->e_shoff);
	const char *names = (const char *)original + s[e->e_shstrndx].sh_offset;
	for (int i = 0; i < e->e_shnum; i++) {
		if (is(names + s[i].sh_name, ".eh_frame"))
			frames.at = s[i].sh_offset, frames.size = s[i].sh_size;
		if (is(names + s[i].sh_name, ".eh_frame_hdr"))
			header.at = s[i].sh_offset, header.size = s[i].sh_size;
	}
}

static void *eh_frame_segment(void)
{
	Elf64_Phdr *p = (void *)(copy + ((Elf64_Ehdr *)copy)->e_phoff);
	while (p->p_type != PT_GNU_EH_FRAME)
		p++;
	return p;
}

static void scribble(size_t at, size_t size, unsigned count)
{
	while (count--)
		copy[at + rnd() % size] = (unsigned char)rnd();
}

static void put(size_t at, unsigned value) { memcpy(copy + at, &value, sizeof value); }

/* An odd number of the kind that breaks arithmetic. */
static unsigned odd(void)
{
	static const unsigned numbers[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0xfffff000 };
	return rnd() % 3 ? numbers[rnd() % 8] : rnd();
}

static size_t entry(unsigned index)
{
	size_t at = frames.at;
	unsigned length;
	for (; index-- && at + 4 < frames.at + frames.size; at += length + 4)
		memcpy(&length, copy + at, 4);
	return at < frames.at + frames.size - 8 ? at : frames.at;
}

static void damage(unsigned how)
{
	Elf64_Ehdr *e = (Elf64_Ehdr *)copy;
	Elf64_Phdr *p = eh_frame_segment();
	switch (how % 12) {
	case 0: scribble(frames.at, frames.size, 1 + rnd() % 8); break;
	case 1: scribble(frames.at, frames.size, 200); break;
	case 2: scribble(header.at, header.size, 1 + rnd() % 8); break;
	case 3: copy[header.at + rnd() % 4] = (unsigned char)rnd(); break;    /* version, encodings */
	case 4: put(header.at + 4, odd()); break;                             /* where the entries are */
	case 5: put(header.at + 8, odd()); break;                             /* how many */
	case 6: put(entry(rnd() % 12), odd()); break;                         /* an entry's length */
	case 7: put(entry(rnd() % 12) + 4, odd()); break;                     /* its pointer to the common part */
	case 8: copy[header.at + 3] = 0xff; scribble(frames.at, frames.size, rnd() % 4); break;  /* no search table */
	case 9: p->p_vaddr = rnd() % 2 ? odd() : rnd() % (2 * bytes); break;
	case 10: p->p_type = PT_NULL; e->e_shnum = 0; break;                  /* stripped of all that leads to them */
	case 11: e->e_phoff = FAR; break;                                     /* program headers where they are not loaded */
	}
}

static void write_file(const char *path)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)original;
	ssize_t headers = e->e_phnum * (ssize_t)sizeof(Elf64_Phdr), size = (ssize_t)bytes;
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0700);
	if (fd < 0 || write(fd, copy, bytes) != size || pwrite(fd, original + e->e_phoff, (size_t)headers, FAR) != headers || close(fd))
		exit(2);
}

__attribute__((noinline)) static void *innermost(size_t size) { return malloc(size); }

int main(int argc, char **argv)
{
	long times = number_at(argc, argv, 1, 1), loaded = 0, refused = 0;
	int fd = open(argv[2], O_RDONLY);
	bytes = (size_t)read(fd, original, sizeof original) & ~(size_t)7;
	close(fd);
	find_sections();
	for (long i = 0; i < times; i++) {
		char path[40];
		memcpy(copy, original, bytes);
		snprintf(path, sizeof path, "./broken.%ld.so", i);
		damage((unsigned)i + 11);
		write_file(path);
		void *library = dlopen(path, RTLD_NOW);
		remove(path);
		if (!library) {
			refused++;
			continue;
		}
		void *(*deep)(int, void *(*)(size_t)) = (void *(*)(int, void *(*)(size_t)))dlsym(library, "plugin_deep");
		free(deep(DEPTH, innermost));
		loaded++;
		dlclose(library);
	}
	tally("loaded", loaded);
	tally("refused", refused);
}
