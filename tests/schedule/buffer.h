/*
 * buffer.h - stores that other threads do not see yet. The thread that made them finds them in memory while it runs; when
 * another one goes on they are taken back, and put in again for their own thread. What is flushed stays.
 */
#ifndef HP_TESTS_BUFFER_H
#define HP_TESTS_BUFFER_H

#include <stddef.h>
#include <stdint.h>

enum { BUFFER_STORES = 24, BUFFER_BYTES = 16 };

struct buffered { char *at; unsigned bytes; int release; unsigned char other[BUFFER_BYTES]; };
/* other: while the thread runs, what was there before; while it does not, what it stored. Oldest first. */
struct buffer { struct buffered store[BUFFER_STORES]; unsigned count; };

/* Notes a store that comes next; the oldest is flushed if there is no room. */
void buffer_add(struct buffer *, void *at, size_t bytes, int release);
/* The thread stops running, or goes on. */
void buffer_take_back(struct buffer *);
void buffer_put_in(struct buffer *);
/* Everybody sees store i from now on. running: the buffer's thread runs now. */
void buffer_flush(struct buffer *, unsigned i, int running);
/* May store i come out before those in front of it? ordered: in no case. */
int buffer_may_flush(const struct buffer *, unsigned i, int ordered);
int buffer_holds(const struct buffer *, const void *at, size_t bytes);

#endif
