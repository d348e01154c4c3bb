/*
 * modules.c - which file is loaded where, for how long.
 *
 * The loader's list may be walked in the constructor only: later, another thread's dlclose would free it under our feet,
 * and its lock must not be taken in a hook. What dlopen brings is found by the first program counter inside it
 * (_dl_find_object, lock-free); code that is on our stack cannot be unloaded meanwhile. What dlclose took is found in
 * its own hook, where the program is ready for the loader's lock anyway.
 */
#include "meta.h"
#include "event.h"
#include "fn_filter.h"
#include "image.h"
#include "intern.h"
#include "real.h"
#include "sys.h"
#include "unwind/debug_frame.h"
#include "unwind/module.h"
#include "unwind/step.h"
#include <fcntl.h>
#include <link.h>

enum { MODULES_MAX = 4096, PAGE_SHIFT = 12, PAGES_BITS = 28, YIELDS = 100, NAPS = 200, NAP_NS = 50000 };

extern struct r_debug _r_debug __attribute__((weak));
uint32_t hp_modules_generation = 1;

/*
 * range: lo..hi as first page and number of pages, in one word: what readers look at while the writer, who has the turn,
 * gives a gone module's entry to another one. 0: gone, or doubtful: as long as any dlclose is under way, which may take it,
 * it is looked at anew before anything is said to be in it. initial: loaded at the start, which no dlclose takes.
 */
struct module {
	uint64_t range, base, lo, hi, mapped_lo;
	const struct link_map *map;
	uint32_t name, seen;           /* a hash of the loader's name for it; the last round in which it was there */
	uint8_t initial, doubtful, told; /* told: hp_intern_gone knows already */
};
static struct { struct module *list; uint32_t count, round, starting, started, closers, given_up; } known;  /* guarded by hp_live->module_scan */

static int is_used(const struct module *m) { return m->range || m->doubtful; }

static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

/* Functions are known by 32 bits of their address: two modules that share some need the long form from now on. */
static void check_clash(const struct module *m)
{
	for (uint32_t i = 0; i < known.count; i++) {
		const struct module *o = &known.list[i];
		uint32_t span = (uint32_t)(o->hi - o->lo), mine = (uint32_t)(m->hi - m->lo);
		if (o != m && is_used(o) && ((uint32_t)m->lo - (uint32_t)o->lo < span || (uint32_t)o->lo - (uint32_t)m->lo < mine)) {
			hp_fn_flags |= HP_FN_WIDE;
			hp_state.header->flags |= HP_FLAG_WIDE_FUNCTIONS;
		}
	}
}

static uint64_t range_of(uint64_t lo, uint64_t hi)
{
	uint64_t first = lo >> PAGE_SHIFT, last = (hi - 1) >> PAGE_SHIFT;
	return first << PAGES_BITS | (last - first + 1);
}

/* An entry that is not in use; a gone module's rather than one more. NULL: there are too many. */
static struct module *free_entry(void)
{
	for (uint32_t i = 0; i < known.count; i++)
		if (!is_used(&known.list[i]))
			return &known.list[i];
	if (known.count == MODULES_MAX)
		return NULL;
	struct module *m = &known.list[known.count];
	*m = (struct module){ 0 };
	HP_STORE(&known.count, known.count + 1);
	return m;
}

static void drop_module(struct hp_thread *t, struct module *m)
{
	hp_meta_module_gone(t, m->base);
	if (!m->told)
		hp_intern_gone(m->lo, m->hi);
	hp_module_remove(m->mapped_lo);
	hp_fn_filter_gone(m->lo, m->hi);
	HP_STORE(&m->range, 0);
	m->doubtful = m->told = 0;
	m->lo = m->hi = 0;
	m->base = UINT64_MAX;
}

/* What is in the place of a new module has gone without a dlclose that we could see: libc unloads its own plugins so. */
static void drop_overlapped(struct hp_thread *t, const struct hp_image *s)
{
	for (uint32_t i = 0; i < known.count; i++)
		if (is_used(&known.list[i]) && known.list[i].lo < s->hi && s->lo < known.list[i].hi)
			drop_module(t, &known.list[i]);
}

/* code: an address that must be in it, 0: any. A damaged return address may lead into a known module's data. */
static void add_module(struct hp_thread *t, const struct link_map *l, uintptr_t code)
{
	struct hp_image s;
	int is_main = &_r_debug && l == _r_debug.r_map;
	if (hp_image_of(l, is_main, &s) || (code && code - s.lo >= s.hi - s.lo))
		return;
	drop_overlapped(t, &s);
	char exe[1024];
	const char *path = l->l_name;
	if (is_main) {
		long bytes = hp_sandboxed ? 0 : hp_sys4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", exe, sizeof exe - 1);
		exe[bytes > 0 ? bytes : 0] = 0;
		path = exe;
	}
	struct module *m = free_entry();
	if (!m)
		return;
	*m = (struct module){ .base = l->l_addr, .lo = s.lo, .hi = s.hi, .mapped_lo = s.mapped_lo, .map = l,
		.name = hash_of(l->l_name), .initial = (uint8_t)known.starting };
	hp_meta_module(t, m->base, &s, path);
	HP_STORE(&m->range, range_of(s.lo, s.hi));
	check_clash(m);
	hp_module_add(s.mapped_lo, s.mapped_hi, s.unwind);
	if (known.starting && path[0] == '/' && hp_config.stack_mode != HP_STACK_FP && hp_config.stack_mode != HP_STACK_NONE && hp_image_lacks_tables(&s))
		hp_debug_frame_add(path, s.lo, s.hi, l->l_addr, s.unwind != 0);
	hp_stack_modules_changed();
}

/* One thread at a time. 0: the turn is ours; else whose it is. */
static uint32_t take_turn(uintptr_t frame)
{
	uint32_t holder = 0;
	if (!__atomic_compare_exchange_n(&hp_live->module_scan, &holder, hp_tls.uid, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return holder;
	HP_STORE(&hp_live->module_scan_frame, frame);
	return 0;
}

static void end_turn(void)
{
	HP_STORE(&hp_live->module_scan_frame, 0);
	__atomic_store_n(&hp_live->module_scan, 0, __ATOMIC_RELEASE);
}

/*
 * The turn is this thread's already: a signal handler, we, has interrupted it further out on the stack, or a jump out of a
 * handler has left it behind, and we may have it.
 */
static int inherit_turn(uintptr_t frame)
{
	struct hp_thread *t = hp_tls.t;
	uintptr_t before = HP_RELAXED(&hp_live->module_scan_frame);
	if (!t || !before || frame < before || hp_own_stack(t, frame) != hp_own_stack(t, before))
		return -1;
	HP_STORE(&hp_live->module_scan_frame, frame);
	return 0;
}

/*
 * A module that has gone must not be missed; but the holder of the turn may be stopped, or have jumped away for good: it is
 * waited for once only.
 */
static int wait_for_turn(void)
{
	static const struct timespec nap = { 0, NAP_NS };
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
	for (unsigned i = 0;; i++) {
		uint32_t holder = take_turn(frame);
		if (!holder)
			break;
		if (holder == hp_tls.uid)
			return inherit_turn(frame);
		if (i == YIELDS + NAPS || hp_sandboxed || holder == HP_RELAXED(&known.given_up)) {
			HP_STORE(&known.given_up, holder);
			return -1;
		}
		if (i < YIELDS)
			hp_sys0(SYS_sched_yield);
		else
			hp_sys2(SYS_nanosleep, &nap, NULL);
	}
	HP_STORE(&known.given_up, 0);
	return 0;
}

static struct module *module_at(uintptr_t pc)
{
	uint32_t n = HP_LOAD(&known.count);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t range = HP_LOAD(&known.list[i].range);
		if ((pc >> PAGE_SHIFT) - (range >> PAGES_BITS) < (range & ((1u << PAGES_BITS) - 1)))
			return &known.list[i];
	}
	return NULL;
}

void hp_modules_start(struct hp_thread *t)
{
	hp_modules_generation++;
	known.count = known.closers = 0;
	if (!known.list)
		known.list = hp_sys_anonymous(MODULES_MAX * sizeof *known.list, 0);
	if (!known.list || !&_r_debug || !t)
		return;
	if (_r_debug.r_state != RT_CONSISTENT) {  /* a forked child inside dlopen: each module as it shows up */
		__atomic_fetch_or(&hp_fn_flags, HP_FN_CHECK, __ATOMIC_RELAXED);
		return;
	}
	known.starting = !known.started;
	known.started = 1;
	for (const struct link_map *l = _r_debug.r_map; l; l = l->l_next)
		add_module(t, l, 0);
	known.starting = 0;
}

static void believe(struct module *m)
{
	if (HP_RELAXED(&known.closers))
		return;  /* it is there now, but may be gone in the next moment */
	m->doubtful = m->told = 0;
	HP_STORE(&m->range, range_of(m->lo, m->hi));
}

/* A doubtful module with this code that is still the same. 1: it is. */
static int confirm(const struct link_map *l, uintptr_t pc)
{
	for (uint32_t i = 0; i < known.count; i++) {
		struct module *m = &known.list[i];
		if (!m->doubtful || m->base != l->l_addr || pc - m->lo >= m->hi - m->lo || m->name != hash_of(l->l_name))
			continue;
		m->map = l;
		believe(m);
		return 1;
	}
	return 0;
}

void hp_modules_note(struct hp_thread *t, uintptr_t pc)
{
	struct hp_object found;
	if (!known.list || module_at(pc) || hp_module_object(pc, &found) || !found.map || wait_for_turn())
		return;
	if (!module_at(pc) && !confirm(found.map, pc))
		add_module(t, found.map, pc);
	end_turn();
}

static int mark_present(struct dl_phdr_info *info, size_t size, void *round)
{
	for (uint32_t i = 0; i < known.count; i++)
		if (known.list[i].base == info->dlpi_addr && known.list[i].name == hash_of(info->dlpi_name))
			known.list[i].seen = *(uint32_t *)round;
	return 0;
}

/* Another thread may load something in the place of what goes before hp_modules_closed knows that it went. */
void hp_modules_closing(const void *handle)
{
	__atomic_add_fetch(&known.closers, 1, __ATOMIC_ACQ_REL);
	if (!known.list || wait_for_turn())
		return;
	for (uint32_t i = 0; i < known.count; i++) {
		struct module *m = &known.list[i];
		if (m->initial || !is_used(m))
			continue;
		m->doubtful = 1;
		HP_STORE(&m->range, 0);
		m->told = m->map == handle;  /* glibc's handles are such pointers */
		if (m->told)
			hp_intern_gone(m->lo, m->hi);
	}
	end_turn();
	hp_stack_modules_changed();
}

void hp_modules_closed(struct hp_thread *t)
{
	__atomic_sub_fetch(&known.closers, 1, __ATOMIC_ACQ_REL);
	if (!t || !known.list || !hp_libc.dl_iterate_phdr || wait_for_turn())
		return;
	uint32_t round = ++known.round;
	hp_libc.dl_iterate_phdr(mark_present, &round);
	for (uint32_t i = 0; i < known.count; i++) {
		struct module *m = &known.list[i];
		if (is_used(m) && m->seen != round && !m->initial)
			drop_module(t, m);
		else if (m->doubtful)
			believe(m);
	}
	hp_modules_generation++;
	end_turn();
	hp_stack_modules_changed();
}

void hp_modules_check(struct hp_thread *t, uintptr_t fn)
{
	struct module *m = module_at(fn);
	if (!m) {
		hp_modules_note(t, fn);
		m = module_at(fn);
	}
	t->fn_generation = hp_modules_generation;
	t->fn_module_lo = m ? m->lo : 0;
	t->fn_module_bytes = m ? m->hi - m->lo : 0;
}
