/* sink.h - where an export goes: a file, memory, or only the count of its bytes. A write error stays in the FILE. */
#ifndef HP_EXPORT_SINK_H
#define HP_EXPORT_SINK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buf;

struct sink {
	FILE       *out;    /* or NULL */
	struct buf *memory; /* or NULL */
	uint64_t    bytes;  /* so far */
};

void sink_write(struct sink *, const void *data, size_t bytes);
void sink_text(struct sink *, const char *text);
void sink_format(struct sink *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text as a JSON string, with its quotes; what is no UTF-8 is escaped as everywhere (util/text.h). */
void sink_json(struct sink *, const char *text);

#endif
