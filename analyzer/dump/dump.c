#include "dump.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "scan.h"
#include "util/alloc.h"

enum { CUT_NS = 1000000 };

void dump_note_damage(struct dump *d, uint64_t *counter, uint64_t offset, const char *text)
{
	struct dump_damage *g = &d->damage;
	++*counter;
	if (g->listed < sizeof g->first / sizeof *g->first)
		dump_fail(&g->first[g->listed++], DUMP_E_DAMAGED, offset, "%s", text);
}

struct dump_scope *dump_scope_find(const struct dump *d, uint32_t pid, int forked)
{
	if (!forked)
		return d->scopes.n ? d->scopes.v[0] : NULL;
	uint32_t known = map64_get(&d->by_pid, pid);
	return known == MAP64_NONE ? NULL : d->scopes.v[known];
}

struct dump_scope *dump_scope_of(struct dump *d, uint32_t pid, int forked)
{
	struct dump_scope *s = dump_scope_find(d, pid, forked);
	if (s)
		return s;
	s = arena_zalloc(&d->arena, sizeof *s);
	*s = (struct dump_scope){ .dump = d, .index = (uint32_t)d->scopes.n, .pid = pid, .forked = forked != 0,
		.exe = "", .cwd = "", .host = "", .cmdline = "" };
	vec_push(&d->scopes, s);
	if (forked)
		map64_put(&d->by_pid, pid, s->index);
	return s;
}

static uint64_t uid_key(const struct dump_scope *s, uint32_t uid)
{
	return (uint64_t)s->index << 32 | uid;
}

struct dump_thread *dump_thread_by_uid(const struct dump *d, const struct dump_scope *s, uint32_t uid)
{
	uint32_t i = map64_get(&d->by_uid, uid_key(s, uid));
	return i == MAP64_NONE ? NULL : d->threads.v[i];
}

struct dump_thread *dump_thread_of(struct dump *d, struct dump_scope *s, uint32_t uid, uint32_t tid)
{
	struct dump_thread *t = dump_thread_by_uid(d, s, uid);
	if (!t) {
		t = arena_zalloc(&d->arena, sizeof *t);
		t->scope = s;
		t->uid = uid;
		t->index = (uint32_t)d->threads.n;
		map64_put(&d->by_uid, uid_key(s, uid), t->index);
		vec_push(&d->threads, t);
	}
	if (!t->tid)
		t->tid = tid;
	return t;
}

uint64_t dump_dropped(const struct dump *d)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < 8; i++)
		sum += d->live.dropped[i];
	for (size_t i = 0; i < d->slots.n; i++)
		sum += d->slots.v[i].dropped;
	return sum;
}

static int by_seq(const void *a, const void *b)
{
	const struct dump_segment *x = a, *y = b;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void sort_segments(struct dump *d)
{
	for (size_t i = 0; i < d->threads.n; i++) {
		struct dump_thread *t = d->threads.v[i];
		vec_sort(&t->segments, by_seq);
		if (!t->described && t->segments.n)
			t->start_ticks = t->segments.v[0].ticks;
	}
}

static int by_index_and_time(const void *a, const void *b)
{
	const struct dump_lock_def *x = a, *y = b;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->ticks < y->ticks ? -1 : x->ticks > y->ticks;
}

static void sort_lock_defs(struct dump *d)
{
	for (size_t i = 0; i < d->scopes.n; i++)
		vec_sort(&d->scopes.v[i]->lock_defs, by_index_and_time);
}

/*
 * No event can be later than now, give or take a day for clocks that disagree. Some are stamped before the recorder's
 * start sample: a forked child opens its dump in the middle of one.
 */
static void bound_times(struct dump *d)
{
	const uint64_t day = 86400;
	const struct hp_header *h = &d->file.header;
	uint64_t rate = h->ticks_per_second, now = (uint64_t)time(NULL), start = h->start.realtime / 1000000000u;
	uint64_t seconds = (now > start ? now - start : 0) + day, length;
	if (__builtin_mul_overflow(seconds, rate, &length) || length > UINT64_MAX / 2)
		length = UINT64_MAX / 2;
	d->min_ticks = h->start.ticks > rate ? h->start.ticks - rate : 0;
	d->max_ticks = h->start.ticks > UINT64_MAX - length ? UINT64_MAX : h->start.ticks + length;
	d->last_ticks = h->start.ticks;
}

static uint64_t monotonic_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/*
 * A running process goes on while its chunks are read one after the other. All threads are cut at one time, a little
 * before the reading began, so that what is live and who holds what fits together.
 */
static void cut_running(struct dump *d, uint64_t opened)
{
	uint64_t origin = (uint64_t)d->clock.origin, when = opened - CUT_NS;
	d->cut_ticks = UINT64_MAX;
	if (!d->file.running || when <= origin)
		return;
	d->cut_ticks = clock_ticks(&d->clock, when - origin);
	if (d->last_ticks > d->cut_ticks)
		d->last_ticks = d->cut_ticks;
}

/* Aligned to cache lines, as the headers that it holds are. */
static struct dump *new_dump(void)
{
	const uintptr_t line = _Alignof(struct dump);
	void *block = xcalloc(1, sizeof(struct dump) + line);
	struct dump *d = (void *)(((uintptr_t)block + line - 1) / line * line);
	d->block = block;
	return d;
}

int dump_open(struct dump **out, const char *path, struct dump_error *e)
{
	struct dump *d = new_dump();
	*out = NULL;
	int code = dump_file_open(&d->file, path, e);
	if (code) {
		free(d->block);
		return code;
	}
	dump_scope_of(d, d->file.header.pid, 0);
	d->scopes.v[0]->ppid = d->file.header.ppid;
	d->scopes.v[0]->start = d->file.header.start;
	uint64_t opened = monotonic_now();
	bound_times(d);
	scan_dump(d);
	clock_ready(&d->clock, &d->file.header);
	cut_running(d, opened);
	sort_segments(d);
	sort_lock_defs(d);
	if (dump_file_read(&d->file, 0, &d->live, sizeof d->live) != sizeof d->live)
		d->live = d->file.header;
	*out = d;
	return 0;
}

void dump_close(struct dump *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->threads.n; i++)
		vec_free(&d->threads.v[i]->segments);
	for (size_t i = 0; i < d->scopes.n; i++) {
		struct dump_scope *s = d->scopes.v[i];
		vec_free(&s->nodes);
		vec_free(&s->modules);
		vec_free(&s->lock_defs);
		vec_free(&s->fds);
	}
	vec_free(&d->scopes);
	vec_free(&d->threads);
	vec_free(&d->late);
	vec_free(&d->clears);
	vec_free(&d->slots);
	vec_free(&d->costs);
	vec_free(&d->options);
	vec_free(&d->differences);
	vec_free(&d->filtered);
	vec_free(&d->resident);
	map64_free(&d->by_filtered);
	map64_free(&d->by_uid);
	map64_free(&d->by_pid);
	clock_free(&d->clock);
	arena_free(&d->arena);
	dump_file_close(&d->file);
	free(d->block);
}
