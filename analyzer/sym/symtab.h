/* symtab.h - the symbols of a module, ready for look-up by address. Names belong to the object they were read from. */
#ifndef HP_SYM_SYMTAB_H
#define HP_SYM_SYMTAB_H

#include <stdint.h>

#include "sym/ranges.h"

struct object;

struct symtab_entry { const char *name; uint64_t value; };

struct symtab {
	VEC(struct symtab_entry) entries;
	struct ranges functions, data;
};

/* Reads `full`'s symbol table, or, when it is NULL, the exported symbols of `dynamic`. Both NULL: no symbols. */
void symtab_load(struct symtab *, struct object *full, struct object *dynamic);
/* The symbol around an address; of several names for one place the one that programmers use. NULL: none. */
const struct symtab_entry *symtab_function(const struct symtab *, uint64_t address);
const struct symtab_entry *symtab_data(const struct symtab *, uint64_t address);
void symtab_free(struct symtab *);

#endif
