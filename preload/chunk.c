/*
 * chunk.c - chunks change hands here: a counter in the header gives them out, a thread fills its own, and what an ended
 * thread leaves is filled by the next one. No lock: each step is one atomic instruction, or touches the thread's own state.
 */
#include "event.h"
#include "state.h"
#include "meta.h"
#include "sys.h"

enum { SMALL_STEP = 8192, SLOW_CLOCKS = 2 };

/*
 * The cursor of a thread without a chunk: beyond any limit. Code that a signal handler has interrupted between its reading
 * of the limit and its reservation, and whose chunk the handler has dropped, reserves from here.
 */
#define NOWHERE ((char *)(UINTPTR_MAX / 2))

void hp_stop(enum hp_stop reason, int error)
{
	struct hp_header *h = hp_state.header;
	uint32_t none = HP_STOP_NONE;
	if (__atomic_compare_exchange_n(&h->stop_reason, &none, reason, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		h->stop_errno = (uint32_t)(error < 0 ? -error : error);
}

void hp_stop_uncommitted(int error)
{
	hp_stop(hp_sandboxed ? HP_STOP_SANDBOX : HP_STOP_DISK_FULL, error);
}

static void write_chunk_header(char *at, enum hp_chunk_kind kind, uint32_t index, uint32_t pid)
{
	struct hp_chunk *c = (struct hp_chunk *)at;
	c->kind = kind;
	c->index = index;
	c->pid = pid;
	c->at = hp_clocks_now();
	HP_STORE(&c->magic, HP_CHUNK_MAGIC);
}

char *hp_chunk_new(enum hp_chunk_kind kind, size_t bytes)
{
	struct hp_header *h = hp_state.header;
	/* Now, as it may be another one later: that of a child, forked by a handler that comes in the middle of this. */
	const uint32_t pid = hp_live->pid;
	if (!pid || HP_RELAXED(&h->stop_reason))
		return NULL;
	if (hp_over(hp_ticks()))
		return NULL;
	if (hp_sandbox_closed) {
		if (!hp_live->forked)  /* the child of one that is free must not stop it */
			hp_stop(HP_STOP_SANDBOX, 0);
		return NULL;
	}
	/* Never beyond the end: a reader would take the file for a cut one. */
	uint32_t index = HP_RELAXED(&h->next_chunk);
	do {
		if (index >= hp_state.chunks_max) {
			hp_stop(HP_STOP_LIMIT, 0);
			return NULL;
		}
	} while (!__atomic_compare_exchange_n(&h->next_chunk, &index, index + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	char *at = hp_file_chunk(index);
	if (!at) {
		hp_stop(hp_sandboxed ? HP_STOP_SANDBOX : HP_STOP_NO_MEMORY, 0);
		return NULL;
	}
	int r = hp_file_commit(at, bytes);
	if (r) {
		hp_stop_uncommitted(r);
		return NULL;
	}
	write_chunk_header(at, kind, index, pid);
	hp_file_release(index);
	return at;
}

/* Each segment can be read by itself: what it does to locks it says in full at first. */
static void forget_locks(struct hp_thread *t)
{
	HP_STORE(&t->last_taken, 0);
	HP_STORE(&t->last_lock, NULL);
}

/*
 * Written into the chunk before the thread can use it: an event of a signal handler in between would otherwise stand
 * in front of it, in the segment of the thread that had the chunk before.
 */
static void start_segment(struct hp_thread *t, char *at, char *limit)
{
	uint64_t mark = HP_RELAXED(&t->time_mark), now = hp_ticks();
	const uint32_t uid = t->uid, pid = t->pid, tid = t->tid, forked = hp_live->forked;
	const uint32_t seq = __atomic_fetch_add(&t->seq, 1, __ATOMIC_RELAXED);
	HP_BARRIER();
	if (!t->live)
		return;  /* wiped: see hp_reserve_slow */
	uint32_t *r = (uint32_t *)at;
	r[0] = hp_word(HP_R_OPEN, HP_R_OWNER, 8);
	r[1] = uid;
	r[2] = pid;
	r[3] = tid;
	r[4] = seq;
	r[5] = forked ? HP_OWNER_FORKED : 0;
	HP_STORE(&hp_live->owner_flags, forked ? r + 5 : NULL);
	hp_put64(r + 6, now);
	hp_commit(r, hp_word(HP_R_OWNER, 0, 0));
	forget_locks(t);
	hp_store_pair(&t->cursor, at + sizeof(struct hp_r_owner), limit);
	forget_locks(t);  /* again: a handler has noted those of a segment of its own */
	/* A handler's own segment in between has moved the mark, but this is another stream. */
	if (!__atomic_compare_exchange_n(&t->time_mark, &mark, now, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		HP_STORE(&t->time_mark, hp_far_from(now));
	if (!HP_RELAXED(&t->live))
		hp_store_pair(&t->cursor, NOWHERE, NULL);
}

void hp_chunk_inherit(struct hp_thread *t, char *at, char *limit)
{
	if (limit && limit - at >= 4 * (long)sizeof(struct hp_r_owner))
		start_segment(t, at, limit);
}

/* A forked child's piece of a chunk that it shares with its siblings; pieces are found through the shared header. */
static char *new_piece(void)
{
	struct hp_header *h = hp_state.header;
	for (int tries = 0; tries < 8; tries++) {
		uint64_t v = __atomic_fetch_add(&h->fork_pieces, 1, __ATOMIC_ACQ_REL);
		uint32_t piece = (uint32_t)v, chunk = (uint32_t)(v >> 32);
		if (chunk && piece < HP_CHUNK_BYTES / HP_PIECE_BYTES) {
			char *at = hp_file_chunk(chunk);
			if (!at || hp_file_commit(at + piece * HP_PIECE_BYTES, HP_PIECE_BYTES))
				return NULL;
			return at + piece * HP_PIECE_BYTES;
		}
		char *at = hp_chunk_new(HP_CHUNK_FORK, HP_PIECE_BYTES);
		if (!at)
			return NULL;
		v = HP_LOAD(&h->fork_pieces);
		uint64_t ours = (uint64_t)((struct hp_chunk *)at)->index << 32 | 1;
		/* Whoever comes first with a fresh chunk publishes it; the other one keeps its first piece all the same. */
		if (!(v >> 32) || (uint32_t)v >= HP_CHUNK_BYTES / HP_PIECE_BYTES)
			__atomic_compare_exchange_n(&h->fork_pieces, &v, ours, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
		return at + sizeof(struct hp_chunk);
	}
	return NULL;
}

static int turn_to_piece(struct hp_thread *t)
{
	char *at = new_piece();
	if (!at)
		return -1;
	t->chunk_end = (char *)(((uintptr_t)at | (HP_PIECE_BYTES - 1)) + 1);
	start_segment(t, at, t->chunk_end);
	return 0;
}

static void note_cpu_time(struct hp_thread *t)
{
	struct { long utime[2], stime[2], maxrss, rest[13]; } usage = { .maxrss = 0 };
	hp_sys2(SYS_getrusage, 0, &usage);
	hp_cpu_event(t, hp_ticks(), usage.maxrss);
}

int hp_chunk_turn(struct hp_thread *t)
{
	if (hp_live->forked && (t->chunks == 0 || hp_fork_own_dump())) {
		if (turn_to_piece(t))
			return -1;
	} else {
		/* Short threads get by with two pages; a busy one has the whole chunk committed in one go. */
		size_t step = t->chunks < 2 && !hp_sandboxed ? SMALL_STEP << (2 * t->chunks) : HP_CHUNK_BYTES;
		char *at = hp_chunk_new(HP_CHUNK_EVENTS, step);
		if (!at)
			return -1;
		t->chunk_end = at + HP_CHUNK_BYTES;
		start_segment(t, at + sizeof(struct hp_chunk), at + step);
	}
	t->chunks++;
	if (t->chunks >= SLOW_CLOCKS && !hp_sandboxed)
		note_cpu_time(t);
	return 0;
}

/*
 * The same chunk goes on: commit more of it. The limit is the one that was read before `at` was reserved; another one by
 * now, or one outside of the chunk that ends at chunk_end, means that a chunk has been or is being turned. A piece has all
 * of it from the start; so has a chunk in a sandbox, where what a signal handler has stored by now would be lost.
 */
static int extend(struct hp_thread *t, char *limit, char *at, size_t bytes)
{
	if (!limit || hp_live->forked || hp_sandboxed || limit >= t->chunk_end || limit <= t->chunk_end - HP_CHUNK_BYTES || at + bytes > t->chunk_end)
		return -1;
	char *end = at + bytes + HP_CHUNK_BYTES / 4;
	if (end > t->chunk_end || t->chunks > 2)
		end = t->chunk_end;
	end = (char *)((uintptr_t)(end + hp_state.page - 1) & ~(uintptr_t)(hp_state.page - 1));
	int r = hp_file_commit(limit, (size_t)(end - limit));
	if (r) {
		hp_stop_uncommitted(r);
		return -1;
	}
	return __atomic_compare_exchange_n(&t->limit, &limit, end, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED) ? 0 : -1;
}

/* In the header, for those that have no slot to count in. */
static void count_dropped(void)
{
	uint32_t reason = HP_RELAXED(&hp_state.header->stop_reason);
	if (reason != HP_STOP_NONE && reason != HP_STOP_DURATION)
		__atomic_fetch_add(&hp_state.header->dropped[reason & 7], 1, __ATOMIC_RELAXED);
}

/* Between the ends of a thread and of its libc: one record, with its thread's uid and its own time, in a shared chunk. */
static void *reserve_late(size_t bytes)
{
	uint32_t *r = hp_shared_reserve(&hp_live->late, HP_CHUNK_LATE, sizeof(struct hp_r_late) + bytes);
	if (!r) {
		count_dropped();
		return hp_late.scratch;
	}
	r[1] = hp_tls.uid;
	hp_put64(r + 2, hp_ticks());
	hp_commit(r, hp_word(HP_R_LATE, 0, (unsigned)(4 + bytes / 4)));
	return r + 4;
}

static void *drop(struct hp_thread *t)
{
	if (!HP_RELAXED(&t->live))
		return t->scratch;
	uint32_t reason = HP_RELAXED(&hp_state.header->stop_reason);
	if (reason == HP_STOP_NONE && hp_live->forked) {  /* its siblings may still record */
		__atomic_fetch_add(&hp_state.header->dropped[HP_STOP_FORK], 1, __ATOMIC_RELAXED);
		hp_off();
	} else if (reason != HP_STOP_DURATION && t->slot != &t->private_slot) {
		__atomic_fetch_add(&t->slot->dropped, 1, __ATOMIC_RELAXED);
	} else {
		count_dropped();
	}
	hp_store_pair(&t->cursor, NOWHERE, NULL);
	return t->scratch;
}

/*
 * What hp_reserve got is given up (zeros, or nothing at all) and reserved anew: it can't be told whether it lies behind
 * the end of the last chunk or in one that a signal handler has turned to since.
 */
void *hp_reserve_slow(struct hp_thread *t, size_t bytes)
{
	if (t == &hp_late)
		return reserve_late(bytes);
	if (bytes > sizeof t->scratch)
		bytes = sizeof t->scratch;
	for (int tries = 0; tries < 4; tries++) {
		/* In the child of a fork by a handler that came in the middle of this event: it, and the chunk, are the parent's alone. */
		if (!HP_RELAXED(&t->live))
			return t->scratch;
		char *limit = *(char *volatile *)&t->limit;
		char *at = hp_xadd(&t->cursor, bytes);
		if (hp_fits(limit, at, bytes) || extend(t, limit, at, bytes) == 0)
			return at;
		if (limit != *(char *volatile *)&t->limit)
			continue;
		if (HP_RELAXED(&hp_state.header->stop_reason) || hp_chunk_turn(t))
			break;
	}
	return drop(t);
}
