/*
 * measure.c - what recording costs here and now, by kind of hook: each hook is called in small batches with recording
 * off and on, and the least of each is compared. "On" writes into private memory in place of the dump.
 * Takes some 30 us of the start and 66 calls of each hook. Kinds that are not measured stay unknown to the reader.
 */
#include "hooks/function.h"
#include "measure.h"
#include "meta.h"
#include "libc_types.h"

enum { BATCH = 8, BATCHES = 4, ROOM = 32768 };

void __cyg_profile_func_enter(void *fn, void *site);
void __cyg_profile_func_exit(void *fn, void *site);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void use_heap(void)
{
	void *volatile p = malloc(24);
	free(p);
}

static void use_lock(void)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
}

static void use_file(void)
{
	char byte;
	if (read(-1, &byte, 1) >= 0)
		return;
}

static void use_wait(void)
{
	poll(NULL, 0, 0);
}

static void use_function(void)
{
	__cyg_profile_func_enter((void *)&mutex, NULL);
	__cyg_profile_func_exit((void *)&mutex, NULL);
}

/* events: as the report counts them, in one call of `use`. */
static const struct { uint32_t kind, events; void (*use)(void); } rows[] = {
	{ HP_MEMORY, 2, use_heap }, { HP_LOCK, 2, use_lock }, { HP_IO, 1, use_file }, { HP_WAIT, 1, use_wait },
	{ HP_FUNCTION, 1, use_function },
};

struct place { struct hp_thread t; _Alignas(64) char room[ROOM]; };

static uint64_t least_ticks(struct place *p, void (*use)(void))
{
	uint64_t least = UINT64_MAX;
	for (unsigned i = 0; i < BATCHES; i++) {
		hp_store_pair(&p->t.cursor, p->room, p->room + ROOM);
		uint64_t start = p->t.time_mark = hp_ticks();
		for (unsigned k = 0; k < BATCH; k++)
			use();
		uint64_t took = hp_ticks() - start;
		least = took < least ? took : least;
	}
	return least;
}

static void put_cost(struct hp_thread *t, uint32_t kind, uint64_t ticks, uint32_t events)
{
	double picoseconds = (double)ticks * 1e12 / (double)hp_state.rate / (BATCH * events);
	uint32_t *r = hp_meta_open(t, HP_R_COST, sizeof(struct hp_r_cost) / 4);
	r[1] = kind;
	r[2] = picoseconds < 4e9 ? (uint32_t)picoseconds : UINT32_MAX;
	hp_commit(r, hp_word(HP_R_COST, 0, 0));
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
	struct place *p = hp_sys_anonymous(sizeof *p, 0);
	if (!p)
		return;
	take_place(p, t);
	hp_tls.t = &p->t;
	uint64_t without[sizeof rows / sizeof *rows], with[sizeof rows / sizeof *rows];
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		without[i] = least_ticks(p, rows[i].use);
		hp_control = &everything;
		rows[i].use();  /* the first stack of a kind is unwound and interned: not what an event costs */
		with[i] = least_ticks(p, rows[i].use);
		hp_control = off;
	}
	hp_tls.t = t;
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		put_cost(t, rows[i].kind, with[i] > without[i] ? with[i] - without[i] : 0, rows[i].events);
	if (p->t.fn_base)
		hp_sys2(SYS_munmap, p->t.fn_base, (char *)p->t.fn_end - (char *)p->t.fn_base);
	hp_sys2(SYS_munmap, p, sizeof *p);
	errno = saved_errno;
}
