/* buffer.c - see buffer.h. */
#include "buffer.h"
#include <string.h>

static int overlap(const struct buffered *s, const char *at, size_t bytes)
{
	return s->at < at + bytes && at < s->at + s->bytes;
}

static void swap(struct buffered *s)
{
	unsigned char here[BUFFER_BYTES];
	memcpy(here, s->at, s->bytes);
	memcpy(s->at, s->other, s->bytes);
	memcpy(s->other, here, s->bytes);
}

void buffer_add(struct buffer *b, void *at, size_t bytes, int release)
{
	if (b->count == BUFFER_STORES)
		buffer_flush(b, 0, 1);
	struct buffered *s = &b->store[b->count++];
	*s = (struct buffered){ at, (unsigned)bytes, release, { 0 } };
	memcpy(s->other, at, bytes);
}

void buffer_take_back(struct buffer *b)
{
	for (unsigned i = b->count; i-- > 0;)
		swap(&b->store[i]);
}

void buffer_put_in(struct buffer *b)
{
	for (unsigned i = 0; i < b->count; i++)
		swap(&b->store[i]);
}

void buffer_flush(struct buffer *b, unsigned i, int running)
{
	if (!running)
		memcpy(b->store[i].at, b->store[i].other, b->store[i].bytes);
	memmove(&b->store[i], &b->store[i + 1], (--b->count - i) * sizeof b->store[0]);
}

int buffer_may_flush(const struct buffer *b, unsigned i, int ordered)
{
	if (i && (ordered || b->store[i].release))
		return 0;
	for (unsigned k = 0; k < i; k++)
		if (overlap(&b->store[k], b->store[i].at, b->store[i].bytes))
			return 0;
	return 1;
}

int buffer_holds(const struct buffer *b, const void *at, size_t bytes)
{
	for (unsigned i = 0; i < b->count; i++)
		if (overlap(&b->store[i], at, bytes))
			return 1;
	return 0;
}
