/* hooks.c - hooks as those of preload/hooks/, of functions that do nothing. */
#include "recorder.h"
#include "intern.h"
#include "real.h"

static int is_scratch(const struct hp_thread *t, const uint32_t *r)
{
	return (const char *)r >= t->scratch && (const char *)r < t->scratch + sizeof t->scratch;
}

void hook_mark(uint32_t number, unsigned words)
{
	struct hp_thread *t = hp_enter(HP_IO);
	if (!t) {
		hook_done(number, 1);
		return;
	}
	uint64_t now = hp_ticks();
	uint32_t *r = hp_open(t, now, HP_R_MARK, words);
	r[1] = (uint32_t)now;
	r[2] = number;
	hp_put64(r + 3, now);
	hp_put64(r + 5, (uint64_t)hp_libc.pthread_self());
	for (unsigned i = 7; i < words; i++)
		r[i] = number * i;
	hp_commit(r, hp_word(HP_R_MARK, 0, words));
	hook_done(number, is_scratch(t, r));
}

__attribute__((noinline)) void hook_call(uint64_t object)
{
	struct hp_call c;
	hp_call_begin_in(&c, HP_IO, HP_OP_READ + object % 2, object, ~object, HP_CALLER());
	hp_io_end(&c, (int)object, 1);
}

uint32_t hook_node(uint32_t parent, uintptr_t pc)
{
	struct hp_thread *t = hp_enter(HP_ALL_KINDS);
	return t ? hp_node(t, parent, hp_frame_key(pc, 0)) : 0;
}
