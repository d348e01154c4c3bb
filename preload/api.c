/* api.c - what hp.h calls: the program's own word. */
#include "state.h"
#include "hp.h"

HP_EXPORT void hp_api_enable(void);
HP_EXPORT void hp_api_disable(void);
HP_EXPORT void hp_api_mark(const char *text);

enum { MARK_MAX = 255 };

static void put_control(struct hp_thread *t, unsigned what, uint32_t kinds)
{
	uint64_t now = hp_ticks();
	uint32_t *r = hp_open(t, now, HP_R_CONTROL, 3);
	r[1] = (uint32_t)now;
	r[2] = kinds;
	hp_commit(r, hp_word(HP_R_CONTROL, what, 0));
}

/* The control word is the dump's: a forked child needs one of its own before it may change it. 0, or -1. */
static int own_control(void)
{
	if (!hp_live->alive && hp_forked())
		return -1;
	struct hp_thread *t = hp_known();
	return hp_live->forked && (!t || hp_fork_leave(t)) ? -1 : 0;
}

void hp_api_enable(void)
{
	if (!hp_ready || !hp_state.header || hp_control != &hp_state.header->control || HP_RELAXED(hp_control) || own_control())
		return;
	HP_STORE(&hp_state.header->control, hp_state.header->kinds);
	struct hp_thread *t = hp_enter(HP_ALL_KINDS);
	if (t)
		put_control(t, HP_CONTROL_ON, hp_state.header->kinds);
}

void hp_api_disable(void)
{
	struct hp_thread *t = hp_ready ? hp_enter(HP_ALL_KINDS) : NULL;
	if (!t)
		return;
	int own = !own_control();
	put_control(t, HP_CONTROL_OFF, 0);
	if (own)
		HP_STORE(&hp_state.header->control, 0);
	else
		hp_off();
}

static HP_SLOW void mark_recorded(const char *text)
{
	struct hp_thread *t = hp_enter_on(HP_ALL_KINDS);
	if (!t)
		return;
	size_t n = 0;
	while (n < MARK_MAX && text[n])
		n++;
	uint64_t now = hp_ticks();
	unsigned words = (unsigned)(sizeof(struct hp_r_mark) + n + 4) / 4;
	struct hp_r_mark *r = (void *)hp_open(t, now, HP_R_MARK, words);
	r->t32 = (uint32_t)now;
	memset(r + 1, 0, words * 4 - sizeof *r);
	memcpy(r + 1, text, n);
	hp_commit(&r->w, hp_word(HP_R_MARK, 0, words));
}

void hp_api_mark(const char *text)
{
	if (hp_ready && text && HP_RELAXED(hp_control))
		mark_recorded(text);
}
