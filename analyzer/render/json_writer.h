/*
 * json_writer.h - JSON, streamed through yajl, of any depth, and harmless wherever it is shown: characters that could act on
 * a terminal become \uNNNN, which a reader turns back; bytes that are no UTF-8 cannot stand in JSON and become the four
 * characters \xNN.
 */
#ifndef HP_RENDER_JSON_WRITER_H
#define HP_RENDER_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/buf.h"
#include "util/vec.h"

struct json_level { struct yajl_gen_t *gen; unsigned depth; };

struct json_writer {
	FILE *out;
	bool  pretty;
	VEC(struct json_level) levels;  /* private, as is the following */
	struct buf scratch, buffer;
};

/* The writer must stay where it is until json_end, which is when all has been written. */
void json_begin(struct json_writer *, FILE *out, bool pretty);
/* The next value starts a text of its own, on a new line. */
void json_next(struct json_writer *);
void json_end(struct json_writer *);

void json_open_object(struct json_writer *);
void json_close_object(struct json_writer *);
void json_open_array(struct json_writer *);
void json_close_array(struct json_writer *);
/* Keys are words of ours; in one that a program chose, what could do harm is made visible for good. */
void json_key(struct json_writer *, const char *key);
void json_string(struct json_writer *, const char *text);
void json_integer(struct json_writer *, int64_t value);
void json_real(struct json_writer *, double value);  /* null unless finite */
void json_bool(struct json_writer *, bool value);
void json_null(struct json_writer *);

#endif
