#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/err.h"
#include "util/vec.h"

/* Room for `more` bytes and the NUL behind them. */
static char *room(struct buf *b, size_t more)
{
	if (b->cap - b->n < more + 1)
		b->s = vec_grow(b->s, &b->cap, b->n, more + 1, 1);
	return b->s + b->n;
}

void buf_add(struct buf *b, const void *data, size_t bytes)
{
	char *at = room(b, bytes);

	if (bytes)
		memcpy(at, data, bytes);
	b->n += bytes;
	b->s[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_fill(struct buf *b, char c, size_t count)
{
	memset(room(b, count), c, count);
	b->n += count;
	b->s[b->n] = '\0';
}

void buf_addv(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int need;

	va_copy(again, args);
	need = vsnprintf(room(b, 64), 65, format, args);
	if (need > 64)
		need = vsnprintf(room(b, (size_t)need), (size_t)need + 1, format, again);
	va_end(again);
	if (need < 0)
		err_die("text could not be formatted");
	b->n += (size_t)need;
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_addv(b, format, args);
	va_end(args);
}

const char *buf_text(const struct buf *b)
{
	return b->s ? b->s : "";
}

char *buf_steal(struct buf *b)
{
	char *s = b->s ? b->s : xstrdup("");

	*b = (struct buf){ 0 };
	return s;
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	if (b->s)
		b->s[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ 0 };
}
