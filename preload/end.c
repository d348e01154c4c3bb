/*
 * end.c - the last words of a process: a hint for the reader, who can do without. An event may still follow.
 */
#include "call.h"
#include "state.h"
#include "sys.h"

/* A vfork child, in its parent's memory, must not speak for the parent. */
static int in_own_memory(void)
{
	return hp_sandboxed || hp_live->pid == (uint32_t)hp_sys0(SYS_getpid);
}

/* In the stream, and in the header, or a forked child's last OWNER record: a recording that was stopped has no room left in its stream. */
static void put_end(struct hp_r_end *e, unsigned how, int status, long maxrss, const struct hp_clocks *c)
{
	e->t32 = (uint32_t)c->ticks;
	e->status = status;
	e->maxrss_kib = (uint32_t)maxrss;
	hp_put64(e->ticks, c->ticks);
	hp_put64(e->monotonic, c->monotonic);
	hp_put64(e->realtime, c->realtime);
	hp_put64(e->boottime, c->boottime);
	hp_commit(&e->w, hp_word(HP_R_END, how, 0));
}

/* Noted whether or not events are recorded at this time. */
void hp_process_end(unsigned how, int status)
{
	if (!hp_state.header || hp_tls.ended == HP_ENDED_FORBIDDEN)
		return;
	/* A forked child whose first event this is becomes known by it. */
	if ((!hp_live->alive && !hp_enter(HP_ALL_KINDS)) || !in_own_memory())
		return;
	struct { long utime[2], stime[2], maxrss, rest[13]; } usage = { .maxrss = 0 };
	if (!hp_sandboxed)
		hp_sys2(SYS_getrusage, 0, &usage);
	struct hp_thread *t = hp_known();
	if (t)
		hp_stdio_flush(t);
	struct hp_clocks c = hp_clocks_now();
	if (t) {
		hp_cpu_event(t, c.ticks, usage.maxrss);
	} else if (hp_tls.ended == HP_ENDED) {
		t = &hp_late;  /* the last thread has ended, and libc ends the process */
	}
	if (t)
		put_end((void *)hp_open(t, c.ticks, HP_R_END, sizeof(struct hp_r_end) / 4), how, status, usage.maxrss, &c);
	if (!hp_live->forked)
		put_end((void *)hp_state.header->end, how, status, usage.maxrss, &c);
	else if (hp_live->owner_flags && how != HP_END_ABORT)
		HP_STORE(hp_live->owner_flags, HP_OWNER_FORKED | HP_OWNER_EXITED | (uint32_t)status << HP_OWNER_STATUS_SHIFT);
}
