/*
 * object.h - an ELF file, opened with suspicion: only a regular file is read, no open ever blocks, and its build id is
 * known before anything else of it is used. The only user of libelf; dwarf.c is handed
 * what it opened.
 */
#ifndef HP_SYM_OBJECT_H
#define HP_SYM_OBJECT_H

#include <stddef.h>
#include <stdint.h>

enum { OBJECT_BUILD_ID_MAX = 64 };

struct object {
	struct Elf *elf;             /* NULL: not open */
	char *path;
	char *stamp;                 /* tells that it is still the same file: path, size and time of change; NULL: not open */
	uint8_t  build_id[OBJECT_BUILD_ID_MAX];
	size_t   build_id_bytes;     /* 0: it has none */
	uint64_t lo, hi;             /* what its segments span in memory, as addresses in the file */
	const char *debuglink;       /* name of a separate debug file, a plain file name; NULL: none */
	uint32_t debuglink_crc;
	uint16_t machine, bits;      /* EM_*; 32 or 64 */
	uint8_t  has_symtab, has_dynsym, has_dwarf;
};

/* 0, or -1 with the reason in *why. */
int object_open(struct object *, const char *path, const char **why);
void object_close(struct object *);
/* The stamp that a file has now; NULL: there is none. The caller's. */
char *object_stamp(const char *path);
/* A descriptor, if it is a regular file; -1 with the reason in *why. */
int object_open_regular(const char *path, const char **why);
/* The checksum that .gnu_debuglink carries, of a whole file; -1: not readable. */
int object_crc32(const char *path, uint32_t *crc);

/* What a symbol stands for. */
enum object_symbol_kind { OBJECT_FUNCTION, OBJECT_DATA };
struct object_symbol {
	const char *name;            /* lives as long as the object is open; never empty */
	uint64_t value, size;        /* size 0: unknown */
	uint64_t section_end;        /* where it ends at the latest */
	enum object_symbol_kind kind;
	uint8_t  global;
};

/* Calls `visit` for each function and object that is defined in .symtab, or, with `dynamic`, in .dynsym. */
void object_symbols(struct object *, int dynamic, void (*visit)(void *, const struct object_symbol *), void *opaque);

/* Whether some table of names has this one: much faster than to go through all symbols, when it has not. */
int object_names(struct object *, const char *name);

/* What the file has for an address of its own: bytes up to the segment's end; NULL: nothing. Lives as long as the object is open. */
const uint8_t *object_bytes(struct object *, uint64_t address, size_t *bytes);
/* The pointer that the loader would put at an address; 0: it is not known. */
uint64_t object_pointer(struct object *, uint64_t address);

/* The program interpreter, the caller's; NULL: statically linked, or a library. */
char *object_loader(struct object *);
/* Calls `visit` with the name of each library that it is linked with. */
void object_needed(struct object *, void (*visit)(void *, const char *library), void *opaque);

#endif
