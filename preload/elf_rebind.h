/* elf_rebind.h - what one loaded object calls, bound anew: by our own reading of its relocations, as elf_lookup.h reads symbols. */
#ifndef HP_ELF_REBIND_H
#define HP_ELF_REBIND_H

#include "preload.h"
#include <link.h>

/*
 * Puts to(name) into each place where the object keeps the address of another one's function or variable; 0: it stays.
 * All places must have been bound already (RTLD_NOW). 0 or -errno.
 */
HP_HIDDEN int hp_elf_rebind(const struct link_map *l, uintptr_t (*to)(const char *name));

#endif
