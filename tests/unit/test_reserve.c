/* parts: preload/time_mark.c */
/* Room for records of short times, where new chunks take long to get and the state is wiped by a fork. */
#include <criterion/criterion.h>

#include "event.h"
#include "state.h"

struct hp_state hp_state;
struct hp_thread hp_late;
void hp_stop(enum hp_stop reason, int error) {}

static struct hp_thread me;
static _Alignas(64) char room[2][256];
static uint64_t waited;

/* The next chunk, at last. */
void *hp_reserve_slow(struct hp_thread *t, size_t bytes)
{
	t->time_mark += waited;
	t->cursor = room[1] + bytes;
	t->limit = room[1] + sizeof room[1];
	return room[1];
}

static void set_up(void)
{
	me.live = 1;
	me.cursor = room[0];
	me.limit = room[0] + sizeof room[0];
	me.time_mark = 1000000;
}

TestSuite(reserve, .init = set_up);

Test(reserve, a_record_whose_chunk_was_long_in_coming_has_its_time_before_it)
{
	uint64_t now = me.time_mark + 5;
	me.cursor = me.limit;
	waited = 3ull << (HP_FN_TIME_BITS - 2);
	const uint32_t *r = hp_reserve(&me, now, 8);
	cr_assert_eq((const char *)r, room[1] + sizeof(struct hp_r_time));
	cr_assert_eq(r[-3], hp_word(HP_R_TIME, 0, 0));
	cr_assert_eq(hp_u64(r - 2), now);
}

Test(reserve, a_record_in_the_same_chunk_within_the_range_of_its_time_has_none)
{
	const char *r = hp_reserve(&me, me.time_mark + 5, 8);
	cr_assert_eq(r, room[0]);
}

/* The limit was read before a signal handler forked; the child finds no cursor. */
Test(reserve, a_cursor_that_a_fork_has_wiped_is_nowhere)
{
	cr_assert_not(hp_fits(me.limit, NULL, 8));
	cr_assert(hp_fits(me.limit, me.limit - 8, 8));
	cr_assert_not(hp_fits(me.limit, me.limit - 4, 8));
	cr_assert_not(hp_fits(NULL, NULL, 8));
}
