/* own_modules.h - the modules of the test's own process, as a recording would have them; and libraries built on the spot. */
#ifndef OWN_MODULES_H
#define OWN_MODULES_H

#include <stddef.h>

#include "sym/sym.h"

/* All loaded objects. The array is malloced; paths and build ids live as long as the process. */
struct sym_module *own_modules(size_t *count);

/*
 * Runs a shell command in `dir`, after writing `text` to `dir`/`file` if there is one; the test fails if the command does.
 */
void build_with(const char *dir, const char *file, const char *text, const char *command);
/* The address of a symbol of a library, which is loaded for it and stays. */
void *loaded_symbol(const char *dir, const char *library, const char *symbol);

#endif
