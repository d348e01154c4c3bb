#include "sym/store.h"

#include <string.h>

struct header {
	char     magic[8];
	uint32_t identity_bytes, answers, frames, texts, text_bytes;
	uint32_t alt_path, alt_stamp, unused;
};

static const char magic[8] = "hpsym\0\0\1";

/* ---- questions and texts ---- */

static void index_answer(struct store *s, size_t i)
{
	struct cache_entry *e = cache_at(&s->index, 0, s->answers.v[i].key, s->answers.v[i].what);

	if (!e->n)
		e->n = i + 1;
}

int store_find(struct store *s, uint32_t what, uint64_t key, const struct store_frame **frames)
{
	size_t at = cache_at(&s->index, 0, key, what)->n;

	if (!at)
		return -1;
	*frames = s->frames.v + s->answers.v[at - 1].first;
	return (int)s->answers.v[at - 1].n;
}

const char *store_text(const struct store *s, uint32_t text)
{
	return s->texts.n ? s->texts.v[text] : NULL;
}

uint64_t store_hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	return h;
}

/* The place of a text's number. Two texts with one hash: the later one is kept once for each time that it comes. */
static struct cache_entry *number_of(struct store *s, const char *text)
{
	return cache_at(&s->by_text, 0, store_hash(text), 1);
}

/* Texts that were loaded are numbered, but not indexed: most often nothing is added. */
static void index_texts(struct store *s)
{
	if (s->by_text.used)
		return;
	for (size_t i = 1; i < s->texts.n; i++)
		number_of(s, s->texts.v[i])->n = i;
}

uint32_t store_add_text(struct store *s, const char *text)
{
	struct cache_entry *e;
	size_t bytes;

	if (!text)
		return 0;
	index_texts(s);
	e = number_of(s, text);
	if (e->n && strcmp(s->texts.v[e->n], text) == 0)
		return (uint32_t)e->n;
	bytes = strlen(text) + 1;
	if (s->bytes + bytes > STORE_MOST) {
		s->full = 1;
		return 0;
	}
	if (!s->texts.n)
		vec_push(&s->texts, NULL);
	e->n = s->texts.n;
	s->bytes += bytes;
	vec_push(&s->texts, arena_strndup(&s->arena, text, bytes - 1));
	return (uint32_t)s->texts.n - 1;
}

void store_add(struct store *s, uint32_t what, uint64_t key, const struct store_frame *frames, size_t n)
{
	size_t bytes = sizeof(struct store_answer) + n * sizeof *frames;

	if (s->full || s->bytes + bytes > STORE_MOST) {
		s->full = 1;
		return;
	}
	s->bytes += bytes;
	vec_push(&s->answers, (struct store_answer){ .key = key, .what = what, .first = (uint32_t)s->frames.n, .n = (uint32_t)n });
	for (size_t i = 0; i < n; i++)
		vec_push(&s->frames, frames[i]);
	index_answer(s, s->answers.n - 1);
}

/* ---- bytes ---- */

void store_encode(const struct store *s, const char *identity, struct buf *out)
{
	struct header h = {
		.identity_bytes = (uint32_t)strlen(identity), .answers = (uint32_t)s->answers.n, .frames = (uint32_t)s->frames.n,
		.texts = (uint32_t)s->texts.n, .alt_path = s->alt_path, .alt_stamp = s->alt_stamp,
	};

	memcpy(h.magic, magic, sizeof magic);
	for (size_t i = 1; i < s->texts.n; i++)
		h.text_bytes += (uint32_t)strlen(s->texts.v[i]) + 1;
	buf_add(out, &h, sizeof h);
	buf_add(out, s->answers.v, s->answers.n * sizeof *s->answers.v);
	buf_add(out, s->frames.v, s->frames.n * sizeof *s->frames.v);
	buf_add(out, identity, h.identity_bytes);
	for (size_t i = 1; i < s->texts.n; i++)
		buf_add(out, s->texts.v[i], strlen(s->texts.v[i]) + 1);
}

/* The parts' sizes add up to what there is. */
static int is_whole(const struct header *h, size_t bytes)
{
	return bytes <= STORE_MOST && sizeof *h + (uint64_t)h->answers * sizeof(struct store_answer)
	       + (uint64_t)h->frames * sizeof(struct store_frame) + h->identity_bytes + (uint64_t)h->text_bytes == bytes;
}

/* So many texts as the header says, each with its NUL. */
static int decode_texts(struct store *s, const struct header *h, const char *blob)
{
	const char *at = arena_copy(&s->arena, blob, h->text_bytes), *end = at + h->text_bytes;

	if (h->text_bytes && end[-1])
		return -1;
	vec_push(&s->texts, NULL);
	for (; at < end && s->texts.n < h->texts; at += strlen(at) + 1)
		vec_push(&s->texts, at);
	return at == end && s->texts.n >= h->texts && h->alt_path < s->texts.n && h->alt_stamp < s->texts.n ? 0 : -1;
}

static int numbers_are_good(const struct store *s)
{
	for (size_t i = 0; i < s->answers.n; i++) {
		const struct store_answer *a = &s->answers.v[i];

		if (!a->what || a->n > STORE_DEEPEST || a->first > s->frames.n || a->n > s->frames.n - a->first)
			return 0;
	}
	for (size_t i = 0; i < s->frames.n; i++) {
		const struct store_frame *f = &s->frames.v[i];

		if (f->function >= s->texts.n || f->raw >= s->texts.n || f->file >= s->texts.n)
			return 0;
	}
	return 1;
}

static int decode(struct store *s, const struct header *h, const char *at)
{
	vec_reserve(&s->answers, h->answers + 1);
	s->answers.n = h->answers;
	memcpy(s->answers.v, at, h->answers * sizeof *s->answers.v);
	at += h->answers * sizeof *s->answers.v;
	vec_reserve(&s->frames, h->frames + 1);
	s->frames.n = h->frames;
	memcpy(s->frames.v, at, h->frames * sizeof *s->frames.v);
	at += h->frames * sizeof *s->frames.v + h->identity_bytes;
	return decode_texts(s, h, at) == 0 && numbers_are_good(s) ? 0 : -1;
}

int store_decode(struct store *s, const char *identity, const void *data, size_t bytes)
{
	const char *at = data;
	struct header h;

	if (bytes < sizeof h)
		return -1;
	memcpy(&h, at, sizeof h);
	at += sizeof h;
	if (memcmp(h.magic, magic, sizeof magic) != 0 || !is_whole(&h, bytes) || h.identity_bytes != strlen(identity)
	    || memcmp(at + h.answers * sizeof(struct store_answer) + h.frames * sizeof(struct store_frame), identity, h.identity_bytes) != 0)
		return -1;
	if (decode(s, &h, at) < 0) {
		store_free(s);
		return -1;
	}
	for (size_t i = 0; i < s->answers.n; i++)
		index_answer(s, i);
	s->bytes = bytes;
	s->loaded = s->answers.n;
	s->alt_path = h.alt_path;
	s->alt_stamp = h.alt_stamp;
	return 0;
}

void store_free(struct store *s)
{
	vec_free(&s->answers);
	vec_free(&s->frames);
	vec_free(&s->texts);
	cache_free(&s->index);
	cache_free(&s->by_text);
	arena_free(&s->arena);
	*s = (struct store){ 0 };
}
