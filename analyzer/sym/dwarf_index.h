/*
 * dwarf_index.h - the three indexes behind dwarf.h: units of an object, functions of a unit, inlined calls of a function.
 * A part of dwarf.c in a file of its own.
 */
#ifndef HP_SYM_DWARF_INDEX_H
#define HP_SYM_DWARF_INDEX_H

#include <elfutils/libdw.h>
#include <stdint.h>

#include "sym/dwarf_scope.h"
#include "sym/ranges.h"
#include "util/vec.h"

/* A function, or a call that was inlined into one. The scopes of a function: [0] is itself, parents before children. */
struct scope {
	Dwarf_Die die;
	uint32_t  parent;
};

struct function {
	Dwarf_Die     die;
	VEC(struct scope) scopes;   /* empty: not looked at yet */
	struct ranges ranges;       /* of scopes */
};

struct unit {
	Dwarf_Die     die;          /* has the line table */
	const char   *dir;
	Dwarf_Die     body;         /* has the functions: the same one, or its half in a .dwo file */
	uint8_t       is_skeleton;
	VEC(struct function) functions;
	struct ranges ranges;       /* of functions */
	enum { UNSEEN, TOP_LEVEL, NESTED_TOO } seen;
};

struct sym_dwarf {
	Dwarf *dw, *alt;
	VEC(struct unit) units;
	struct ranges ranges;       /* of units */
	struct dwarf_scopes scopes;
	size_t read;                /* functions of the units that were looked into */
	uint8_t missing;            /* a .dwo file was not there */
	uint64_t steps;             /* entries that may still be visited: a broken file could lead in circles */
};

/* Reads the units; d->dw is set. */
void dwarf_index_open(struct sym_dwarf *d);
void dwarf_index_close(struct sym_dwarf *d);

/* The unit around an address, and the function in it; NULL: none. */
struct unit *dwarf_index_unit(struct sym_dwarf *d, uint64_t address);
struct function *dwarf_index_function(struct sym_dwarf *d, struct unit *u, uint64_t address);
/* The innermost of f->scopes around an address. */
uint32_t dwarf_index_scope(struct sym_dwarf *d, struct function *f, uint64_t address);

/* An attribute's text, of the entry or of what it refers to; NULL: it has none. */
const char *dwarf_index_string(Dwarf_Die *die, unsigned attribute);

#endif
