/* fn_filter.c - see fn_filter.h. */
#include "fn_filter.h"
#include "hooks/function.h"
#include "image.h"
#include "meta.h"
#include "state.h"
#include "sys.h"
#include "unwind/module.h"
#include <link.h>

enum { MODULES_MAX = 4096, BUSY = 1, FIRST_BYTES = 4096 };

extern struct r_debug _r_debug __attribute__((weak));
struct hp_fn_filter hp_fn_filter;

/* Modules whose symbols are in the table. Grows only; lo = hi: gone. */
static struct met { uint64_t lo, hi; uint32_t verdict; } *met;
static uint32_t met_count;

/* What is counted where there is no room in the dump: it has been stopped, and this is nobody's. */
static struct hp_filtered nobodys;

/* ---- the table ---- */

static struct hp_fn_entry *entry_at(uintptr_t fn, uint32_t probe)
{
	return &hp_fn_filter.entries[((fn >> 4) + probe) % HP_FN_ENTRIES];
}

static struct hp_fn_entry *look_up(uintptr_t fn)
{
	for (uint32_t i = 0; i < HP_FN_ENTRIES; i++) {
		struct hp_fn_entry *e = entry_at(fn, i);
		uintptr_t there = HP_LOAD(&e->fn);
		if (there == fn)
			return e;
		if (!there)
			break;
	}
	return NULL;
}

/* The row that the function's calls are counted in, from now on; the common one when there are no more. */
static uint32_t take_row(uintptr_t fn)
{
	struct hp_fn_entry *e = look_up(fn);
	if (!e)
		return 0;
	uint64_t found = HP_RELAXED(&e->found);
	if (found >> 32 == HP_FN_NO_ROW) {
		uint32_t row = __atomic_add_fetch(&hp_fn_filter.rows, 1, __ATOMIC_RELAXED);
		uint64_t with_row = (uint32_t)found | (uint64_t)(row < HP_FILTERED_ROWS ? row : 0) << 32;
		if (__atomic_compare_exchange_n(&e->found, &found, with_row, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			found = with_row;
	}
	return (uint32_t)(found >> 32);
}

static HP_COLD void say_full(void)
{
	static const char text[] = "HP_FILTER: too many functions; further ones are recorded as the filter's first words say";
	struct hp_thread *t = hp_known();
	if (t && __atomic_fetch_add(&hp_fn_filter.used, 1, __ATOMIC_RELAXED) == HP_FN_ENTRIES_MAX)
		hp_meta_option(t, text, sizeof text - 1);
}

uint64_t hp_fn_filter_put(uintptr_t fn, uint32_t verdict)
{
	const struct hp_fn_entry *known = look_up(fn);
	uint64_t found = verdict | (uint64_t)HP_FN_NO_ROW << 32;
	if (known)
		return HP_RELAXED(&known->found);
	if (HP_RELAXED(&hp_fn_filter.used) >= HP_FN_ENTRIES_MAX) {
		say_full();
		return verdict;
	}
	for (uint32_t i = 0; i < HP_FN_ENTRIES; i++) {
		struct hp_fn_entry *e = entry_at(fn, i);
		uintptr_t none = 0;
		if (!__atomic_compare_exchange_n(&e->fn, &none, BUSY, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		e->found = found;
		HP_STORE(&e->fn, fn);
		__atomic_fetch_add(&hp_fn_filter.used, 1, __ATOMIC_RELAXED);
		break;
	}
	return found;
}

void hp_fn_filter_gone(uint64_t lo, uint64_t hi)
{
	if (!met)
		return;
	for (uint32_t i = 0; i < met_count; i++)
		if (met[i].lo < hi && lo < met[i].hi)
			HP_STORE(&met[i].hi, met[i].lo);
	for (uint32_t i = 0; i < HP_FN_ENTRIES; i++) {
		struct hp_fn_entry *e = &hp_fn_filter.entries[i];
		if (HP_RELAXED(&e->fn) - lo < hi - lo)
			HP_STORE(&e->fn, BUSY);
	}
}

/* ---- modules ---- */

static int met_at(uintptr_t fn, uint32_t *verdict)
{
	uint32_t n = HP_LOAD(&met_count);
	for (uint32_t i = 0; i < n; i++)
		if (fn < HP_LOAD(&met[i].hi) && fn >= met[i].lo) {
			*verdict = met[i].verdict;
			return 0;
		}
	return -1;
}

/* Two threads that meet a module at once both read it: the second finds in the table what it would put there. */
static uint32_t meet(struct hp_thread *t, const struct link_map *l, uint64_t lo, uint64_t hi)
{
	int is_main = &_r_debug && l == _r_debug.r_map;
	uint32_t verdict = hp_fn_symbols_read(t, l, is_main ? "/proc/self/exe" : l->l_name);
	uint32_t n = HP_RELAXED(&met_count);
	do
		if (n == MODULES_MAX)
			return verdict;
	while (!__atomic_compare_exchange_n(&met_count, &n, n + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	met[n].lo = lo;
	met[n].verdict = verdict;
	HP_STORE(&met[n].hi, hi);  /* nothing is in it before */
	return verdict;
}

static void meet_initial(struct hp_thread *t, const struct link_map *l)
{
	struct hp_image s;
	if (hp_fn_symbols_wanted(l) && !hp_image_of(l, l == _r_debug.r_map, &s))
		meet(t, l, s.lo, s.hi);
}

uint64_t hp_fn_find_slow(uintptr_t fn)
{
	const struct hp_fn_entry *known = look_up(fn);
	uint32_t verdict;
	struct hp_object o;
	if (known)
		return HP_RELAXED(&known->found);
	if (met_at(fn, &verdict)) {
		struct hp_thread *t = hp_known();
		if (t && !hp_module_object(fn, &o) && o.map)
			verdict = meet(t, o.map, o.lo, o.hi);
		else
			verdict = hp_config.filter ? hp_filter_verdict(hp_config.filter, NULL, "") : 0;
	}
	return hp_fn_filter_put(fn, verdict);
}

/* ---- what was left out ---- */

/* The thread's chunk, with at least `bytes` of it committed. NULL: there is no room, and what is left out is not counted any more. */
static char *filtered_chunk(struct hp_thread *t, size_t bytes)
{
	char *end = *(char *volatile *)&t->filtered_end, *chunk = HP_RELAXED(&t->filtered) - sizeof(struct hp_chunk);
	if (t == &hp_late)
		return NULL;
	if (!end)
		chunk = hp_chunk_new(HP_CHUNK_FILTERED, bytes);
	else if ((size_t)(end - chunk) >= bytes)
		return chunk;
	else if (hp_file_commit(end, (size_t)(chunk + bytes - end)))
		return NULL;
	/* In one: a handler that came meanwhile may have taken a chunk of its own, which is then left as it is. */
	if (chunk)
		hp_store_pair(&t->filtered, chunk + sizeof(struct hp_chunk), chunk + bytes);
	return chunk;
}

struct hp_filtered *hp_fn_left_out_slow(struct hp_thread *t, uintptr_t fn, uint32_t row)
{
	if (row == HP_FN_NO_ROW)
		row = take_row(fn);
	size_t bytes = FIRST_BYTES;
	while (bytes < sizeof(struct hp_chunk) + (row + 1) * sizeof(struct hp_filtered))
		bytes *= 2;
	char *chunk = filtered_chunk(t, bytes);
	return chunk ? (struct hp_filtered *)(chunk + sizeof(struct hp_chunk)) + row : &nobodys;
}

/* ---- the start ---- */

void hp_fn_filter_start(struct hp_thread *t)
{
	const char *why;
	hp_fn_filter.rules.depth = HP_FILTER_DEPTH_MAX;
	if (!hp_config.filter && !hp_config.min_ns)
		return;
	hp_fn_filter.entries = hp_sys_anonymous(HP_FN_ENTRIES * sizeof *hp_fn_filter.entries, 0);
	met = hp_sys_anonymous(MODULES_MAX * sizeof *met, 0);
	if (!hp_fn_filter.entries || !met)
		return;
	if (hp_config.filter)
		hp_filter_check(hp_config.filter, &hp_fn_filter.rules, &why);
	hp_fn_filter.min_ticks = (uint64_t)((double)hp_config.min_ns * 1e-9 * (double)hp_state.rate);
	for (const struct link_map *l = &_r_debug ? _r_debug.r_map : NULL; l && hp_config.filter; l = l->l_next)
		meet_initial(t, l);
	hp_fn_flags |= hp_config.filter ? HP_FN_FILTER | HP_FN_NAMES : HP_FN_FILTER;
	hp_function_reset(t);
	hp_function_reset(&hp_late);
}
