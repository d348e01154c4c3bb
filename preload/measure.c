/*
 * measure.c - what recording costs here and now, by kind of hook: each hook is called in small batches with recording
 * off and on, and the least of each is compared. "On" writes into private memory in place of the dump.
 * Takes some 30 us of the start and 66 calls of each hook. Kinds that are not measured stay unknown to the reader.
 *
 * Of a function call the stamps that the batches leave behind tell, too, how much of the cost lies between entry and exit.
 */
#include "elf_lookup.h"
#include "hooks/function.h"
#include "measure.h"
#include "meta.h"
#include "libc_types.h"

enum { BATCH = 8, BATCHES = 4, ROOM = 32768, STAMPS = 63 };

void __cyg_profile_func_enter(void *fn, void *site);
void __cyg_profile_func_exit(void *fn, void *site);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Our own hooks, by address: of these names the program may have functions of its own, which are not to be called. */
#define OWN(X) X(malloc) X(free) X(pthread_mutex_lock) X(pthread_mutex_unlock) X(pread) X(poll) \
	X(__cyg_profile_func_enter) X(__cyg_profile_func_exit)
static struct {
#define X(name) __typeof__(name) *name;
	OWN(X)
#undef X
} own;

static int find_own(void)
{
#define X(name) if (!(own.name = (__typeof__(name) *)hp_elf_own(#name))) return -1;
	OWN(X)
#undef X
	return 0;
}

static void use_heap(void)
{
	void *volatile p = own.malloc(24);
	own.free(p);
}

static void use_lock(void)
{
	own.pthread_mutex_lock(&mutex);
	own.pthread_mutex_unlock(&mutex);
}

/* Of a program under valgrind, read with a bad descriptor is reported. */
static void use_file(void)
{
	char byte;
	if (own.pread(-1, &byte, 1, 0) >= 0)
		return;
}

static void use_wait(void)
{
	own.poll(NULL, 0, 0);
}

static void use_function(void)
{
	own.__cyg_profile_func_enter((void *)&mutex, NULL);
	own.__cyg_profile_func_exit((void *)&mutex, NULL);
}

/* events: as the report counts them, in one call of `use`. */
static const struct { uint32_t kind, events; void (*use)(void); } rows[] = {
	{ HP_MEMORY, 2, use_heap }, { HP_LOCK, 2, use_lock }, { HP_IO, 1, use_file }, { HP_WAIT, 1, use_wait },
	{ HP_FUNCTION, 1, use_function },
};

enum { ROWS = sizeof rows / sizeof *rows };

struct place { struct hp_thread t; _Alignas(64) char room[ROOM]; };

/* Of a batch, in ticks. spread: how much more than the least one a usual one takes. */
struct timing { uint64_t least, spread, inside; };

/* What each row cost, for the dumps of forked children too; and one stamp right behind another. */
static struct cost { uint32_t event, inside, spread; } costs[ROWS];
static uint32_t stamp_cost;

/* Between the stamps of entries and exits, as a batch wrote them. */
static uint64_t ticks_inside(const struct place *p)
{
	const uint32_t mask = (1u << HP_FN_TIME_BITS) - 1;
	uint64_t sum = 0;
	uint32_t entered = 0;
	for (const uint32_t *r = (const void *)p->room; (const char *)r < p->t.cursor; r++) {
		if ((*r & 3) == HP_FN_ENTER) {
			entered = *r++ >> 2;
		} else if ((*r & 3) == HP_FN_EXIT) {
			sum += ((*r >> 2) - entered) & mask;
		} else {
			return 0;
		}
	}
	return sum;
}

static void keep_in_order(uint64_t took[BATCHES], unsigned count, uint64_t one)
{
	for (; count && took[count - 1] > one; count--)
		took[count] = took[count - 1];
	took[count] = one;
}

static struct timing time_batches(struct place *p, void (*use)(void))
{
	uint64_t took[BATCHES], inside = UINT64_MAX;
	for (unsigned i = 0; i < BATCHES; i++) {
		hp_store_pair(&p->t.cursor, p->room, p->room + ROOM);
		uint64_t start = p->t.time_mark = hp_ticks();
		for (unsigned k = 0; k < BATCH; k++)
			use();
		keep_in_order(took, i, hp_ticks() - start);
		uint64_t within = use == use_function ? ticks_inside(p) : 0;
		inside = within < inside ? within : inside;
	}
	return (struct timing){ took[0], took[BATCHES / 2] - took[0], inside };
}

static uint32_t picoseconds(uint64_t ticks, uint32_t events)
{
	double value = (double)ticks * 1e12 / (double)hp_state.rate / (BATCH * events);
	return value < 4e9 ? (uint32_t)value : UINT32_MAX;
}

static void note_cost(unsigned row, struct timing without, struct timing with)
{
	uint64_t event = with.least > without.least ? with.least - without.least : 0;
	uint64_t inside = with.inside < event ? with.inside : event;
	uint32_t events = rows[row].events;
	costs[row] = (struct cost){
		picoseconds(event, events), picoseconds(inside, events), picoseconds(with.spread + without.spread, events),
	};
}

static void measure_stamps(void)
{
	uint64_t start = hp_ticks();
	for (unsigned i = 0; i < STAMPS; i++)
		hp_ticks();
	stamp_cost = (uint32_t)((double)(hp_ticks() - start) * 1e12 / (double)hp_state.rate / (STAMPS + 1));
}

static void put(struct hp_thread *t, unsigned what, uint32_t kind, uint32_t value)
{
	uint32_t *r = hp_meta_open(t, HP_R_COST, sizeof(struct hp_r_cost) / 4);
	r[1] = kind;
	r[2] = value;
	hp_commit(r, hp_word(HP_R_COST, what, 0));
}

void hp_measure_write(struct hp_thread *t)
{
	put(t, HP_COST_STAMP, HP_MEMORY, stamp_cost);
	for (unsigned i = 0; i < ROWS; i++) {
		if (rows[i].kind == HP_FUNCTION)
			put(t, HP_COST_INSIDE, rows[i].kind, costs[i].inside);
		put(t, HP_COST_SPREAD, rows[i].kind, costs[i].spread);
		put(t, HP_COST_EVENT, rows[i].kind, costs[i].event);
	}
}

static void take_place(struct place *p, const struct hp_thread *of)
{
	p->t.uid = of->uid, p->t.pid = of->pid, p->t.tid = of->tid;
	p->t.stack_lo = of->stack_lo, p->t.stack_hi = of->stack_hi;
	p->t.slot = &p->t.private_slot;
	hp_function_reset(&p->t);
	p->t.live = 1;
}

void hp_measure(struct hp_thread *t)
{
	static const uint32_t everything = HP_ALL_KINDS;
	const uint32_t *off = hp_control;
	int saved_errno = errno;
	struct place *p = find_own() ? NULL : hp_sys_anonymous(sizeof *p, 0);
	if (!p)
		return;
	uint8_t filter = hp_fn_flags & (HP_FN_FILTER | HP_FN_NAMES);
	take_place(p, t);
	hp_fn_flags &= (uint8_t)~filter;  /* what a call costs that is recorded */
	hp_tls.t = &p->t;
	for (unsigned i = 0; i < ROWS; i++) {
		struct timing without = time_batches(p, rows[i].use);
		hp_control = &everything;
		rows[i].use();  /* the first stack of a kind is unwound and interned: not what an event costs */
		note_cost(i, without, time_batches(p, rows[i].use));
		hp_control = off;
	}
	measure_stamps();
	hp_tls.t = t;
	hp_fn_flags |= filter;
	hp_measure_write(t);
	if (p->t.fn_base)
		hp_sys2(SYS_munmap, p->t.fn_base, (char *)p->t.fn_end - (char *)p->t.fn_base);
	hp_sys2(SYS_munmap, p, sizeof *p);
	errno = saved_errno;
}
