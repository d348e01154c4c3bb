/*
 * mutate.c - changes to dumps that keep them dumps: records, their words, segments, chunks and headers are turned into others
 * of their sort, so that what is tried gets past the reader and into the models.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "dump/record.h"
#include "packed.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two, size_t two_size,
                                 uint8_t *out, size_t max_size, unsigned seed);

enum { RECORDS_MAX = HP_CHUNK_BYTES / 4, LONGEST_PAYLOAD = 64, CHANGES = 5 };

static struct packed p, other;
static uint64_t state;

static uint32_t dice(uint32_t sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 33) % sides);
}

static int one_in(uint32_t n) { return !dice(n); }

/* ---- values ---- */

static uint64_t start_ticks(void)
{
	for (unsigned i = 0; i < p.n; i++)
		if (!p.e[i].page && p.e[i].bytes >= offsetof(struct hp_header, start) + 8)
			return ((const struct hp_header *)(const void *)p.e[i].w)->start.ticks;
	return 0;
}

/* A word from anywhere in the input: ids and addresses that mean something there. */
static uint32_t known_word(void)
{
	const struct extent *e = &p.e[dice(p.n)];
	return e->bytes ? e->w[dice(e->bytes / 4)] : 0;
}

static uint32_t new_word(uint32_t old)
{
	switch (dice(14)) {
	case 0:  return 0;
	case 1:  return UINT32_MAX;
	case 2:  return 0x80000000;
	case 3:  return 0x7fffffff;
	case 4:  return old + 1;
	case 5:  return old - 1;
	case 6:  return old ^ 1u << dice(32);
	case 7:  return 1u << dice(32);
	case 8:  return dice(256) << 24 | dice(1 << 24);
	case 9:  return (uint32_t)start_ticks() + dice(1 << 20);
	case 10: return old + dice(1 << 12);
	case 11: case 12: return known_word();
	default: return dice(20);
	}
}

static uint64_t new_time(void)
{
	uint64_t far = one_in(3) ? 1ull << dice(64) : dice(1 << 22);
	return one_in(8) ? far : one_in(4) ? start_ticks() - far : start_ticks() + far;
}

/* ---- records ---- */

struct place { struct extent *e; uint32_t at, words, next; };

/* Room for `words` more at word `at` of the extent; 0 when it is full. */
static int make_room(struct extent *e, uint32_t at, uint32_t words)
{
	uint32_t n = e->bytes / 4;
	if (n + words > RECORDS_MAX)
		return 0;
	memmove(e->w + at + words, e->w + at, (n - at) * 4);
	e->bytes += words * 4;
	return 1;
}

static void take_out(struct extent *e, uint32_t at, uint32_t words)
{
	memmove(e->w + at, e->w + at + words, e->bytes - (at + words) * 4);
	e->bytes -= words * 4;
}

static uint32_t find_records(const struct extent *e, uint32_t *at)
{
	uint32_t n = 0;
	struct dump_walk k = { e->w + packed_records(e), e->w + e->bytes / 4, NULL, 0 };
	for (struct dump_record r; dump_walk_next(&k, &r) > 0; )
		at[n++] = (uint32_t)(r.w - e->w);
	return n;
}

static uint32_t words_at(const struct extent *e, uint32_t at)
{
	struct dump_walk k = { e->w + at, e->w + e->bytes / 4, NULL, 0 };
	struct dump_record r;
	return dump_walk_next(&k, &r) > 0 ? r.words : 0;
}

/* Any record of any extent; 0 when the extent that was looked at has none. */
static int any_record(struct place *found)
{
	static uint32_t at[RECORDS_MAX];
	struct extent *e = &p.e[dice(p.n)];
	uint32_t n = find_records(e, at), i = n ? dice(n) : 0;
	if (!n)
		return 0;
	*found = (struct place){ e, at[i], words_at(e, at[i]), at[i + 1 < n ? i + 1 : i] };
	return found->words > 0;
}

static unsigned any_kind(void)
{
	static const uint8_t kinds[] = {
#define HP_RECORD(code, NAME, type, words) code,
#include "hp_records.def"
#undef HP_RECORD
	};
	return kinds[dice(sizeof kinds)];
}

static void fill_record(uint32_t *r, unsigned kind, uint32_t words)
{
	r[0] = hp_word(kind, dice(256), kind >= 0x80 ? words : new_word(0) & 0xffff);
	for (uint32_t i = 1; i < words; i++)
		r[i] = one_in(2) ? dice(8) : new_word(0);
	if (dump_time_word[kind])
		r[dump_time_word[kind]] = (uint32_t)new_time();
	if (kind == HP_R_OWNER || kind == HP_R_TIME)
		hp_put64(r + words - 2, new_time());
}

static void insert_record(struct place *x)
{
	unsigned kind = any_kind();
	uint32_t words = dump_record_words[kind] + (kind >= 0x80 ? dice(LONGEST_PAYLOAD) : 0);
	if (make_room(x->e, x->at, words))
		fill_record(x->e->w + x->at, kind, words);
}

static void insert_call(struct place *x)
{
	if (!make_room(x->e, x->at, 2))
		return;
	x->e->w[x->at] = (uint32_t)new_time() << 2 | HP_FN_ENTER;
	x->e->w[x->at + 1] = one_in(2) ? HP_FN_EXIT | (uint32_t)new_time() << 2 : known_word();
}

static void repeat_record(struct place *x)
{
	for (uint32_t i = 0, n = 1 + dice(one_in(50) ? 1000 : 3); i < n; i++) {
		if (!make_room(x->e, x->at, x->words))
			return;
		memcpy(x->e->w + x->at, x->e->w + x->at + x->words, x->words * 4);
	}
}

/* The same record once more, in another thread, chunk or process. */
static void copy_record(struct place *x)
{
	struct place to;
	uint32_t copy[RECORDS_MAX];
	memcpy(copy, x->e->w + x->at, x->words * 4);
	if (any_record(&to) && make_room(to.e, to.at, x->words))
		memcpy(to.e->w + to.at, copy, x->words * 4);
}

static void swap_records(struct place *x)
{
	uint32_t copy[RECORDS_MAX];
	if (x->next != x->at + x->words)
		return;
	uint32_t after = words_at(x->e, x->next);
	memcpy(copy, x->e->w + x->at, x->words * 4);
	memmove(x->e->w + x->at, x->e->w + x->next, after * 4);
	memcpy(x->e->w + x->at + after, copy, x->words * 4);
}

static void change_kind(struct place *x)
{
	uint32_t *w = &x->e->w[x->at];
	unsigned kind = any_kind();
	if (kind < 0x80 && dump_record_words[kind] > x->words)
		return;
	*w = kind | (*w & ~0xffu);
	if (kind >= 0x80)
		*w = (*w & 0xffff) | x->words << 16;
}

static void change_first_word(struct place *x)
{
	uint32_t *w = &x->e->w[x->at];
	if (one_in(2))
		*w = (*w & ~0xff00u) | dice(256) << 8;
	else
		*w = (*w & 0xffff) | (one_in(4) ? dice(1 << 16) : dice(24)) << 16;
}

static void change_word(struct place *x)
{
	if (x->words < 2)
		return;
	uint32_t *w = &x->e->w[x->at + 1 + dice(x->words - 1)];
	*w = new_word(*w);
}

static void change_payload(struct place *x)
{
	uint32_t fixed = dump_record_words[hp_word_kind(x->e->w[x->at])];
	if (hp_word_kind(x->e->w[x->at]) >= 0x80 && x->words > fixed)
		LLVMFuzzerMutate((uint8_t *)(x->e->w + x->at + fixed), (x->words - fixed) * 4, (x->words - fixed) * 4);
}

static void jump_in_time(struct place *x)
{
	if (!make_room(x->e, x->at, 3))
		return;
	x->e->w[x->at] = hp_word(HP_R_TIME, 0, 0);
	hp_put64(x->e->w + x->at + 1, new_time());
}

static void drop_record(struct place *x) { take_out(x->e, x->at, x->words); }

/* The thread, process and place in the order of a segment. */
static void change_owner(struct place *x)
{
	struct hp_r_owner *r = (void *)&x->e->w[x->at];
	if (hp_word_kind(r->w) != HP_R_OWNER || r->w & 1) {
		if (!make_room(x->e, x->at, sizeof *r / 4))
			return;
		*r = (struct hp_r_owner){ .w = hp_word(HP_R_OWNER, 0, 0) };
		hp_put64(r->ticks, new_time());
	}
	switch (dice(5)) {
	case 0: r->uid = dice(4); break;
	case 1: r->pid = known_word(); break;
	case 2: r->seq = new_word(r->seq); break;
	case 3: r->flags ^= HP_OWNER_FORKED; break;
	case 4: hp_put64(r->ticks, new_time()); break;
	}
}

static void change_record(void)
{
	static void (*const changes[])(struct place *) = {
		change_word, change_word, change_word, change_word, change_first_word, change_kind, change_payload, change_owner,
		insert_record, insert_record, insert_call, copy_record, repeat_record, swap_records, drop_record, jump_in_time,
	};
	struct place x;
	if (any_record(&x))
		changes[dice(sizeof changes / sizeof changes[0])](&x);
}

/* ---- chunks, slots and the header ---- */

static void copy_chunk(struct extent *e)
{
	if (p.n == PACKED_EXTENTS)
		return;
	p.e[p.n] = *e;
	p.e[p.n].page = e->page % PACKED_PAGES_A_CHUNK + PACKED_PAGES_A_CHUNK * (1 + dice(p.n + 2));
	p.n++;
}

static void drop_chunk(struct extent *e)
{
	if (p.n > 2 && e != &p.e[0])
		*e = p.e[--p.n];
}

static void change_chunk(struct extent *e)
{
	struct hp_chunk *h = (void *)e->w;
	if (e->bytes < sizeof *h || e->page % PACKED_PAGES_A_CHUNK || !e->page)
		return;
	switch (dice(4)) {
	case 0: h->kind = 1 + dice(5); break;
	case 1: h->pid = known_word(); break;
	case 2: e->page = PACKED_PAGES_A_CHUNK * (1 + dice(p.n + 2)); break;
	case 3: e->w[dice(sizeof *h / 4)] = new_word(known_word()); break;
	}
}

/* Any word: of slots, and of the header. */
static void change_any_word(struct extent *e)
{
	uint32_t n = e->bytes / 4;
	if (n) {
		uint32_t *w = &e->w[dice(n)];
		*w = new_word(*w);
	}
}

static void change_length(struct extent *e)
{
	uint32_t most = e->bytes + 256 < sizeof e->w ? e->bytes + 256 : (uint32_t)sizeof e->w;
	uint32_t bytes = dice(most + 1) & ~3u;
	for (uint32_t i = e->bytes / 4; i < bytes / 4; i++)
		e->w[i] = one_in(4) ? new_word(0) : 0;
	e->bytes = bytes;
}

static void change_bytes(struct extent *e)
{
	e->bytes = (uint32_t)LLVMFuzzerMutate((uint8_t *)e->w, e->bytes, sizeof e->w) & ~3u;
}

static void change_file(struct extent *e) { e->file = !e->file && one_in(2); }

static void change_extent(void)
{
	static void (*const changes[])(struct extent *) = {
		copy_chunk, drop_chunk, change_chunk, change_chunk, change_any_word, change_any_word, change_length, change_bytes,
		change_file,
	};
	changes[dice(sizeof changes / sizeof changes[0])](&p.e[dice(p.n)]);
}

static void change_head(void)
{
	switch (dice(4)) {
	case 0: p.head.cut = one_in(4) ? dice(4 * HP_CHUNK_BYTES) : 0; break;
	case 1: p.head.from_us = dice(200); break;
	case 2: p.head.to_us = dice(200); break;
	case 3: p.head.flags ^= 1u << dice(7); break;
	}
}

/* ---- what makes it a dump ---- */

static void mend_header(struct hp_header *h)
{
	uint32_t chunks = 1;
	for (unsigned i = 0; i < p.n; i++)
		if (p.e[i].page / PACKED_PAGES_A_CHUNK >= chunks)
			chunks = p.e[i].page / PACKED_PAGES_A_CHUNK + 1;
	memcpy(h->magic, HP_MAGIC, sizeof h->magic);
	h->endian = HP_ENDIAN;
	h->version = HP_VERSION;
	h->chunk_bytes = HP_CHUNK_BYTES;
	if (!one_in(16))
		h->next_chunk = chunks;
}

static void mend(struct extent *e)
{
	struct hp_chunk *h = (void *)e->w;
	if (!e->page) {
		for (; e->bytes < sizeof(struct hp_header); e->bytes += 4)
			e->w[e->bytes / 4] = 0;
		mend_header((void *)e->w);
	} else if (e->page % PACKED_PAGES_A_CHUNK == 0 && e->bytes >= sizeof *h) {
		h->magic = HP_CHUNK_MAGIC;
		h->index = e->page / PACKED_PAGES_A_CHUNK;
		if (!h->kind || h->kind > HP_CHUNK_SLOTS)
			h->kind = HP_CHUNK_EVENTS;
	}
}

static size_t finish(uint8_t *data, size_t max_size)
{
	for (unsigned i = 0; i < p.n; i++)
		if (!one_in(100))
			mend(&p.e[i]);
	return packed_write(&p, data, max_size);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	state = seed;
	packed_read(&p, data, size);
	if (!p.n)
		return LLVMFuzzerMutate(data, size, max_size);
	for (unsigned i = 0, n = 1 + dice(CHANGES); i < n; i++) {
		if (one_in(30))
			change_head();
		else if (one_in(5))
			change_extent();
		else
			change_record();
	}
	return finish(data, max_size);
}

/* Chunks of the other one come in, in the place of others or behind them. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two, size_t two_size,
                                 uint8_t *out, size_t max_size, unsigned seed)
{
	state = seed;
	packed_read(&p, one, one_size);
	packed_read(&other, two, two_size);
	for (unsigned i = 0, n = other.n && p.n ? 1 + dice(other.n) : 0; i < n; i++) {
		const struct extent *from = &other.e[dice(other.n)];
		if (one_in(2) && p.n < PACKED_EXTENTS)
			p.e[p.n++] = *from;
		else
			p.e[dice(p.n)] = *from;
	}
	return finish(out, max_size);
}
