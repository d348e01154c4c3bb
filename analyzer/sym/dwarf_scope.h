/*
 * dwarf_scope.h - where a C++ function stands: the namespaces, classes and functions around its entry. A part of dwarf.c
 * in a file of its own. GCC writes no mangled name for what is local to a file, lambdas among them; this makes up for it.
 */
#ifndef HP_SYM_DWARF_SCOPE_H
#define HP_SYM_DWARF_SCOPE_H

#include <elfutils/libdw.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/map64.h"
#include "util/vec.h"

struct dwarf_scope { Dwarf_Die die; uint32_t parent; const char *name; };

/* A zeroed one is empty. A unit's entries are read when one of its functions is first asked for. */
struct dwarf_scopes {
	VEC(struct dwarf_scope) all;  /* [0] is the outermost of everything */
	struct map64 by_address;      /* Dwarf_Die.addr -> index; a unit's own entry -> 0 */
	struct arena arena;
};

/* The name with all that it stands in: "ns::Class::f". NULL: not C++, or without a name. Lives with `s`. */
const char *dwarf_scope_name(struct dwarf_scopes *s, Dwarf_Die *function);
void dwarf_scopes_free(struct dwarf_scopes *);

#endif
