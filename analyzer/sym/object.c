#include "sym/object.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"

int object_open_regular(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0) {
		*why = errno == ENOENT || errno == ENOTDIR ? "file not found" : strerror(errno);
		return -1;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		*why = "not a regular file";
		close(fd);
		return -1;
	}
	return fd;
}

/* Looks for the build id among the notes in data of a PT_NOTE segment or a SHT_NOTE section. */
static void find_build_id(struct object *o, Elf_Data *data)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || note.n_descsz > OBJECT_BUILD_ID_MAX
		    || memcmp((char *)data->d_buf + name, "GNU", 4) != 0)
			continue;
		memcpy(o->build_id, (char *)data->d_buf + desc, note.n_descsz);
		o->build_id_bytes = note.n_descsz;
		return;
	}
}

static void read_header(struct object *o)
{
	GElf_Ehdr eh;

	if (!gelf_getehdr(o->elf, &eh))
		return;
	o->machine = eh.e_machine;
	o->bits = eh.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
}

static void read_segments(struct object *o)
{
	size_t n = 0;

	o->lo = UINT64_MAX;
	if (elf_getphdrnum(o->elf, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(o->elf, (int)i, &ph) || ph.p_type != PT_LOAD || ph.p_vaddr + ph.p_memsz < ph.p_vaddr)
			continue;
		if (ph.p_vaddr < o->lo)
			o->lo = ph.p_vaddr;
		if (ph.p_vaddr + ph.p_memsz > o->hi)
			o->hi = ph.p_vaddr + ph.p_memsz;
	}
}

/* A file name and, behind its NUL and padding to 4, a checksum. A name with a slash would leave the search directories. */
static void read_debuglink(struct object *o, Elf_Data *data)
{
	const char *name = data ? data->d_buf : NULL;
	size_t len, at;

	if (!name || data->d_size < 8)
		return;
	len = strnlen(name, data->d_size);
	at = (len + 4) & ~(size_t)3;
	if (!len || at + 4 > data->d_size || memchr(name, '/', len))
		return;
	o->debuglink = name;
	memcpy(&o->debuglink_crc, name + at, 4);
}

static void read_section(struct object *o, Elf_Scn *section, const GElf_Shdr *sh, const char *name)
{
	if (sh->sh_type == SHT_SYMTAB)
		o->has_symtab = 1;
	else if (sh->sh_type == SHT_DYNSYM)
		o->has_dynsym = 1;
	else if (sh->sh_type == SHT_NOTE && !o->build_id_bytes)
		find_build_id(o, elf_getdata(section, NULL));
	else if (sh->sh_type == SHT_NOBITS)
		return;
	else if (strcmp(name, ".gnu_debuglink") == 0)
		read_debuglink(o, elf_getdata(section, NULL));
	else if (strcmp(name, ".debug_info") == 0 || strcmp(name, ".zdebug_info") == 0)
		o->has_dwarf = 1;
}

static void read_sections(struct object *o)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(o->elf, &names) < 0)
		return;
	while ((section = elf_nextscn(o->elf, section))) {
		GElf_Shdr sh;
		const char *name;

		if (gelf_getshdr(section, &sh) && (name = elf_strptr(o->elf, names, sh.sh_name)))
			read_section(o, section, &sh, name);
	}
}

int object_open(struct object *o, const char *path, const char **why)
{
	char *stamp = object_stamp(path);  /* first: what takes its place now has another one */
	int fd = object_open_regular(path, why);

	*o = (struct object){ .path = xstrdup(path), .stamp = stamp };
	if (fd < 0) {
		object_close(o);
		return -1;
	}
	elf_version(EV_CURRENT);
	o->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	/* FDREAD: whatever is still needed is mapped or read now, so that hundreds of modules hold no descriptors. */
	if (!o->elf || elf_kind(o->elf) != ELF_K_ELF || elf_cntl(o->elf, ELF_C_FDREAD) < 0) {
		*why = "not an ELF file";
		object_close(o);
		close(fd);
		return -1;
	}
	close(fd);
	read_header(o);
	read_segments(o);
	read_sections(o);
	return 0;
}

void object_close(struct object *o)
{
	if (o->elf)
		elf_end(o->elf);
	free(o->path);
	free(o->stamp);
	*o = (struct object){ 0 };
}

/* 0: the symbol names no place in the program. */
static int classify(const GElf_Sym *sym, const GElf_Shdr *section, enum object_symbol_kind *kind)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);
	int code = (section->sh_flags & SHF_EXECINSTR) != 0;

	if (!(section->sh_flags & SHF_ALLOC) || section->sh_flags & SHF_TLS)
		return 0;
	*kind = code ? OBJECT_FUNCTION : OBJECT_DATA;
	if (type == STT_FUNC || type == STT_GNU_IFUNC)
		return code;
	if (type == STT_OBJECT)
		return 1;
	return type == STT_NOTYPE && code;  /* assembler's labels */
}

/* Labels that compilers and linkers make for themselves. */
static int is_noise(const char *name)
{
	return !*name || *name == '$' || strncmp(name, ".L", 2) == 0;
}

static void visit_one(struct object *o, const GElf_Shdr *table, const GElf_Sym *sym,
		      void (*visit)(void *, const struct object_symbol *), void *opaque)
{
	Elf_Scn *section = sym->st_shndx < SHN_LORESERVE ? elf_getscn(o->elf, sym->st_shndx) : NULL;
	struct object_symbol s = { .value = sym->st_value, .size = sym->st_size };
	GElf_Shdr sh;

	if (!sym->st_shndx || !section || !gelf_getshdr(section, &sh) || !classify(sym, &sh, &s.kind))
		return;
	s.name = elf_strptr(o->elf, table->sh_link, sym->st_name);
	s.section_end = sh.sh_addr + sh.sh_size;
	s.global = GELF_ST_BIND(sym->st_info) != STB_LOCAL;
	if (s.name && !is_noise(s.name) && s.value >= sh.sh_addr && s.value < s.section_end)
		visit(opaque, &s);
}

/* The data of the next section of a type, behind *section. NULL: there is none, or it is not open. */
static Elf_Data *next_of_type(struct object *o, Elf_Scn **section, unsigned type, GElf_Shdr *sh)
{
	while (o->elf && (*section = elf_nextscn(o->elf, *section))) {
		Elf_Data *data = gelf_getshdr(*section, sh) && sh->sh_type == type ? elf_getdata(*section, NULL) : NULL;

		if (data && data->d_buf)
			return data;
	}
	return NULL;
}

void object_symbols(struct object *o, int dynamic, void (*visit)(void *, const struct object_symbol *), void *opaque)
{
	Elf_Scn *section = NULL;
	GElf_Shdr sh;
	GElf_Sym sym;

	for (Elf_Data *data; (data = next_of_type(o, &section, dynamic ? SHT_DYNSYM : SHT_SYMTAB, &sh)); )
		for (int i = 1; gelf_getsym(data, i, &sym); i++)
			visit_one(o, &sh, &sym, visit, opaque);
}

char *object_loader(struct object *o)
{
	size_t n = 0;
	GElf_Phdr ph;

	elf_getphdrnum(o->elf, &n);
	for (size_t i = 0; i < n; i++) {
		Elf_Data *data;

		if (!gelf_getphdr(o->elf, (int)i, &ph) || ph.p_type != PT_INTERP)
			continue;
		data = elf_getdata_rawchunk(o->elf, (int64_t)ph.p_offset, ph.p_filesz, ELF_T_BYTE);
		return data && data->d_size ? xasprintf("%.*s", (int)data->d_size, (char *)data->d_buf) : NULL;
	}
	return NULL;
}

void object_needed(struct object *o, void (*visit)(void *, const char *library), void *opaque)
{
	Elf_Scn *section = NULL;
	GElf_Shdr sh;
	GElf_Dyn dyn;

	for (Elf_Data *data; (data = next_of_type(o, &section, SHT_DYNAMIC, &sh)); ) {
		for (int i = 0; gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
			const char *name = dyn.d_tag == DT_NEEDED ? elf_strptr(o->elf, sh.sh_link, dyn.d_un.d_val) : NULL;

			if (name)
				visit(opaque, name);
		}
	}
}

int object_names(struct object *o, const char *name)
{
	Elf_Scn *section = NULL;
	GElf_Shdr sh;

	for (Elf_Data *data; (data = next_of_type(o, &section, SHT_STRTAB, &sh)); )
		if (memmem(data->d_buf, data->d_size, name, strlen(name) + 1))
			return 1;
	return 0;
}

const uint8_t *object_bytes(struct object *o, uint64_t address, size_t *bytes)
{
	size_t n = 0, size = 0;
	GElf_Phdr ph;
	const char *file = o->elf ? elf_rawfile(o->elf, &size) : NULL;

	if (!file || elf_getphdrnum(o->elf, &n) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getphdr(o->elf, (int)i, &ph) || ph.p_type != PT_LOAD || address < ph.p_vaddr
		    || address - ph.p_vaddr >= ph.p_filesz || ph.p_offset > size || ph.p_filesz > size - ph.p_offset)
			continue;
		*bytes = ph.p_filesz - (address - ph.p_vaddr);
		return (const uint8_t *)file + ph.p_offset + (address - ph.p_vaddr);
	}
	return NULL;
}

/* Relocations that need no symbol: the addend is the address in the file. */
static uint64_t relocated(struct object *o, uint64_t address)
{
	Elf_Scn *section = NULL;
	GElf_Shdr sh;
	GElf_Rela r;

	for (Elf_Data *data; (data = next_of_type(o, &section, SHT_RELA, &sh)); )
		for (int i = 0; gelf_getrela(data, i, &r); i++)
			if (r.r_offset == address && !GELF_R_SYM(r.r_info))
				return (uint64_t)r.r_addend;
	return 0;
}

uint64_t object_pointer(struct object *o, uint64_t address)
{
	uint64_t value = 0;
	size_t n;
	const uint8_t *at = object_bytes(o, address, &n);

	if (at && n >= sizeof value)
		memcpy(&value, at, sizeof value);
	return value || !o->elf ? value : relocated(o, address);
}
