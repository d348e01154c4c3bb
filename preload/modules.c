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
#include "image.h"
#include "intern.h"
#include "real.h"
#include "sys.h"
#include "unwind/debug_frame.h"
#include "unwind/module.h"
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>

enum { MODULES_MAX = 4096, PAGE_SHIFT = 12, PAGES_BITS = 28, TURNS_MAX = 1000 };

extern struct r_debug _r_debug __attribute__((weak));
uint32_t hp_modules_generation = 1;

/*
 * range: lo..hi as first page and number of pages, in one word: what readers look at while the writer, who has the turn,
 * gives a gone module's entry to another one. 0: gone.
 */
struct module { uint64_t range, base, lo, hi, mapped_lo; uint32_t seen, reserved; };
static struct { struct module *list; uint32_t count, round, starting, started; } known;  /* guarded by hp_live->module_scan */

static void write_module(struct hp_thread *t, const struct module *m, const struct hp_image *s, const char *path)
{
	size_t path_bytes = hp_strlen(path);
	if (path_bytes > 1000)
		path_bytes = 1000;
	unsigned words = (unsigned)(sizeof(struct hp_r_module) + s->id_bytes + path_bytes + 3) / 4;
	struct hp_r_module *r = (void *)hp_meta_open(t, HP_R_MODULE, words);
	struct stat st;
	int have = !hp_sandboxed && path_bytes && !hp_sys4(SYS_newfstatat, AT_FDCWD, path, &st, 0);
	r->pid = hp_live->pid;
	hp_put64(r->ticks, hp_ticks());
	hp_put64(r->base, m->base);
	hp_put64(r->lo, m->lo);
	hp_put64(r->hi, m->hi);
	hp_put64(r->dev, have ? st.st_dev : 0);
	hp_put64(r->ino, have ? st.st_ino : 0);
	r->build_id_bytes = s->id_bytes;
	r->path_bytes = (uint32_t)path_bytes;
	memcpy(r + 1, s->id, s->id_bytes);
	memcpy((char *)(r + 1) + s->id_bytes, path, path_bytes);
	hp_commit(&r->w, hp_word(HP_R_MODULE, 0, words));
}

static void write_gone(struct hp_thread *t, const struct module *m)
{
	struct hp_r_module_gone *r = (void *)hp_meta_open(t, HP_R_MODULE_GONE, sizeof *r / 4);
	hp_put64(r->ticks, hp_ticks());
	hp_put64(r->base, m->base);
	hp_commit(&r->w, hp_word(HP_R_MODULE_GONE, 0, 0));
}

/* Functions are known by 32 bits of their address: two modules that share some need the long form from now on. */
static void check_clash(const struct module *m)
{
	for (uint32_t i = 0; i < known.count; i++) {
		const struct module *o = &known.list[i];
		uint32_t span = (uint32_t)(o->hi - o->lo), mine = (uint32_t)(m->hi - m->lo);
		if (o != m && o->range && ((uint32_t)m->lo - (uint32_t)o->lo < span || (uint32_t)o->lo - (uint32_t)m->lo < mine)) {
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

/* An entry whose range is 0; a gone module's rather than one more. NULL: there are too many. */
static struct module *free_entry(void)
{
	for (uint32_t i = 0; i < known.count; i++)
		if (!known.list[i].range)
			return &known.list[i];
	if (known.count == MODULES_MAX)
		return NULL;
	struct module *m = &known.list[known.count];
	HP_STORE(&m->range, 0);
	HP_STORE(&known.count, known.count + 1);
	return m;
}

static void drop_module(struct hp_thread *t, struct module *m)
{
	write_gone(t, m);
	hp_intern_gone(m->lo, m->hi);
	hp_module_remove(m->mapped_lo);
	HP_STORE(&m->range, 0);
	m->lo = m->hi = 0;
	m->base = UINT64_MAX;
}

/* What is in the place of a new module has gone without a dlclose that we could see: libc unloads its own plugins so. */
static void drop_overlapped(struct hp_thread *t, const struct hp_image *s)
{
	for (uint32_t i = 0; i < known.count; i++)
		if (known.list[i].range && known.list[i].lo < s->hi && s->lo < known.list[i].hi)
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
	*m = (struct module){ .base = l->l_addr, .lo = s.lo, .hi = s.hi, .mapped_lo = s.mapped_lo };
	write_module(t, m, &s, path);
	HP_STORE(&m->range, range_of(s.lo, s.hi));
	check_clash(m);
	hp_module_add(s.mapped_lo, s.mapped_hi, s.unwind);
	if (known.starting && path[0] == '/' && hp_config.stack_mode != HP_STACK_FP && hp_config.stack_mode != HP_STACK_NONE && hp_image_lacks_tables(&s))
		hp_debug_frame_add(path, s.lo, s.hi, l->l_addr, s.unwind != 0);
	hp_stack_modules_changed();
}

/* One thread at a time; another one that comes meanwhile leaves it for the next opportunity. */
static int take_turn(void)
{
	uint32_t idle = 0;
	return __atomic_compare_exchange_n(&hp_live->module_scan, &idle, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void end_turn(void)
{
	__atomic_store_n(&hp_live->module_scan, 0, __ATOMIC_RELEASE);
}

/* A module that has gone must not be missed; but the holder of the turn may be what a signal handler has interrupted here. */
static int wait_for_turn(void)
{
	for (unsigned i = 0; !take_turn(); i++) {
		if (i == TURNS_MAX || hp_sandboxed)
			return -1;
		hp_sys0(SYS_sched_yield);
	}
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
	known.count = 0;
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

void hp_modules_note(struct hp_thread *t, uintptr_t pc)
{
	struct hp_object found;
	if (!known.list || module_at(pc) || !hp_dl_find_object || !take_turn())
		return;
	if (!module_at(pc) && !hp_module_object(pc, &found) && found.map)
		add_module(t, found.map, pc);
	end_turn();
}

static int mark_present(struct dl_phdr_info *info, size_t size, void *round)
{
	for (uint32_t i = 0; i < known.count; i++)
		if (known.list[i].base == info->dlpi_addr)
			known.list[i].seen = *(uint32_t *)round;
	return 0;
}

void hp_modules_closed(struct hp_thread *t)
{
	if (!known.list || !hp_libc.dl_iterate_phdr || wait_for_turn())
		return;
	uint32_t round = ++known.round;
	hp_libc.dl_iterate_phdr(mark_present, &round);
	for (uint32_t i = 0; i < known.count; i++) {
		if (known.list[i].seen != round && known.list[i].range)
			drop_module(t, &known.list[i]);
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
