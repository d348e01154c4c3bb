/*
 * alloc.h - allocation that cannot fail: without memory a message is printed and the process exits with status 2.
 * Results are freed with free(). A count that would overflow is treated as "no memory".
 */
#ifndef HP_UTIL_ALLOC_H
#define HP_UTIL_ALLOC_H

#include <stddef.h>

void *xmalloc(size_t bytes) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *xcalloc(size_t count, size_t bytes) __attribute__((malloc, returns_nonnull, alloc_size(1, 2)));
void *xrealloc(void *block, size_t count, size_t bytes) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

#endif
