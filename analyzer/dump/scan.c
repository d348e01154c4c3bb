#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "meta.h"
#include "util/alloc.h"

struct scan {
	struct dump *dump;
	uint32_t *buf;              /* one chunk */
	uint32_t bytes;             /* of it that the file has */
	uint64_t offset;            /* of the chunk in the file */
	VEC(uint32_t) meta;         /* chunks of metadata, read last */

	struct dump_scope *scope;   /* of the records being walked */
	struct dump_thread *thread; /* NULL: before the first OWNER */
	uint32_t owner_flags;       /* of its segment: HP_OWNER_* */
	struct dump_segment segment;
	struct dump_record last;    /* the record before the one at hand */
	uint64_t now;               /* last absolute time */
};

static uint64_t offset_of(const struct scan *s, const uint32_t *w)
{
	return s->offset + (uint64_t)((const char *)w - (const char *)s->buf);
}

/* 0: it cannot be true. */
static int note_time(struct scan *s, uint64_t ticks)
{
	struct dump *d = s->dump;
	if (ticks < d->min_ticks || ticks > d->max_ticks)
		return 0;
	s->now = ticks;
	if (ticks > d->last_ticks)
		d->last_ticks = ticks;
	return 1;
}

/* A time that a record of this stretch of the file states in full; cursors do not believe those that cannot be true either. */
static void note_stated_time(struct scan *s, const uint32_t *w, uint64_t ticks)
{
	if (!note_time(s, ticks))
		dump_note_damage(s->dump, &s->dump->damage.records, offset_of(s, w), "a time outside of the recording");
}

/* A short time counts from the last absolute one: no more than a quarter of its range lies between them. */
static void note_short_time(struct scan *s, const struct dump_record *r)
{
	if (r->kind & 1)
		note_time(s, hp_nearest(s->now, *r->w >> 2, HP_FN_TIME_BITS));
	else if (dump_is_near(r->kind))
		note_time(s, hp_nearest(s->now, *r->w >> 8, HP_NEAR_TIME_BITS));
	else if (dump_time_word[r->kind])
		note_time(s, hp_nearest(s->now, r->w[dump_time_word[r->kind]], 32));
}

static void note_last_words(struct dump_scope *scope, uint32_t flags)
{
	scope->moved |= (flags & HP_OWNER_MOVED) != 0;
	if (!(flags & HP_OWNER_EXITED))
		return;
	scope->exited = 1;
	scope->exit_status = (int32_t)flags >> HP_OWNER_STATUS_SHIFT;
}

static void end_segment(struct scan *s, const uint32_t *end)
{
	if (!s->thread)
		return;
	note_short_time(s, &s->last);
	s->segment.bytes = (uint32_t)(offset_of(s, end) - s->segment.offset);
	vec_push(&s->thread->segments, s->segment);
	note_last_words(s->thread->scope, s->owner_flags);
	s->thread = NULL;
}

static void begin_segment(struct scan *s, const struct hp_r_owner *r)
{
	int forked = r->flags & HP_OWNER_FORKED || r->pid != s->dump->file.header.pid;
	s->scope = dump_scope_of(s->dump, r->pid, forked);
	s->thread = dump_thread_of(s->dump, s->scope, r->uid, r->tid);
	s->owner_flags = r->flags;
	s->segment = (struct dump_segment){ .offset = offset_of(s, &r->w), .seq = r->seq, .ticks = hp_u64(r->ticks) };
	note_stated_time(s, &r->w, s->segment.ticks);
}

static void take_clock(struct scan *s, const uint32_t *ticks, const uint32_t *monotonic, const uint32_t *realtime, const uint32_t *boottime)
{
	struct hp_clocks at = { hp_u64(ticks), hp_u64(monotonic), hp_u64(realtime), hp_u64(boottime) };
	clock_sample(&s->dump->clock, &at);
}

static void take_meta(struct scan *s, const struct dump_record *r)
{
	struct dump_scope *was = s->scope;
	meta_record(s->dump, &s->scope, r);
	if (s->scope != was && s->thread)
		s->thread = dump_thread_of(s->dump, s->scope, s->thread->uid, s->thread->tid);
}

static void take_late(struct scan *s, const struct hp_r_late *r)
{
	dump_thread_of(s->dump, s->scope, r->uid, 0);
	note_stated_time(s, &r->w, hp_u64(r->ticks));
}

/* Figures are cleared at one time for all threads, so it is known before they are worked out. */
static void take_control(struct scan *s, const struct dump_record *r)
{
	if (hp_word_sub(*r->w) == HP_CONTROL_CLEAR)
		vec_push(&s->dump->clears, hp_nearest(s->now, r->w[dump_time_word[r->kind]], 32));
}

static void take(struct scan *s, const struct dump_record *r)
{
	const struct hp_r_clock *c = (const void *)r->w;
	const struct hp_r_end *e = (const void *)r->w;
	switch (r->kind) {
	case HP_R_OWNER:
		end_segment(s, r->w);
		begin_segment(s, (const void *)r->w);
		return;
	case HP_R_TIME:
		note_stated_time(s, r->w, hp_u64(((const struct hp_r_time *)(const void *)r->w)->ticks));
		return;
	case HP_R_CLOCK:
		note_stated_time(s, r->w, hp_u64(c->ticks));
		take_clock(s, c->ticks, c->monotonic, c->realtime, c->boottime);
		return;
	case HP_R_END:
		note_time(s, hp_u64(e->ticks));
		take_clock(s, e->ticks, e->monotonic, e->realtime, e->boottime);
		break;
	case HP_R_LATE:
		if (s->scope)
			take_late(s, (const void *)r->w);
		break;
	case HP_R_CONTROL:
		take_control(s, r);
		break;
	case DUMP_FN_ENTER: case DUMP_FN_EXIT:
		s->segment.functions = 1;
		s->dump->functions++;
		return;
	case HP_R_FN_ENTER_WIDE:
		s->segment.functions = 1;
		s->dump->functions++;
		break;
	default:
		if (meta_is(r->kind) && s->scope)
			take_meta(s, r);
		break;
	}
	s->segment.others = 1;
}

/* Entries and exits of functions, one behind the other, which say nothing but their time. */
static void pass_functions(struct scan *s, struct dump_walk *k)
{
	struct dump *d = s->dump;
	const uint32_t *at = k->at, *was = NULL;
	uint64_t n = 0;
	while (at < k->end && *at & 1 && at + 1 + (*at >> 1 & 1) <= k->end) {
		was = at;
		at += 1 + (*at >> 1 & 1);
		n++;
	}
	if (!n)
		return;
	s->last = (struct dump_record){ .w = was, .kind = *was & 3, .words = 1 + (*was >> 1 & 1) };
	s->segment.functions = 1;
	d->functions += n;
	d->records += n;
	d->bytes += (uint64_t)(at - k->at) * 4;
	k->at = at;
}

/* Walks bytes from..to of the chunk. scope: whose records stand there before the first OWNER, NULL: none may. */
static void walk(struct scan *s, uint32_t from, uint32_t to, struct dump_scope *scope)
{
	struct dump *d = s->dump;
	struct dump_walk k = { s->buf + from / 4, s->buf + to / 4, NULL, 0 };
	struct dump_record r;
	const uint32_t *last = k.at;
	s->scope = scope;
	s->thread = NULL;
	while (dump_walk_next(&k, &r) > 0) {
		take(s, &r);
		s->last = r;
		d->records++;
		d->bytes += r.words * 4;
		if (!s->thread && !scope) {
			dump_note_damage(d, &d->damage.records, offset_of(s, r.w), "records before the first OWNER of their chunk");
			return;
		}
		pass_functions(s, &k);
		last = k.at;
	}
	end_segment(s, last);
	d->torn_records += k.torn;
	if (k.fault)
		dump_note_damage(d, &d->damage.records, offset_of(s, k.at), k.fault);
}

static void walk_pieces(struct scan *s)
{
	for (uint32_t at = 0; at < s->bytes; at += HP_PIECE_BYTES) {
		uint32_t end = at + HP_PIECE_BYTES < s->bytes ? at + HP_PIECE_BYTES : s->bytes;
		walk(s, at ? at : (uint32_t)sizeof(struct hp_chunk), end, NULL);
	}
}

static void take_slots(struct scan *s, uint32_t from, uint32_t count)
{
	for (uint32_t i = 0; i < count && from + (i + 1) * sizeof(struct hp_slot) <= s->bytes; i++) {
		const struct hp_slot *slot = (const void *)((const char *)s->buf + from + i * sizeof *slot);
		if (slot->op || slot->dropped || slot->state == HP_SLOT_LIVE)
			vec_push(&s->dump->slots, *slot);
	}
}

/* Reads a chunk; 0 if it starts with a header that fits, < 0 if there is nothing of use in it. */
static int read_chunk(struct scan *s, uint32_t index)
{
	struct dump *d = s->dump;
	const struct hp_chunk *h = (const void *)s->buf;
	s->offset = (uint64_t)index * HP_CHUNK_BYTES;
	long n = dump_file_read(&d->file, s->offset, s->buf, HP_CHUNK_BYTES);
	if (n < 0)
		dump_note_damage(d, &d->damage.chunks, s->offset, "cannot be read");
	if (n < (long)sizeof *h)
		return -1;
	s->bytes = (uint32_t)n & ~3u;
	if (index == 0)
		return 0;
	if (h->magic == HP_CHUNK_MAGIC && h->index == index && h->kind && h->kind < 256)
		return 0;
	for (uint32_t i = h->magic ? 0 : sizeof *h / 4; i < s->bytes / 4; i++) {
		if (!s->buf[i])
			continue;
		dump_note_damage(d, &d->damage.chunks, s->offset,
				h->magic == HP_CHUNK_MAGIC ? "a chunk of another place or kind" : "not a chunk, but not empty");
		break;
	}
	return -1;
}

static void take_resident(struct scan *s, uint32_t pid)
{
	struct dump_walk k = { s->buf + sizeof(struct hp_chunk) / 4, s->buf + s->bytes / 4, NULL, 0 };
	struct dump_record r;
	while (dump_walk_next(&k, &r) > 0)
		if (r.kind == HP_R_RESIDENT)
			scan_resident(s->dump, pid, &r, offset_of(s, r.w));
	if (k.fault)
		dump_note_damage(s->dump, &s->dump->damage.records, offset_of(s, k.at), k.fault);
}

static void scan_chunk(struct scan *s, uint32_t index)
{
	const struct hp_chunk *h = (const void *)s->buf;
	if (read_chunk(s, index) < 0)
		return;
	if (index == 0) {
		take_slots(s, HP_SLOTS_OFFSET, s->dump->file.header.thread_slots);
		return;
	}
	clock_sample(&s->dump->clock, &h->at);
	s->dump->bytes += sizeof *h;
	switch (h->kind) {
	case HP_CHUNK_EVENTS: walk(s, sizeof *h, s->bytes, NULL); break;
	case HP_CHUNK_FORK:   walk_pieces(s); break;
	case HP_CHUNK_META:   vec_push(&s->meta, index); break;
	case HP_CHUNK_RESIDENT: take_resident(s, h->pid); break;
	case HP_CHUNK_SLOTS:  take_slots(s, sizeof *h, HP_CHUNK_BYTES / sizeof(struct hp_slot)); break;
	case HP_CHUNK_FILTERED:
		scan_filtered(s->dump, dump_scope_of(s->dump, h->pid, h->pid != s->dump->file.header.pid),
				(const void *)(h + 1), (s->bytes - sizeof *h) / sizeof(struct hp_filtered));
		break;
	case HP_CHUNK_LATE:
		walk(s, sizeof *h, s->bytes, dump_scope_of(s->dump, h->pid, h->pid != s->dump->file.header.pid));
		vec_push(&s->dump->late, s->offset);
		break;
	default: break;
	}
}

static void scan_meta(struct scan *s, uint32_t index)
{
	const struct hp_chunk *h = (const void *)s->buf;
	if (read_chunk(s, index) == 0 && h->kind == HP_CHUNK_META)
		walk(s, sizeof *h, s->bytes, dump_scope_of(s->dump, h->pid, h->pid != s->dump->file.header.pid));
}

void scan_dump(struct dump *d)
{
	struct scan s = { .dump = d, .buf = xmalloc(HP_CHUNK_BYTES) };
	uint32_t chunks = d->file.chunks;
	if (d->file.cut)
		dump_note_damage(d, &d->damage.chunks, d->file.size, "the file ends before its last chunk does");
	for (uint32_t i = 0; i < chunks && (i = dump_file_next_data(&d->file, i)) < chunks; i++)
		scan_chunk(&s, i);
	for (size_t i = 0; i < s.meta.n; i++)
		scan_meta(&s, s.meta.v[i]);
	for (uint32_t i = chunks, now = dump_file_chunks_now(&d->file); d->file.running && i < now; i++)
		scan_meta(&s, i);
	vec_free(&s.meta);
	free(s.buf);
}
