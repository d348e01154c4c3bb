/* package.h - which package of the system a file came with, so that the one with its symbols can be named. */
#ifndef HP_SYM_PACKAGE_H
#define HP_SYM_PACKAGE_H

#include <stddef.h>

struct arena;

/*
 * Asks dpkg once for all: packages[i] becomes the name of the package with the debug symbols of paths[i], in the arena, or NULL
 * where none is known, or there is no dpkg. Paths that are not absolute, or that it would take for patterns, are passed over.
 */
void packages_of(struct arena *, const char *const *paths, size_t n, const char **packages);

#endif
