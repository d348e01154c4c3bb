/* code.h - names of functions as they are written in sources. */
#ifndef HP_UTIL_CODE_H
#define HP_UTIL_CODE_H

struct buf;

/* Appends a C++ or Rust name without its arguments, template arguments, result type and qualifiers; other names as they are. */
void code_name(struct buf *, const char *name);

#endif
