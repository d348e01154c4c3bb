#include "sym/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "util/buf.h"

enum { LONGEST = 65536, LONGEST_MANGLED = 16384 };

struct output {
	struct buf text;
	jmp_buf    too_long;
};

/* A few hundred bytes can stand for gigabytes (each substitution doubles), so printing is cut off from inside. */
static void append(const char *text, size_t bytes, void *opaque)
{
	struct output *out = opaque;

	if (bytes > LONGEST - out->text.n)
		longjmp(out->too_long, 1);
	buf_add(&out->text, text, bytes);
}

static int is_rust(const char *raw)
{
	size_t n = strlen(raw);

	return raw[1] == 'R' || (n > 20 && strstr(raw, "17h"));
}

static const char *with_callback(struct arena *arena, const char *raw)
{
	enum { OPTIONS = DMGL_PARAMS | DMGL_ANSI };
	struct output out = { 0 };
	const char *volatile name = NULL;

	if (!setjmp(out.too_long)) {
		int done = is_rust(raw) && rust_demangle_callback(raw, OPTIONS, append, &out);

		if (!done) {
			buf_reset(&out.text);
			done = cplus_demangle_v3_callback(raw, OPTIONS, append, &out);
		}
		if (done && out.text.n)
			name = arena_strndup(arena, out.text.s, out.text.n);
	}
	buf_free(&out.text);
	return name;
}

static const char *dlang(struct arena *arena, const char *raw)
{
	char *text = dlang_demangle(raw, DMGL_PARAMS | DMGL_ANSI);
	const char *name = text ? arena_strdup(arena, text) : NULL;

	free(text);
	return name;
}

const char *demangle(struct arena *arena, const char *raw)
{
	if (raw[0] != '_' || strlen(raw) > LONGEST_MANGLED)
		return NULL;
	if (raw[1] == 'Z' || raw[1] == 'R')
		return with_callback(arena, raw);
	return raw[1] == 'D' ? dlang(arena, raw) : NULL;
}
