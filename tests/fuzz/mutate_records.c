/* mutate_records.c - changes to records: their words, kinds, lengths, times, and where they stand. */
#include <string.h>

#include "dump/record.h"
#include "mutate.h"

enum { RECORDS_MAX = HP_CHUNK_BYTES / 4, LONGEST_PAYLOAD = 64 };

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
	struct extent *e = &mutated.e[dice(mutated.n)];
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
	if (dump_is_near(kind))
		r[0] = hp_near_word(kind, new_time());
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

/* The number of a lock's owner: one more or less, or that of another owner. */
static void change_order(struct place *x)
{
	uint32_t *w = &x->e->w[x->at];
	unsigned kind = hp_word_kind(*w), step = one_in(2) ? 1 : one_in(2) ? 255 : dice(256);
	if (kind >= HP_R_LOCK && kind <= HP_R_LOCK_FAIL)
		*w = (*w & ~0xff00u) | ((*w >> 8) + step) % 256 << 8;
	else if (kind == HP_R_WAIT)
		*w += step << 24;
	else if (kind == HP_R_LOCK_X)
		x->e->w[x->at + x->words - 1] += step;
}

/* A record's own time, as low bits: a little earlier or later, so that it changes places with those of other threads. */
static void change_time(struct place *x)
{
	uint32_t *w = &x->e->w[x->at], delta = one_in(2) ? dice(1 << dice(24)) : -dice(1 << dice(24));
	unsigned kind = hp_word_kind(*w);
	if (*w & 1)
		*w += delta << 2;
	else if (dump_is_near(kind))
		*w += delta << 8;
	else if (dump_time_word[kind])
		w[dump_time_word[kind]] += delta;
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

void change_record(void)
{
	static void (*const changes[])(struct place *) = {
		change_word, change_word, change_word, change_word, change_first_word, change_kind, change_payload, change_owner,
		change_order, change_time, change_time, insert_record, insert_record, insert_call, copy_record, repeat_record, swap_records, drop_record, jump_in_time,
	};
	struct place x;
	if (any_record(&x))
		changes[dice(sizeof changes / sizeof changes[0])](&x);
}
