/* sym_private.h - what sym.c and names.c share. */
#ifndef HP_SYM_SYM_PRIVATE_H
#define HP_SYM_SYM_PRIVATE_H

#include "sym/cache.h"
#include "sym/file.h"
#include "sym/spans.h"
#include "sym/sym.h"
#include "util/arena.h"
#include "util/vec.h"

struct sym_dwarf_frame;

struct module {
	uint64_t     base;
	const char  *name;  /* last part of the path */
	struct file *file;
};

struct sym {
	struct arena       arena;
	struct sym_options options;
	struct module     *modules;
	size_t             n;
	VEC(struct file)   files;       /* filled at sym_open, then fixed: modules point into it */
	struct spans       code, data;  /* data: made at the first sym_data, then data_found */
	uint8_t            data_found;
	struct cache       cache;
	uint32_t           trims;       /* how often DWARF's texts were given back: an address may be another text's then */
	const char       **packages;    /* by file: with its debug symbols; NULL until it is asked for */
};

/* Why a file has no more names, and what would help; NULL: nothing is missing (advice.c). */
const char *advice_of(struct sym *, struct file *);

/* Kinds of questions. Those about a file are kept on disk with these numbers: new ones at the end. */
enum { CACHE_RETURN = 1, CACHE_EXACT, CACHE_FUNCTION, CACHE_NAME, CACHE_PATH, CACHE_DATA, CACHE_CODE, CACHE_RAW };

/* The source form of a linker's name, else the name without the version that a symbol table may add. */
const char *names_pretty(struct sym *, const char *raw);
/* Sets function and raw from what DWARF and the symbol table (NULL: nothing) say; function NULL: they know none. */
void names_choose(struct sym *, struct sym_frame *, const struct sym_dwarf_frame *from, const char *symbol);
/* Sets function to where the address is: MODULE+0xOFFSET. */
void names_by_offset(struct sym *, struct sym_frame *, uint64_t pc);
/* The source file as one path; NULL: unknown. */
const char *names_source(struct sym *, const struct sym_dwarf_frame *from);

#endif
