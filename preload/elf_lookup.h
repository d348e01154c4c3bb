/*
 * elf_lookup.h - symbols looked up in loaded objects, by our own reading of their dynamic sections.
 * Source: System V gABI ch. 5, and the GNU hash and version sections as the LSB describes them.
 * Addresses are integers, 0 where there is none: they are of functions and of data alike.
 * Nothing here calls the loader: dlsym may allocate, sets the program's dlerror, and needs a relocated libc.
 */
#ifndef HP_ELF_LOOKUP_H
#define HP_ELF_LOOKUP_H

#include "preload.h"

/* The loader's list is complete: libraries are relocated. 0 before that, and before our own relocation. */
HP_HIDDEN int hp_elf_ready(void);
/* Is it glibc that loaded us? With musl functions are found all the same. */
HP_HIDDEN int hp_elf_glibc(void);
/*
 * The next definition of `name` after libhp.so in the order of the initial list (as RTLD_NEXT does).
 * version NULL: the default one, else that one. 0: there is none.
 */
HP_HIDDEN uintptr_t hp_elf_next(const char *name, const char *version);
/* The same in one object of the list. */
struct link_map;
HP_HIDDEN uintptr_t hp_elf_symbol(const struct link_map *l, const char *name);
/* The same in one image that is mapped at `base` (the vDSO). */
HP_HIDDEN uintptr_t hp_elf_image_symbol(uintptr_t base, const char *name);
/* The same from the whole list's start: what the program itself would be bound to. */
HP_HIDDEN uintptr_t hp_elf_first(const char *name);
/* The object that this definition is in, NULL if there is none. */
HP_HIDDEN const struct link_map *hp_elf_first_object(const char *name);
/* The same among the objects after libhp.so. */
HP_HIDDEN const struct link_map *hp_elf_next_object(const char *name);
/* Our own definition: a pointer to it may lead to a stub in an executable that takes the function's address. */
HP_HIDDEN uintptr_t hp_elf_own(const char *name);
/* A value of the auxiliary vector, 0 when absent. */
HP_HIDDEN unsigned long hp_elf_auxv(unsigned long type);

#endif
