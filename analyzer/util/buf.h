/*
 * buf.h - text that is built piece by piece. A zeroed struct buf is an empty one; once something was added, `s` ends
 * with a NUL that `n` does not count.
 */
#ifndef HP_UTIL_BUF_H
#define HP_UTIL_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char  *s;
	size_t n, cap;
};

void buf_add(struct buf *, const void *data, size_t bytes);
void buf_adds(struct buf *, const char *text);
void buf_addc(struct buf *, char c);
void buf_fill(struct buf *, char c, size_t count);
void buf_addf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *, const char *format, va_list) __attribute__((format(printf, 2, 0)));
/* The text, "" for an empty one; it stays the buffer's. */
const char *buf_text(const struct buf *);
/* The text as the caller's own block; the buffer is empty then. */
char *buf_steal(struct buf *) __attribute__((returns_nonnull));
/* Empty again, memory kept. */
void buf_reset(struct buf *);
void buf_free(struct buf *);

#endif
