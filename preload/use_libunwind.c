/* use_libunwind.c - see use_libunwind.h. The only file that includes the library's header. */
#include "use_libunwind.h"
#include "elf_lookup.h"
#include "elf_rebind.h"
#include "intern.h"
#include "real.h"
#include "state.h"
#include "sys.h"
#include "unwind/module.h"
#include "unwind/probe.h"
#include "unwind/rule.h"
#include <dlfcn.h>
#if __has_include(<libunwind.h>)
#define UNW_LOCAL_ONLY
#include <libunwind.h>

enum { KEPT = 64, INNER_MAX = 16 };  /* frames kept without memory of their own; of ours, around a hook */

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
#define USED(X) X(getcontext, UNW_ARCH_OBJ(getcontext)) X(flush_cache, UNW_ARCH_OBJ(flush_cache)) \
	X(init_local, UNW_OBJ(init_local)) X(step, UNW_OBJ(step)) X(get_reg, UNW_OBJ(get_reg)) \
	X(is_signal_frame, UNW_OBJ(is_signal_frame)) X(get_proc_info, UNW_OBJ(get_proc_info)) \
	X(get_proc_info_by_ip, UNW_OBJ(get_proc_info_by_ip)) X(set_caching_policy, UNW_OBJ(set_caching_policy))
static struct {
	int (*getcontext)(unw_context_t *);
	void (*flush_cache)(unw_addr_space_t, unw_word_t, unw_word_t);
	int (*init_local)(unw_cursor_t *, unw_context_t *);
	int (*step)(unw_cursor_t *);
	int (*get_reg)(unw_cursor_t *, int, unw_word_t *);
	int (*is_signal_frame)(unw_cursor_t *);
	int (*get_proc_info)(unw_cursor_t *, unw_proc_info_t *);
	int (*get_proc_info_by_ip)(unw_addr_space_t, unw_word_t, unw_proc_info_t *, void *);
	int (*set_caching_policy)(unw_addr_space_t, unw_caching_policy_t);
	unw_addr_space_t *space;
} lib;

static const struct hp_thread *first_user;
static uint32_t shared, home;        /* several threads use it; the process that loaded it */
static uint32_t generation;          /* of the modules that it knows */
static HP_TLS uintptr_t wanted;      /* the pc whose module it asks for */

/* ---- what it calls in place of libc ---- */

static int iterate(int (*each)(struct dl_phdr_info *, size_t, void *), void *data)
{
	struct hp_module m;
	if (!wanted)
		return hp_libc.dl_iterate_phdr(each, data);
	if (hp_module_find(wanted, &m))
		return 0;
	struct dl_phdr_info info = { .dlpi_addr = m.bias, .dlpi_name = "", .dlpi_phdr = m.headers, .dlpi_phnum = (ElfW(Half))m.header_count };
	return each(&info, sizeof info, data);
}

/* The pipe by which it asks whether memory can be read: none is made, its ends stay -1 ... */
static int no_pipe(int ends[2], int flags) { return 0; }

/* ... from which nothing is read ... */
static ssize_t read_all_but_pipe(int fd, void *to, size_t n)
{
	if (fd != -1)
		return hp_real.read(fd, to, n);
	errno = EAGAIN;
	return -1;
}

/* ... and into which the byte in question is written. */
static long write_to_no_pipe(long number, long fd, long at, long n)
{
	errno = EFAULT;
	return number == SYS_write && (int)fd == -1 && hp_probe((uintptr_t)at & ~(uintptr_t)3) ? n : -1;
}

static const struct { char name[16]; uintptr_t to; } own[] = {
	{ "dl_iterate_phdr", (uintptr_t)iterate }, { "pipe2", (uintptr_t)no_pipe }, { "read", (uintptr_t)read_all_but_pipe },
	{ "syscall", (uintptr_t)write_to_no_pipe },
};

static uintptr_t bound_to(const char *name)
{
	for (unsigned i = 0; i < sizeof own / sizeof *own; i++)
		if (hp_streq(own[i].name, name))
			return own[i].to;
	return hp_elf_own(name) ? hp_elf_next(name, NULL) : 0;
}

/* ---- a capture ---- */

struct walk {
	unw_cursor_t cursor;
	uint32_t n, flags;            /* frames; HP_NODE_CUT or _STOPPED of the outermost one */
};

static uintptr_t get(struct walk *w, int reg)
{
	unw_word_t v = 0;
	return lib.get_reg(&w->cursor, reg, &v) ? 0 : v;
}

/* One frame outwards; > 0: there is one. */
static int step(struct walk *w)
{
	wanted = get(w, UNW_REG_IP);
	int r = lib.step(&w->cursor);
	return r > 0 && !get(w, UNW_REG_IP) ? 0 : r;
}

/*
 * Without tables it would guess by frame pointers, which is no judge: there it makes up a function of one byte. This also
 * has it find out whether the frame is a signal handler's return.
 */
static int has_tables(struct walk *w)
{
	unw_proc_info_t info;
	wanted = get(w, UNW_REG_IP);
	return !lib.get_proc_info(&w->cursor, &info) && !(info.start_ip == wanted && info.end_ip == wanted + 1);
}

/* A return to a function's very start was made up, as makecontext does for the outermost frame. Nor is a call before the loader. */
static int is_outermost(struct walk *w)
{
	unw_proc_info_t info;
	wanted = get(w, UNW_REG_IP);
	if (wanted - hp_loader_entry < HP_LOADER_ENTRY_BYTES)
		return 1;
	return !lib.get_proc_info_by_ip(*lib.space, wanted, &info, NULL) && info.start_ip == wanted;
}

/* Out of our own frames to the hook's caller. 0, or -1: not met. */
static int find_caller(struct walk *w, struct hp_caller caller)
{
	for (unsigned i = 0; i < INNER_MAX; i++) {
		if (step(w) <= 0)
			return -1;
		if (get(w, UNW_REG_IP) == caller.pc && get(w, UNW_REG_SP) == caller.sp)
			return 0;
	}
	return -1;
}

static void collect(struct walk *w, uint64_t *keys, uint32_t most)
{
	unsigned exact = 0;
	int more = 1, known;
	w->n = w->flags = 0;
	while (more > 0 && w->n < most) {
		keys[w->n++] = hp_frame_key(hp_strip_pc(get(w, UNW_REG_IP)), exact);
		known = has_tables(w);
		exact = lib.is_signal_frame(&w->cursor) > 0 ? HP_NODE_EXACT : 0;
		more = known ? step(w) : exact || !is_outermost(w) ? -1 : 0;
	}
	w->flags = more > 0 ? HP_NODE_CUT : more < 0 ? HP_NODE_STOPPED : 0;
}

static uint32_t intern(struct hp_thread *t, const struct walk *w, const uint64_t *keys)
{
	uint32_t id = 0;
	for (uint32_t i = w->n; i-- > 0;)
		if (!(id = hp_node(t, id, keys[i] | hp_frame_key(0, i == w->n - 1 ? w->flags : 0))))
			return 0;
	return id;
}

/* All frames, or as many as `keys` holds. */
static HP_SLOW int take(struct walk *w, unw_context_t *context, struct hp_caller caller, uint64_t *keys, uint32_t most)
{
	if (lib.init_local(&w->cursor, context) || find_caller(w, caller))
		return -1;
	collect(w, keys, most);
	return 0;
}

static HP_SLOW uint32_t take_deep(struct hp_thread *t, struct walk *w, unw_context_t *context, struct hp_caller caller, uint32_t depth)
{
	uint64_t *keys = hp_sys_anonymous(depth * sizeof *keys, 0);
	if (!keys)
		return 0;
	uint32_t id = take(w, context, caller, keys, depth) ? 0 : intern(t, w, keys);
	hp_sys2(SYS_munmap, keys, depth * sizeof *keys);
	return id;
}

static HP_SLOW uint32_t take_all(struct hp_thread *t, unw_context_t *context, struct hp_caller caller)
{
	struct walk w;
	uint64_t keys[KEPT];
	uint32_t depth = hp_stack_depth();
	if (take(&w, context, caller, keys, depth < KEPT ? depth : KEPT))
		return 0;
	return w.n == KEPT && depth > KEPT && (w.flags & HP_NODE_CUT) ? take_deep(t, &w, context, caller, depth) : intern(t, &w, keys);
}

/* A forked child must not meet a lock that another thread held. */
static int usable(const struct hp_thread *t)
{
	if (!first_user)
		first_user = t;
	if (t != first_user)
		HP_STORE(&shared, 1);
	return !HP_RELAXED(&hp_sandboxed) && t != &hp_late && !(shared && hp_live->pid != home) && !hp_tls.vforked;
}

uint32_t hp_libunwind_id(struct hp_thread *t, struct hp_caller caller)
{
	unw_context_t context;
	int error = errno;
	uint32_t now = HP_RELAXED(&hp_rule_generation), id;
	if (!usable(t))
		return 0;
	if (HP_RELAXED(&generation) != now) {
		HP_STORE(&generation, now);
		lib.flush_cache(*lib.space, 0, 0);
	}
	lib.getcontext(&context);
	id = take_all(t, &context, caller);
	wanted = 0;
	errno = error;
	return id;
}

/* ---- the start ---- */

static uint32_t by_libunwind(struct hp_thread *t, struct hp_caller caller)
{
	uint32_t id = hp_libunwind_id(t, caller);
	return id ? id : hp_stack_ours(t, caller);
}

static int load(void)
{
	if (!hp_tail_dlopen)
		return -1;
	const struct link_map *l = hp_tail_dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
	if (!l)
		return -1;
#define X(name, symbol) \
	if (!(*(uintptr_t *)&lib.name = hp_elf_symbol(l, TEXT(symbol)))) \
		return -1;
	USED(X)
	X(space, UNW_OBJ(local_addr_space))
#undef X
	return hp_elf_rebind(l, bound_to);
}

int hp_libunwind_start(enum hp_stack_mode mode)
{
	if (load())
		return -1;
	generation = hp_rule_generation;
	home = hp_live->pid;
	if (mode == HP_STACK_CHECK)  /* it would take the row of a return address for the instruction there, and the other way round */
		lib.set_caching_policy(*lib.space, UNW_CACHE_NONE);
	hp_stack_use(mode == HP_STACK_CHECK ? hp_stack_check : by_libunwind);
	return 0;
}

#else  /* a cross compiler that has no library but libc: all stacks are taken our way */

uint32_t hp_libunwind_id(struct hp_thread *t, struct hp_caller caller) { return 0; }
int hp_libunwind_start(enum hp_stack_mode mode) { return -1; }

#endif
