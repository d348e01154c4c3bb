/* parts: preload/call.c preload/count.c preload/cpu_time.c */
/* Calls in progress and their records, on a thread state that the test makes itself. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "call.h"
#include "state.h"
#include "sys.h"

HP_TLS struct hp_tls hp_tls;
struct hp_state hp_state = { .rate = 1ull << 40 };
struct hp_thread hp_late = { .live = 1 };
uint8_t hp_clock_kind = HP_CLOCK_MONOTONIC, hp_ready = 1, hp_sandboxed;
static uint32_t control = HP_ALL_KINDS;
const uint32_t *hp_control = &control;

static struct hp_thread me;
static struct hp_slot slot;
static _Alignas(64) char room[1 << 16];
static uintptr_t own_stack[100], signal_stack[100];
static uint64_t ticks;

/* Between any two readings of the clock a signal handler can be pretended. */
static void (*interruption)(void);

uint64_t hp_clock_slow(void)
{
	void (*handler)(void) = interruption;
	interruption = NULL;
	if (handler)
		handler();
	return ticks += 10;
}

uint64_t hp_clock_thread_cpu(void) { return 77; }
size_t hp_strlen(const char *s) { return strlen(s); }
uint32_t hp_stack_capture(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp) { return (uint32_t)pc; }
static int vfork_child;
void *hp_reserve_marked(struct hp_thread *t, uint64_t now, size_t bytes) { t->time_mark = now; return hp_xadd(&t->cursor, bytes); }
struct hp_thread *hp_attach(unsigned kinds) { return NULL; }
int hp_vfork_child(const struct hp_thread *t) { return vfork_child; }

void *hp_reserve_slow(struct hp_thread *t, size_t bytes)
{
	cr_assert(false, "the room is larger than any test needs");
	return NULL;
}

static void set_up(void)
{
	me.cursor = room;
	me.limit = room + sizeof room;
	me.live = 1;
	me.slot = &slot;
	me.stack_lo = (uintptr_t)own_stack;
	me.stack_hi = (uintptr_t)(own_stack + 100);
	hp_tls.t = &me;
}

TestSuite(call, .init = set_up);
TestSuite(count, .init = set_up);

/* A call by a function whose stack ends at `sp`; below it stand a return address, 5, and a frame pointer. */
static struct hp_call begin_on(uintptr_t *sp, unsigned op, uint64_t object)
{
	sp[-1] = 5;
	return hp_call_begin(HP_IO, op, object, 0, (struct hp_caller){ .sp = (uintptr_t)sp });
}

static struct hp_call begin(unsigned op, uint64_t object)
{
	return begin_on(own_stack + 90, op, object);
}

static struct hp_call begin_deeper(unsigned op, uint64_t object)
{
	return begin_on(own_stack + 80, op, object);
}

/* The n-th record that was written. */
static uint32_t *record(unsigned n)
{
	static const uint8_t words[256] = {
#define HP_RECORD(code, NAME, type, count) [code] = count,
#include "hp_records.def"
#undef HP_RECORD
	};
	uint32_t *r = (uint32_t *)room;
	while (n--)
		r += hp_word_kind(*r) < 0x80 ? words[hp_word_kind(*r)] : hp_word_arg(*r);
	return r;
}

static unsigned kind_of(unsigned n)
{
	return hp_word_kind(*record(n));
}

Test(call, of_a_vfork_child_leaves_its_parents_slot_and_stream_alone)
{
	hp_tls.vforked = 1;
	vfork_child = 1;
	struct hp_call c = begin(HP_OP_CLOSE, 7);
	cr_expect_eq(slot.op, 0);
	hp_io_end(&c, 7, 0);
	cr_expect_eq(me.cursor, room);
}

Test(call, is_in_the_slot_until_it_ends)
{
	struct hp_call c = begin(HP_OP_READ, 7);
	cr_expect_eq(slot.op, HP_OP_READ);
	cr_expect_eq(slot.object, 7);
	cr_expect_eq(slot.stack, 5);
	cr_expect_eq(slot.start, c.start);
	hp_io_end(&c, 7, 3);
	cr_expect_eq(slot.op, 0);
}

Test(call, io_is_a_short_record)
{
	struct hp_call c = begin(HP_OP_READ, 7);
	hp_io_end(&c, 7, 300);
	const struct hp_r_io_near *io = (void *)record(0);
	cr_expect_eq(io->w, hp_near_word(HP_R_IO_NEAR, ticks));
	cr_expect_eq(io->ticks, HP_OP_READ | 10 << 8);
	cr_expect_eq(io->fd, 7 | 300 << HP_NEAR_FD_BITS);
	cr_expect_eq(io->stack, 5);
	cr_expect_eq(kind_of(1), 0);
}

Test(call, what_a_near_record_has_no_room_for_takes_the_usual_one)
{
	static const struct { int fd; int64_t result; uint64_t took; } calls[] = { { 4096, 1, 0 }, { -100, 1, 0 }, { 7, 1 << 20, 0 }, { 7, 1, 1 << 24 } };
	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
		struct hp_call c = begin(HP_OP_READ, 7);
		ticks += calls[i].took;
		me.time_mark = ticks;
		hp_io_end(&c, calls[i].fd, calls[i].result);
		const struct hp_r_io *io = (void *)record(i);
		cr_expect_eq(io->w, hp_word(HP_R_IO, HP_OP_READ, 0));
		cr_expect_eq(io->ticks, 10 + calls[i].took);
		cr_expect_eq(io->fd, calls[i].fd);
		cr_expect_eq(io->result, calls[i].result);
	}
}

Test(call, a_failure_has_its_errno)
{
	struct hp_call c = begin(HP_OP_READ, 7);
	errno = EBADF;
	hp_io_end(&c, 7, -1);
	cr_expect_eq(record(0)[0], hp_word(HP_R_IO, HP_OP_READ, EBADF));
	cr_expect_eq(((struct hp_r_io *)record(0))->result, -1);
	cr_expect_eq(errno, EBADF);
}

Test(call, large_results_and_long_times_take_the_wide_record)
{
	struct hp_call c = begin(HP_OP_READ, 7);
	hp_io_end(&c, 7, 1ll << 31);
	c = begin(HP_OP_READ, 7);
	ticks += 1ull << 32;
	hp_io_end(&c, 7, 0);
	const struct hp_r_io_x *x = (void *)record(0);
	cr_expect_eq(x->w, hp_word(HP_R_IO_X, 0, 10));
	cr_expect_eq(hp_u64(x->result), 1ull << 31);
	cr_expect_eq(x->op, HP_OP_READ);
	x = (void *)record(1);
	cr_expect_eq(hp_u64(x->start), c.start);
	cr_expect_eq(x->payload_bytes, 0);
}

Test(call, paths_follow_one_another)
{
	struct hp_call c = begin(HP_OP_RENAME, 0);
	hp_io_end_paths(&c, -100, 0, "old", "newer");
	const struct hp_r_io_x *x = (void *)record(0);
	cr_expect_eq(x->payload_bytes, sizeof "old\0newer");
	cr_expect_eq(hp_word_arg(x->w), 10 + 3);
	cr_expect_arr_eq(x + 1, "old\0newer\0\0", 12);
}

Test(call, a_long_path_is_cut)
{
	static char path[5000];
	memset(path, 'x', sizeof path - 1);
	struct hp_call c = begin(HP_OP_UNLINK, 0);
	hp_io_end_paths(&c, -100, 0, path, NULL);
	c = begin(HP_OP_RENAME, 0);
	hp_io_end_paths(&c, -100, 0, path, path);
	cr_expect_eq(((struct hp_r_io_x *)record(0))->payload_bytes, 3000);
	cr_expect_eq(((struct hp_r_io_x *)record(1))->payload_bytes, 3000);
}

Test(call, a_bad_path_is_not_read)
{
	const int errors[] = { EFAULT, EINVAL, ENOMEM, ENOSYS };
	for (unsigned i = 0; i < 4; i++) {
		struct hp_call c = begin(HP_OP_OPEN, 0);
		errno = errors[i];
		hp_io_end_paths(&c, -100, -1, (const char *)8, NULL);
		cr_expect_eq(record(i)[0], hp_word(HP_R_IO, HP_OP_OPEN, errors[i]));
	}
}

Test(call, a_wait_has_the_object_that_was_refined)
{
	struct hp_call c = begin(HP_OP_NANOSLEEP, 0);
	c.object = 123456789012;
	hp_wait_end(&c, -1, EINTR);
	const struct hp_r_wait *w = (void *)record(0);
	cr_expect_eq(w->w, hp_word(HP_R_WAIT, HP_OP_NANOSLEEP, EINTR));
	cr_expect_eq(hp_u64(w->object), 123456789012);
	cr_expect_eq(hp_u64(w->start), c.start);
	cr_expect_eq(w->result, -1);
	cr_expect_eq(kind_of(1), 0, "no CPU time after a short wait");
}

Test(call, a_long_wait_is_followed_by_cpu_time)
{
	struct hp_call c = begin(HP_OP_POLL, 0);
	ticks += 1ull << 27;
	hp_wait_end(&c, 0, 0);
	cr_expect_eq(kind_of(1), HP_R_CPU);
	cr_expect_eq(hp_u64(((struct hp_r_cpu *)record(1))->cpu_ns), 77);
}

Test(call, no_clock_is_read_in_a_sandbox)
{
	hp_sandboxed = 1;
	struct hp_call c = begin(HP_OP_POLL, 0);
	ticks += 1ull << 27;
	hp_wait_end(&c, 0, 0);
	cr_expect_eq(kind_of(1), 0);
}

Test(call, one_in_a_handler_gives_the_slot_back)
{
	struct hp_call outer = begin(HP_OP_READ, 7);
	struct hp_call inner = begin_deeper(HP_OP_WRITE, 8);
	cr_expect_eq(slot.op, HP_OP_WRITE);
	hp_io_end(&inner, 8, 1);
	cr_expect_eq(slot.op, HP_OP_READ);
	cr_expect_eq(slot.object, 7);
	cr_expect_eq(slot.start, outer.start);
	hp_io_end(&outer, 7, 1);
	cr_expect_eq(slot.op, 0);
	cr_expect_eq(kind_of(0), HP_R_IO);
	cr_expect_eq(kind_of(1), HP_R_IO_NEAR);
	cr_expect_eq(kind_of(2), 0);
}

Test(call, one_on_a_signal_stack_gives_the_slot_back)
{
	struct hp_call outer = begin(HP_OP_READ, 7);
	struct hp_call inner = begin_on(signal_stack + 90, HP_OP_WRITE, 8);
	hp_io_end(&inner, 8, 1);
	cr_expect_eq(slot.op, HP_OP_READ);
	hp_io_end(&outer, 7, 1);
	cr_expect_eq(kind_of(2), 0);
}

Test(call, one_that_never_returned_is_noted_by_the_next)
{
	struct hp_call lost = begin(HP_OP_READ, 7);
	struct hp_call next = begin(HP_OP_CLOSE, 8);
	hp_io_end(&next, 8, 0);
	const struct hp_r_abandoned *a = (void *)record(0);
	cr_expect_eq(a->w, hp_word(HP_R_ABANDONED, HP_OP_READ, 0));
	cr_expect_eq(hp_u64(a->start), lost.start);
	cr_expect_eq(hp_u64(a->object), 7);
	cr_expect_eq(kind_of(1), HP_R_IO_NEAR);
	cr_expect_eq(slot.op, 0);
}

Test(call, one_that_a_thread_ends_in_is_noted)
{
	hp_call_thread_ends(&me);
	cr_expect_eq(kind_of(0), 0);
	begin(HP_OP_READ, 7);
	hp_call_thread_ends(&me);
	cr_expect_eq(kind_of(0), HP_R_ABANDONED);
	cr_expect_eq(slot.op, 0);
}

static void write_in_handler(void)
{
	struct hp_call c = begin_deeper(HP_OP_WRITE, 8);
	hp_io_end(&c, 8, 1);
}

Test(call, a_handler_between_two_instructions_leaves_no_mixture)
{
	interruption = write_in_handler;
	struct hp_call c = begin(HP_OP_READ, 7);
	cr_expect_eq(slot.op, HP_OP_READ);
	cr_expect_eq(slot.object, 7);
	cr_expect_eq(slot.start, c.start);
	interruption = write_in_handler;
	hp_io_end(&c, 7, 1);
	cr_expect_eq(slot.op, 0);
	cr_expect_eq(kind_of(2), HP_R_IO_NEAR);
	cr_expect_eq(kind_of(3), 0);
}

Test(call, the_child_of_a_fork_in_a_handler_records_nothing_of_it)
{
	struct hp_call c = begin(HP_OP_READ, 7);
	memset(&me, 0, sizeof me);
	hp_io_end(&c, 7, 1);
	cr_expect_eq(kind_of(0), 0);
}

Test(call, nothing_is_touched_when_recording_is_off)
{
	control = 0;
	struct hp_call c = begin(HP_OP_READ, 7);
	hp_io_end(&c, 7, 1);
	hp_wait_end(&c, 7, 1);
	hp_io_end_paths(&c, 7, 1, (const char *)8, NULL);
	cr_expect_eq(slot.op, 0);
	cr_expect_eq(kind_of(0), 0);
}

Test(count, adds_up_until_it_is_flushed)
{
	for (unsigned i = 0; i < 10; i++)
		hp_stdio_count(&me, HP_OP_PUTC, 1, 1), hp_stdio_count(&me, HP_OP_GETC, 0, i != 9);
	cr_expect_eq(kind_of(0), 0);
	hp_stdio_flush(&me);
	const struct hp_r_stdio_count *n = (void *)record(0);
	cr_expect_eq(n->w, hp_word(HP_R_STDIO_COUNT, HP_OP_PUTC, 0));
	cr_expect(n->fd == 1 && n->calls == 10 && n->bytes == 10);
	n = (void *)record(1);
	cr_expect(n->fd == 0 && n->calls == 10 && n->bytes == 9);
	hp_stdio_flush(&me);
	cr_expect_eq(kind_of(2), 0);
}

Test(count, is_written_when_it_is_large_or_in_the_way)
{
	for (unsigned i = 0; i < HP_STDIO_CALLS; i++)
		hp_stdio_count(&me, HP_OP_PUTC, 1, 1);
	cr_expect_eq(((struct hp_r_stdio_count *)record(0))->calls, (uint32_t)HP_STDIO_CALLS);
	for (int fd = 0; fd < 9; fd++)
		hp_stdio_count(&me, HP_OP_PUTC, fd, 1);
	cr_expect_eq(kind_of(1), HP_R_STDIO_COUNT);
	cr_expect_eq(kind_of(2), 0);
	hp_stdio_flush(&me);
	unsigned total = 0;
	for (unsigned i = 1; kind_of(i); i++)
		total += ((struct hp_r_stdio_count *)record(i))->calls;
	cr_expect_eq(total, 9);
}
