/*
 * lock_crowd.c - how many threads waited for a lock at once. A wait is known when it has ended, and those that began before an
 * end and end after it were in the queue with it then. The most that ever wait are there just before one of them leaves.
 *
 * The ends of the last waits are remembered. A wait that began before some of them adds one to each: to a range, noted at both
 * of its ends, so that a long queue costs no more than a short one. An end is counted when it is forgotten.
 */
#include "locks_private.h"

enum { ENDS_FIRST = 16, ENDS_MOST = 4096 };

struct queue_end { uint64_t ns; int64_t more; };  /* more: than at the end before it */
struct lock_queue_ends { uint32_t room, next, oldest; int64_t running; struct queue_end v[]; };

static void make_room(struct model *m, struct lock_state *s, uint32_t room)
{
	struct lock_queue_ends *was = s->ends;
	struct lock_queue_ends *q = arena_zalloc(&locks_private(m)->arena, sizeof *q + room * sizeof *q->v);
	q->room = room;
	if (was) {
		q->next = was->next;
		q->oldest = was->oldest;
		q->running = was->running;
		for (uint32_t i = was->oldest; i != was->next; i++)
			q->v[i & (room - 1)] = was->v[i & (was->room - 1)];
	}
	s->ends = q;
}

static void forget_oldest(struct lock *l)
{
	struct lock_queue_ends *q = l->state->ends;
	q->running += q->v[q->oldest++ & (q->room - 1)].more;
	uint64_t others = q->running > 0 ? (uint64_t)q->running : 0;
	l->crowd.ends++;
	l->crowd.others += others;
	if (others + 1 > l->crowd.most)
		l->crowd.most = others + 1;
}

/* The first remembered end after `ns`. */
static uint32_t first_after(const struct lock_queue_ends *q, uint64_t ns)
{
	uint32_t a = q->oldest, b = q->next;
	while (a != b) {
		uint32_t mid = a + (b - a) / 2;
		if (q->v[mid & (q->room - 1)].ns > ns)
			b = mid;
		else
			a = mid + 1;
	}
	return a;
}

void lock_crowd_add(struct model *m, struct lock *l, uint64_t start, uint64_t end)
{
	struct lock_state *s = l->state;
	if (!s->ends)
		make_room(m, s, ENDS_FIRST);
	struct lock_queue_ends *q = s->ends;
	if (q->next - q->oldest == q->room) {
		if (q->room < ENDS_MOST && q->v[q->oldest & (q->room - 1)].ns > start)
			make_room(m, s, q->room * 2);
		else
			forget_oldest(l);
		q = s->ends;
	}
	uint32_t from = first_after(q, start);
	q->v[q->next & (q->room - 1)] = (struct queue_end){ end, 0 };
	if (from != q->next) {
		q->v[from & (q->room - 1)].more++;
		q->v[q->next & (q->room - 1)].more--;
	}
	q->next++;
}

void lock_crowd_finish(struct lock *l)
{
	struct lock_queue_ends *q = l->state->ends;
	while (q && q->oldest != q->next)
		forget_oldest(l);
	if (q)
		q->running = 0;
}
