/* demangle.h - C++, Rust (both schemes) and D names in their source form. */
#ifndef HP_SYM_DEMANGLE_H
#define HP_SYM_DEMANGLE_H

struct arena;

/*
 * The source form in the arena; NULL: `raw` is no mangled name. A name may come from a hostile file: one that would
 * become longer than 64 KiB counts as not mangled.
 */
const char *demangle(struct arena *, const char *raw);

#endif
