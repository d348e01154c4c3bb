/*
 * call.c - calls with a duration.
 *
 * Cost of a recorded call beside the stack: two clock reads, seven stores into the slot, six into the record.
 *
 * The slot is shared with signal handlers that interrupt us between any two stores and make calls of their own. `start`
 * is therefore stored first and looked at last: a handler's call leaves its own start behind, and we store again.
 */
#include "call.h"
#include "state.h"
#include "sys.h"
#include <errno.h>

enum { PAYLOAD_MAX = 3000 };

enum {
#define HP_RECORD(code, NAME, type, words) NAME##_WORDS = words,
#include "hp_records.def"
#undef HP_RECORD
};

struct bytes { const char *at; size_t count; };

int hp_errno_of(int64_t result)
{
	return result < 0 ? errno : 0;
}

/* ---- the slot ---- */

static void slot_fill(struct hp_thread *t, unsigned op, uint64_t object, uint64_t object2, uint64_t start, uint32_t stack, uintptr_t sp)
{
	struct hp_slot *s = t->slot;
	do {
		HP_STORE(&s->start, start);
		s->object = object;
		s->object2 = object2;
		s->stack = stack;
		t->slot_sp = sp;
		HP_STORE(&s->op, op);
	} while (HP_UNLIKELY(HP_RELAXED(&s->start) != start));
}

static int on_own_stack(const struct hp_thread *t, uintptr_t sp)
{
	return sp > t->stack_lo && sp <= t->stack_hi;
}

/*
 * Has a call at `sp` interrupted the one in the slot, or has that one's frame gone without a return? A handler's frames
 * lie below those that it interrupted. Positions on different stacks say nothing: taken for an interruption.
 */
static int interrupts(const struct hp_thread *t, uintptr_t sp)
{
	return sp < t->slot_sp || on_own_stack(t, sp) != on_own_stack(t, t->slot_sp);
}

static void note_abandoned(struct hp_thread *t, uint64_t now)
{
	const struct hp_slot s = *t->slot;
	uint32_t *r = hp_open(t, now, HP_R_ABANDONED, ABANDONED_WORDS);
	r[1] = (uint32_t)now;
	hp_put64(r + 2, s.start);
	hp_put64(r + 4, s.object);
	r[6] = s.stack;
	r[7] = 0;
	hp_commit(r, hp_word(HP_R_ABANDONED, s.op, 0));
}

/* Another call is in the slot: it goes on after this one, or it was abandoned. Ended threads share a slot: no telling. */
static HP_COLD void meet_outer(struct hp_call *c, uintptr_t sp)
{
	struct hp_thread *t = c->t;
	const struct hp_slot *s = t->slot;
	if (t == &hp_late)
		return;
	if (!interrupts(t, sp)) {
		note_abandoned(t, hp_ticks());
		HP_STORE(&t->slot->op, 0);
		return;
	}
	c->nested = 1;
	c->outer_op = s->op;
	c->outer_object = s->object;
	c->outer_object2 = s->object2;
	c->outer_start = s->start;
	c->outer_stack = s->stack;
	c->outer_sp = t->slot_sp;
	HP_STORE(&t->slot->op, 0);  /* never halves of two calls */
}

static HP_COLD void restore_outer(struct hp_call *c)
{
	slot_fill(c->t, c->outer_op, c->outer_object, c->outer_object2, c->outer_start, c->outer_stack, c->outer_sp);
}

void hp_call_begin_at(struct hp_call *c, unsigned kind, unsigned op, uint64_t object, uint64_t object2, uintptr_t caller_word)
{
	struct hp_thread *t = hp_enter_on(kind);
	c->t = t;
	if (!t)
		return;
	/* What a vfork child opens and closes is not its parent's; like that of posix_spawn's child it is not recorded. */
	if (HP_UNLIKELY(hp_tls.vforked) && hp_vfork_child(t)) {
		c->t = NULL;
		return;
	}
	const struct hp_caller caller = hp_caller_at(caller_word);
	c->object = object;
	c->object2 = object2;
	c->op = (uint16_t)op;
	c->nested = 0;
	c->stack = hp_stack_id(t, caller);
	if (HP_UNLIKELY(t->slot->op))
		meet_outer(c, caller.sp);
	c->start = hp_ticks();
	slot_fill(t, op, object, object2, c->start, c->stack, caller.sp);
}

/*
 * The end of a call that its thread did not just go through: a thread that has ended; the child of a fork by a handler, which has no
 * event; a coroutine that has moved here, from a thread that may be in another call by now, or have ended.
 */
static HP_COLD struct hp_thread *over_elsewhere(struct hp_call *c)
{
	struct hp_thread *t = c->t;
	if (t == &hp_late)
		return t;
	if (t == NULL || t == hp_tls.t || !t->uid)  /* 0: wiped */
		return c->t = NULL;
	if (HP_RELAXED(&t->slot->start) == c->start)
		HP_STORE(&t->slot->op, 0);
	c->nested = 0;
	return c->t = hp_known();
}

/* The thread that this call's event goes to, its slot cleared. NULL: none. */
HP_INLINE struct hp_thread *call_over(struct hp_call *c)
{
	struct hp_thread *t = c->t;
	if (HP_UNLIKELY(t != hp_tls.t || !t || !t->live))
		return over_elsewhere(c);
	HP_STORE(&t->slot->op, 0);
	if (HP_UNLIKELY(c->nested))
		restore_outer(c);
	return t;
}

void hp_call_clear(struct hp_call *c)
{
	call_over(c);
}

void hp_call_thread_ends(struct hp_thread *t)
{
	if (t->slot->op)
		note_abandoned(t, hp_ticks());
	t->slot->op = 0;
}

/* ---- I/O ---- */

static char *append(char *to, struct bytes b)
{
	for (size_t i = 0; i < b.count; i++)
		*to++ = b.at[i];
	return to;
}

static HP_COLD void io_x(struct hp_call *c, uint64_t now, int fd, int64_t result, int error, const struct bytes part[2])
{
	uint32_t bytes = (uint32_t)(part[0].count + part[1].count);
	uint32_t words = IO_X_WORDS + (bytes + 3) / 4;
	uint32_t *r = hp_open(c->t, now, HP_R_IO_X, words);
	struct hp_r_io_x *x = (void *)r;
	r[words - 1] = 0;
	x->t32 = (uint32_t)now;
	hp_put64(x->start, c->start);
	hp_put64(x->result, (uint64_t)result);
	x->fd = fd;
	x->stack = c->stack;
	x->op = (uint8_t)c->op;
	x->pad = 0;
	x->err = (uint16_t)error;
	x->payload_bytes = bytes;
	append(append((char *)(r + IO_X_WORDS), part[0]), part[1]);
	hp_commit(r, hp_word(HP_R_IO_X, 0, words));
}

HP_INLINE void io_short(struct hp_call *c, uint64_t now, int fd, int64_t result, int error)
{
	uint32_t *r = hp_open(c->t, now, HP_R_IO, IO_WORDS);
	r[1] = (uint32_t)now;
	r[2] = (uint32_t)(now - c->start);
	r[3] = c->stack;
	r[4] = (uint32_t)fd;
	r[5] = (uint32_t)result;
	hp_commit(r, hp_word(HP_R_IO, c->op, (uint16_t)error));
}

/* The event of an I/O call that returned at `now`. */
static HP_SLOW void io_event(struct hp_call *c, uint64_t now, int fd, int64_t result, int error, const struct bytes part[2])
{
	if (!call_over(c))
		return;
	if (!part[0].count && !part[1].count && !((now - c->start) >> 32) && result <= INT32_MAX)
		io_short(c, now, fd, result < 0 ? -1 : result, error);
	else
		io_x(c, now, fd, result, error, part);
	hp_cpu_waited(c->t, c->start, now);
}

/* Most of them, in 16 bytes instead of 24: no error, a small descriptor and result, a few ms. 0: none of these. */
HP_INLINE int io_near(struct hp_call *c, uint64_t now, int fd, int64_t result)
{
	struct hp_thread *t = c->t;
	uint64_t ticks = now - c->start, too_large = (uint32_t)fd >> HP_NEAR_FD_BITS | (uint64_t)result >> (32 - HP_NEAR_FD_BITS) | ticks >> HP_NEAR_TIME_BITS;
	if (HP_UNLIKELY(too_large || c->nested || !t->live || t != hp_tls.t))
		return 0;
	HP_STORE(&t->slot->op, 0);
	uint32_t *r = hp_reserve(t, now, sizeof(struct hp_r_io_near));
	*(volatile uint32_t *)r = hp_word(HP_R_OPEN, HP_R_IO_NEAR, sizeof(struct hp_r_io_near) / 4);
	HP_BARRIER();
	r[1] = c->op | (uint32_t)ticks << 8;
	r[2] = c->stack;
	r[3] = (uint32_t)fd | (uint32_t)result << HP_NEAR_FD_BITS;
	hp_commit(r, hp_near_word(HP_R_IO_NEAR, now));
	return 1;
}

static const struct bytes nothing[2];

void hp_io_end_recorded(struct hp_call *c, int fd, int64_t result)
{
	uint64_t now = hp_ticks();
	if (!io_near(c, now, fd, result))
		io_event(c, now, fd, result, hp_errno_of(result), nothing);
}

void hp_io_end_error_recorded(struct hp_call *c, int fd, int64_t result, int error)
{
	uint64_t now = hp_ticks();
	if (error || !io_near(c, now, fd, result))
		io_event(c, now, fd, result, error, nothing);
}

void hp_io_end_payload_recorded(struct hp_call *c, int fd, int64_t result, const void *payload, size_t bytes)
{
	const struct bytes part[2] = { { payload, bytes < PAYLOAD_MAX ? bytes : PAYLOAD_MAX }, { NULL, 0 } };
	io_event(c, hp_ticks(), fd, result, hp_errno_of(result), part);
}

void hp_io_end_text_recorded(struct hp_call *c, int fd, const char *text, size_t more)
{
	uint64_t now = hp_ticks();
	io_event(c, now, fd, (int64_t)(hp_strlen(text) + more), 0, nothing);
}

/* A string with its NUL; one of `most` bytes or more is cut, and has none. */
static struct bytes string(const char *s, size_t most)
{
	struct bytes b = { s, 0 };
	while (s && b.count < most && s[b.count++])
		;
	return b;
}

/* After any other error, or none, the kernel has read the paths, so that we can. */
static int may_be_unreadable(int error)
{
	return error == EFAULT || error == EINVAL || error == ENOMEM || error == ENOSYS;
}

void hp_io_end_paths_recorded(struct hp_call *c, int fd, int64_t result, const char *a, const char *b)
{
	uint64_t now = hp_ticks();
	int error = hp_errno_of(result);
	size_t most = b ? PAYLOAD_MAX / 2 : PAYLOAD_MAX;
	if (may_be_unreadable(error))
		a = b = NULL;
	const struct bytes part[2] = { string(a, most), string(b, most) };
	io_event(c, now, fd, result, error, part);
}

/* The flags only stand behind a whole path. */
void hp_io_end_open_recorded(struct hp_call *c, int fd, int64_t result, const char *path, int flags)
{
	uint64_t now = hp_ticks();
	int error = hp_errno_of(result);
	const struct bytes name = string(may_be_unreadable(error) ? NULL : path, PAYLOAD_MAX - sizeof flags);
	int whole = name.count && !name.at[name.count - 1];
	const struct bytes part[2] = { name, { (const char *)&flags, whole ? sizeof flags : 0 } };
	io_event(c, now, fd, result, error, part);
}

/* ---- waits ---- */

void hp_wait_end_recorded(struct hp_call *c, int64_t result, int error)
{
	uint64_t now = hp_ticks();
	struct hp_thread *t = call_over(c);
	if (!t)
		return;
	uint32_t *r = hp_open(t, now, HP_R_WAIT, WAIT_WORDS);
	r[1] = (uint32_t)now;
	hp_put64(r + 2, c->start);
	hp_put64(r + 4, c->object);
	hp_put64(r + 6, c->object2);
	r[8] = c->stack;
	r[9] = (uint32_t)result;
	hp_commit(r, hp_word(HP_R_WAIT, c->op, (uint16_t)error));
	hp_cpu_waited(t, c->start, now);
}
