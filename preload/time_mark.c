/* time_mark.c - absolute times in the stream, between which records carry low bits alone; and the end of HP_DURATION. */
#include "event.h"
#include "state.h"

int hp_over(uint64_t now)
{
	if (!hp_state.deadline || now <= hp_state.deadline)
		return 0;
	HP_STORE(&hp_state.header->control, 0);
	hp_stop(HP_STOP_DURATION, 0);
	return 1;
}

static uint32_t *put_time(uint32_t *r, uint64_t now)
{
	*(volatile uint32_t *)r = hp_word(HP_R_OPEN, HP_R_TIME, sizeof(struct hp_r_time) / 4);
	HP_BARRIER();
	hp_put64(r + 1, now);
	hp_commit(r, hp_word(HP_R_TIME, 0, 0));
	return r + sizeof(struct hp_r_time) / 4;
}

/*
 * While time_mark is far from any time, each record of a signal handler gets a mark of its own. On which side of ours it came
 * can't be told: the next record gets a mark whatever its time.
 */
void *hp_reserve_marked(struct hp_thread *t, uint64_t now, size_t bytes)
{
	uint64_t far = hp_far_from(now), expected = far;
	hp_over(now);
	if (t == &hp_late)
		return hp_reserve_slow(t, bytes);
	HP_STORE(&t->time_mark, far);
	uint32_t *r = put_time(hp_take_room(t, sizeof(struct hp_r_time) + bytes), now);
	if (!__atomic_compare_exchange_n(&t->time_mark, &expected, now, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		HP_STORE(&t->time_mark, far);
	return r;
}
