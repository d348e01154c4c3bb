/*
 * dwarf.h - functions, inlined functions and source lines of one object, from its DWARF. The only user of libdw.
 *
 * Three indexes are made when they are first needed: compilation units of the object, functions of a unit, inlined calls
 * of a function. So a look-up is three binary searches, and what no address points into is never read. Names and paths
 * live until sym_dwarf_close. Addresses are those in the file.
 */
#ifndef HP_SYM_DWARF_H
#define HP_SYM_DWARF_H

#include <stddef.h>
#include <stdint.h>

struct Elf;

struct sym_dwarf_frame {
	const char *linkage;  /* mangled name; NULL: the language has none */
	const char *name;     /* short name, of a C++ one without mangled name the full one; NULL: unknown */
	const char *dir;      /* where the compiler ran: what a relative `file` starts from; NULL: unknown */
	const char *file;     /* NULL: unknown */
	uint32_t    line;     /* 0: unknown */
	uint8_t     inlined;
};

enum { SYM_DWARF_DEEPEST = 64 };  /* frames at one address; what is inlined deeper is left out */

/* Finds the file that several debug files share (dwz) by the name and build id that one of them gives; NULL: not there. */
typedef struct Elf *sym_dwarf_find_alt(void *opaque, const char *name, const uint8_t *build_id, size_t build_id_bytes);

/* NULL: no usable DWARF, and *why says so. `elf` and what `find_alt` returned may be closed only after the result. */
struct sym_dwarf *sym_dwarf_open(struct Elf *elf, sym_dwarf_find_alt *find_alt, void *opaque, const char **why);
void sym_dwarf_close(struct sym_dwarf *);
/* The functions of the units that were looked into: a measure of the memory, as libdw keeps each line of each until the end. */
size_t sym_dwarf_functions_read(const struct sym_dwarf *);
/* Whether no file was missing (.dwo) of those that hold what was asked for. */
int sym_dwarf_is_complete(const struct sym_dwarf *);

/*
 * The functions around an address, innermost first, each with the place that was reached in it. Where a line is known
 * but no function, one frame without a name. Returns how many; 0: nothing is known.
 */
size_t sym_dwarf_frames(struct sym_dwarf *, uint64_t address, struct sym_dwarf_frame out[SYM_DWARF_DEEPEST]);

/* The function around an address, not inlined ones, with the place of its declaration. 0, or -1: unknown. */
int sym_dwarf_function(struct sym_dwarf *, uint64_t address, struct sym_dwarf_frame *out);

#endif
