/* What the tests of the unwinder share: nodes as the recorder emits them, and libunwind as the judge. */
#ifndef TEST_PRELOAD_UNWIND_H
#define TEST_PRELOAD_UNWIND_H

#include <criterion/criterion.h>
#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <libunwind.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "thread.h"
#include "unwind/module.h"
#include "unwind/rule.h"

enum { NODES_MAX = 1 << 20, FRAMES_MAX = 20000 };
struct node { uint32_t parent, flags, seen; uintptr_t pc; };
static struct node nodes[NODES_MAX];
static uint32_t nodes_emitted;
uint8_t hp_sandboxed;

void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags);
void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags)
{
	cr_assert_lt(id, NODES_MAX);
	nodes[id] = (struct node){ parent, flags, 1, pc };
	__atomic_add_fetch(&nodes_emitted, 1, __ATOMIC_RELAXED);
}

static struct {
	int (*getcontext)(unw_context_t *);
	int (*init)(unw_cursor_t *, unw_context_t *);
	int (*step)(unw_cursor_t *);
	int (*reg)(unw_cursor_t *, int, unw_word_t *);
	int (*set_cache)(unw_addr_space_t, unw_caching_policy_t);
} judge;

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
static void *judge_symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);
	cr_assert(p, "libunwind has %s", name);
	return p;
}

static void start(enum hp_stack_mode mode, unsigned depth)
{
	void *lib = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
	cr_assert(lib, "libunwind is installed");
	*(void **)&judge.getcontext = judge_symbol(lib, TEXT(UNW_ARCH_OBJ(getcontext)));
	*(void **)&judge.init = judge_symbol(lib, TEXT(UNW_OBJ(init_local)));
	*(void **)&judge.step = judge_symbol(lib, TEXT(UNW_OBJ(step)));
	*(void **)&judge.reg = judge_symbol(lib, TEXT(UNW_OBJ(get_reg)));
	*(void **)&hp_dl_find_object = dlsym(RTLD_DEFAULT, "_dl_find_object");
	hp_stack_init(mode, depth);
}

/* The thread state of the recorder, its bounds as libc tells them. */
static struct hp_thread *self(void)
{
	static struct hp_thread pool[16];
	static int used;
	static __thread struct hp_thread *t;
	pthread_attr_t a;
	void *lo;
	size_t size;
	if (t)
		return t;
	t = &pool[__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED)];
	t->live = 1;
	t->uid = (uint32_t)(t - pool) + 1;
	pthread_getattr_np(pthread_self(), &a);
	pthread_attr_getstack(&a, &lo, &size);
	pthread_attr_destroy(&a);
	t->stack_hi = (uintptr_t)lo + size;
	t->stack_lo = (uintptr_t)__builtin_frame_address(0) & ~4095ul;
	return t;
}

struct taken {
	uint32_t id;
	unsigned count, judged;             /* frames by us, by libunwind */
	unsigned end;                       /* flags of our outermost node */
	uintptr_t pc[FRAMES_MAX], judge_pc[FRAMES_MAX];
};

static void read_nodes(struct taken *k)
{
	k->count = 0;
	k->end = 0;
	for (uint32_t id = k->id; id; id = nodes[id].parent) {
		cr_assert(nodes[id].seen, "node %u was emitted", id);
		k->pc[k->count++] = nodes[id].pc;
		k->end = nodes[id].flags;
	}
}

/* The stack of the caller, by us and by libunwind. A hook is such a function. */
static __attribute__((noinline)) void take(struct taken *k)
{
	unw_context_t context;
	unw_cursor_t cursor;
	unw_word_t pc;
	k->id = hp_stack_id(self(), HP_CALLER());
	read_nodes(k);
	k->judged = 0;
	judge.getcontext(&context);
	judge.init(&cursor, &context);
	while (k->judged < FRAMES_MAX && judge.step(&cursor) > 0) {
		judge.reg(&cursor, UNW_REG_IP, &pc);
		if (!pc)
			break;
		k->judge_pc[k->judged++] = pc;
	}
}

/* Ours must be what libunwind finds, to the depth that is configured. */
static void agree(const struct taken *k, unsigned depth)
{
	unsigned want = k->judged < depth ? k->judged : depth;
	for (unsigned i = 0; i < k->count && i < want; i++)
		cr_assert_eq(k->pc[i], k->judge_pc[i], "frame %u of %u: %#lx, libunwind says %#lx", i, want, k->pc[i], k->judge_pc[i]);
	cr_assert_eq(k->count, want, "%u frames, libunwind has %u", k->count, want);
}

static struct taken k;
static volatile int sink;
enum { DEPTH = 128 };

#ifdef __clang__
#define KEEP __attribute__((noinline))
#define COMPILE(how)
#else
#define KEEP __attribute__((noinline, noclone))
#define COMPILE(how) __attribute__((optimize(how)))
#endif

static __attribute__((unused)) void take_and_agree(void)
{
	take(&k);
	agree(&k, DEPTH);
}

static KEEP __attribute__((unused)) void recurse(int n, int at)
{
	if (n == at)
		take(&k);
	if (n)
		recurse(n - 1, at);
	sink++;
}

static KEEP __attribute__((unused)) void both_ways(int n)
{
	take_and_agree();
	if (n) {
		both_ways(n - 1);
		take_and_agree();
		sink++;
		take_and_agree();
	}
}

#endif
