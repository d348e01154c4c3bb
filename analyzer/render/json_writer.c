#include "render/json_writer.h"

#include <math.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include "util/text.h"

/*
 * yajl gives up beyond 128 levels, and a call tree may be deeper: beyond LEVELS_EACH a further generator takes over inside
 * an empty "number" of the outer one.
 */
enum { LEVELS_EACH = 100 };

enum { BUFFER_BYTES = 1 << 16 };

static void flush(struct json_writer *j)
{
	fwrite(buf_text(&j->buffer), 1, j->buffer.n, j->out);
	buf_reset(&j->buffer);
}

/* yajl writes in small bits, and each call of stdio takes a lock. */
static void print(void *writer, const char *text, size_t bytes)
{
	struct json_writer *j = writer;

	buf_add(&j->buffer, text, bytes);
	if (j->buffer.n >= BUFFER_BYTES)
		flush(j);
}

static struct json_level *last(const struct json_writer *j)
{
	return &j->levels.v[j->levels.n - 1];
}

static yajl_gen generator(const struct json_writer *j)
{
	return last(j)->gen;
}

static void add_level(struct json_writer *j)
{
	yajl_gen gen = yajl_gen_alloc(NULL);

	yajl_gen_config(gen, yajl_gen_print_callback, print, j);
	yajl_gen_config(gen, yajl_gen_beautify, (int)j->pretty);
	yajl_gen_config(gen, yajl_gen_indent_string, "  ");
	vec_push(&j->levels, (struct json_level){ .gen = gen });
}

void json_begin(struct json_writer *j, FILE *out, bool pretty)
{
	*j = (struct json_writer){ .out = out, .pretty = pretty };
	add_level(j);
}

void json_next(struct json_writer *j)
{
	yajl_gen_reset(generator(j), NULL);
	if (!j->pretty)
		print(j, "\n", 1);
}

void json_end(struct json_writer *j)
{
	while (j->levels.n)
		yajl_gen_free(j->levels.v[--j->levels.n].gen);
	vec_free(&j->levels);
	flush(j);
	buf_free(&j->buffer);
	buf_free(&j->scratch);
}

static void deeper(struct json_writer *j)
{
	if (last(j)->depth == LEVELS_EACH) {
		yajl_gen_number(generator(j), "", 0);
		add_level(j);
	}
	last(j)->depth++;
}

static void shallower(struct json_writer *j)
{
	if (--last(j)->depth == 0 && j->levels.n > 1)
		yajl_gen_free(j->levels.v[--j->levels.n].gen);
}

void json_open_object(struct json_writer *j)
{
	deeper(j);
	yajl_gen_map_open(generator(j));
}

void json_close_object(struct json_writer *j)
{
	yajl_gen_map_close(generator(j));
	shallower(j);
}

void json_open_array(struct json_writer *j)
{
	deeper(j);
	yajl_gen_array_open(generator(j));
}

void json_close_array(struct json_writer *j)
{
	yajl_gen_array_close(generator(j));
	shallower(j);
}

static void plain_string(struct json_writer *j, const char *text, size_t bytes)
{
	yajl_gen_string(generator(j), (const unsigned char *)text, bytes);
}

void json_key(struct json_writer *j, const char *key)
{
	buf_reset(&j->scratch);
	text_escape(&j->scratch, key, strlen(key));
	plain_string(j, buf_text(&j->scratch), j->scratch.n);
}

static void quote(struct buf *b, const char *at, size_t bytes, int32_t c)
{
	if (c < 0)
		buf_addf(b, "\\\\x%02x", (unsigned char)*at);
	else if (c == '"' || c == '\\')
		buf_addf(b, "\\%c", c);
	else if (text_is_plain(at, bytes))
		buf_add(b, at, bytes);
	else if (c < 0x10000)
		buf_addf(b, "\\u%04x", (unsigned)c);
	else
		buf_addf(b, "\\u%04x\\u%04x", 0xd7c0u + ((unsigned)c >> 10), 0xdc00u + ((unsigned)c & 0x3ff));
}

/* yajl has no call for \uNNNN of a character's own choice; a "number" goes out as it is. */
void json_string(struct json_writer *j, const char *text)
{
	size_t bytes = strlen(text), used;

	if (text_is_plain(text, bytes)) {
		plain_string(j, text, bytes);
		return;
	}
	buf_reset(&j->scratch);
	buf_addc(&j->scratch, '"');
	for (size_t i = 0; i < bytes; i += used) {
		int32_t c = text_decode(text + i, bytes - i, &used);

		quote(&j->scratch, text + i, used, c);
	}
	buf_addc(&j->scratch, '"');
	yajl_gen_number(generator(j), j->scratch.s, j->scratch.n);
}

void json_integer(struct json_writer *j, int64_t value)
{
	yajl_gen_integer(generator(j), value);
}

void json_real(struct json_writer *j, double value)
{
	char text[40];

	if (!isfinite(value)) {
		json_null(j);
		return;
	}
	snprintf(text, sizeof(text), "%.10g", value);
	yajl_gen_number(generator(j), text, strlen(text));
}

void json_bool(struct json_writer *j, bool value)
{
	yajl_gen_bool(generator(j), value);
}

void json_null(struct json_writer *j)
{
	yajl_gen_null(generator(j));
}
