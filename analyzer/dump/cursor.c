#include "cursor.h"

#include <stdlib.h>

#include "util/alloc.h"

void cursor_init(struct cursor *c, struct dump *d, struct dump_thread *t)
{
	*c = (struct cursor){ .dump = d, .thread = t };
}

void cursor_free(struct cursor *c)
{
	free(c->buf);
	c->buf = NULL;
}

void cursor_restart(struct cursor *c, struct dump *d, struct dump_thread *t)
{
	struct cursor was = *c;
	*c = (struct cursor){ .dump = d, .thread = t, .buf = was.buf, .room = was.room, .regressions = was.regressions,
		.done = was.done, .skip_functions = was.skip_functions };
}

/* An absolute time of the stream; one that cannot be true is not believed: the scan has noted it. */
static void set_time(struct cursor *c, uint64_t ticks)
{
	if (ticks >= c->dump->min_ticks && ticks <= c->dump->max_ticks)
		c->now = ticks;
}

static uint64_t ns_slow(struct cursor *c, uint64_t ticks)
{
	const struct clock_piece *p = clock_piece(&c->dump->clock, ticks, &c->until);
	uint64_t ns = clock_ns(&c->dump->clock, ticks), cut = c->dump->cut_ticks;
	c->cut = ticks > cut;
	if (c->until > cut)
		c->until = cut == UINT64_MAX ? cut : cut + 1;  /* so that we come here again for anything later */
	uint64_t start = p->ns - (uint64_t)c->dump->clock.origin;
	int whole = p->ticks <= ticks && start <= INT64_MAX;  /* from the piece's start on: a time is the same whoever asks */
	c->from = whole ? p->ticks : ticks;
	c->base = whole ? start : ns;
	c->mult = p->mult;
	return ns;
}

static inline uint64_t ns_of(struct cursor *c, uint64_t ticks)
{
	if (ticks < c->from || ticks >= c->until)
		return ns_slow(c, ticks);
	return c->base + (uint64_t)((cursor_u128)(ticks - c->from) * c->mult >> 32);
}

static int read_stretch(struct cursor *c, uint64_t offset, uint32_t bytes, uint32_t skip)
{
	if (bytes > c->room) {
		c->buf = xrealloc(c->buf, bytes, 1);
		c->room = bytes;
	}
	long n = dump_file_read(&c->dump->file, offset, c->buf, bytes);
	if (n < (long)skip)
		n = skip = 0;
	c->offset = offset;
	c->done += (uint64_t)n;
	c->walk = (struct dump_walk){ c->buf + skip / 4, c->buf + (n & ~3l) / 4, NULL, 0 };
	return 1;
}

static int next_stretch(struct cursor *c)
{
	if (!c->thread) {
		if (c->next >= c->dump->late.n)
			return 0;
		read_stretch(c, c->dump->late.v[c->next++], HP_CHUNK_BYTES, sizeof(struct hp_chunk));
		uint32_t pid = ((const struct hp_chunk *)(const void *)c->buf)->pid;
		c->scope = dump_scope_find(c->dump, pid, pid != c->dump->file.header.pid);
		return 1;
	}
	const struct dump_segment *s;
	do {
		if (c->next >= c->thread->segments.n)
			return 0;
		s = &c->thread->segments.v[c->next++];
	} while (c->skip_functions && !s->others);
	if (s->bytes < sizeof(struct hp_r_owner))
		return read_stretch(c, s->offset, 0, 0);
	set_time(c, s->ticks);
	return read_stretch(c, s->offset, s->bytes, sizeof(struct hp_r_owner));
}

/* What cursor_next must know of a kind, in one look; kinds with a word for the time are in dump_time_word. */
enum {
	NEAR = 1,      /* dump_is_near */
	FOLLOW = 2,    /* near_follows */
	UNTIMED = 4,   /* happens together with the event before it */
	FUNCTION = 8,  /* entries, exits and cuts of calls */
};
static const uint8_t traits[256] = {
	[HP_R_ALLOC_NEAR] = NEAR, [HP_R_FREE_NEAR0] = NEAR, [HP_R_FREE_NEAR1] = NEAR, [HP_R_UNLOCK_LAST] = NEAR, [HP_R_LOCK_AGAIN] = NEAR,
	[HP_R_IO_NEAR] = NEAR,
	[HP_R_LOCK] = FOLLOW, [HP_R_LOCK_WAIT] = FOLLOW, [HP_R_UNLOCK] = FOLLOW, [HP_R_UNLOCK_WAITED] = FOLLOW,
	[HP_R_ALLOC_SAMPLE] = UNTIMED, [HP_R_CPU] = UNTIMED,
	[DUMP_FN_ENTER] = FUNCTION, [DUMP_FN_EXIT] = FUNCTION, [HP_R_FN_ENTER_WIDE] = FUNCTION, [HP_R_FN_CUT] = FUNCTION,
};

static int is_untimed(unsigned kind)
{
	return (traits[kind] & UNTIMED) != 0;
}

/* Makes what a LATE record wraps the current event; 0 if that is nothing. */
static int unwrap(struct cursor *c, struct dump_event *e)
{
	const struct hp_r_late *late = (const void *)e->r.w;
	uint64_t ticks = hp_u64(late->ticks);
	struct dump_walk inner = { e->r.w + sizeof *late / 4, e->r.w + e->r.words, NULL, 0 };
	e->thread = c->scope ? dump_thread_by_uid(c->dump, c->scope, late->uid) : c->thread;
	if (!e->thread || dump_walk_next(&inner, &e->r) <= 0)
		return 0;
	if (dump_is_near(e->r.kind)) {
		if (!near_widen(&c->near, &e->r, c->dump->file.header.near, (uint32_t)ticks))
			return 0;
	} else if (!(e->r.kind & 1) && !dump_time_word[e->r.kind] && !is_untimed(e->r.kind))
		return 0;
	set_time(c, ticks);
	e->late = 1;
	return 1;
}

/* Records that are no plain events: 1 if there is one in them all the same. */
static int consume(struct cursor *c, struct dump_event *e)
{
	switch (e->r.kind) {
	case HP_R_TIME:  set_time(c, hp_u64(((const struct hp_r_time *)(const void *)e->r.w)->ticks)); return 0;
	case HP_R_CLOCK: set_time(c, hp_u64(((const struct hp_r_clock *)(const void *)e->r.w)->ticks)); return 0;
	case HP_R_LATE:  return unwrap(c, e);
	case HP_R_OWNER: c->walk.at = c->walk.end; return 0;  /* the chunk was handed on since the scan */
	default:         return is_untimed(e->r.kind);
	}
}

static inline void stamp(struct cursor *c, struct dump_event *e)
{
	uint64_t was = e->ns, ns = ns_of(c, c->now);
	e->ticks = c->now;
	e->stamp = ns;
	e->ns = ns;
	if (__builtin_expect(ns < was, 0)) {
		e->ns = was;
		c->regressions++;
	}
}

/* Whether the event is past the end of what is read of a running process; a thread has no more then. */
static int cut_off(struct cursor *c)
{
	if (c->now <= c->dump->cut_ticks)
		return 0;
	if (c->thread) {
		c->walk.at = c->walk.end;
		c->next = c->thread->segments.n;
	}
	return 1;
}

/* Of a run of records that say no more than their time, the last one's is enough: all are near an absolute one. */
static void pass_functions(struct cursor *c)
{
	const uint32_t *at = c->walk.at, *last = NULL;
	while (at < c->walk.end && *at & 1 && c->walk.end - at > (*at >> 1 & 1)) {
		last = at;
		at += 1 + (*at >> 1 & 1);
	}
	c->walk.at = at;
	if (last)
		c->now = hp_nearest(c->now, *last >> 2, HP_FN_TIME_BITS);
}

/* The time that the record says, if it is an event; 0: it is none. */
static inline int take_time(struct cursor *c, struct dump_event *e)
{
	const uint32_t *w = e->r.w;
	unsigned kind = e->r.kind, at = dump_time_word[kind];
	if (at) {
		c->now += (uint64_t)(int64_t)(int32_t)(w[at] - (uint32_t)c->now);
		if (traits[kind] & FOLLOW)
			near_follow(&c->near, &e->r);
		return 1;
	}
	if (traits[kind] & NEAR) {
		c->now += (uint64_t)(int64_t)((int32_t)((*w >> 8 << 8) - ((uint32_t)c->now << 8)) >> 8);
		return near_widen(&c->near, &e->r, c->dump->file.header.near, (uint32_t)c->now);
	}
	if (kind & 1) {
		c->now += (uint64_t)(int64_t)((int32_t)((*w >> 2 << 2) - ((uint32_t)c->now << 2)) >> 2);
		return 1;
	}
	return consume(c, e);
}

int cursor_next(struct cursor *c)
{
	struct dump_event *e = &c->event;
	for (;;) {
		if (c->skip_functions)
			pass_functions(c);
		while (dump_walk_next(&c->walk, &e->r) <= 0)
			if (!next_stretch(c))
				return 0;
		e->offset = c->offset + (uint64_t)((const char *)e->r.w - (const char *)c->buf);
		e->thread = c->thread;
		if (!take_time(c, e))
			continue;
		unsigned is = traits[e->r.kind];
		if (__builtin_expect(!e->thread, 0) || (is & FUNCTION && c->skip_functions))
			continue;  /* a bare record in a late chunk, or not asked for */
		if (is & UNTIMED && e->ns) {
			e->ticks = c->now;
			return 1;
		}
		stamp(c, e);
		if (__builtin_expect(c->cut, 0) && cut_off(c))
			continue;
		return 1;
	}
}
