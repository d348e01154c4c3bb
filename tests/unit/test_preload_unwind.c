/* parts: preload/stack.c preload/intern.c preload/unwind/bytes.c preload/unwind/cfa.c preload/unwind/expr.c preload/unwind/debug_frame.c preload/unwind/fde.c preload/unwind/module.c preload/unwind/rule.c preload/unwind/step.c preload/unwind/remember.c preload/unwind/registers.c preload/unwind/shape.c preload/sys.c */
#include "test_preload_unwind.h"
#include <alloca.h>
#include <sys/mman.h>

static KEEP void plain_leaf(int n) { take_and_agree(); sink += n; }
COMPILE("O0") static KEEP void unoptimised(int n) { int a[10]; a[n] = n; plain_leaf(a[n]); sink++; }
COMPILE("Os") static KEEP void small(int n) { unoptimised(n & 7); sink += n; }
COMPILE("omit-frame-pointer") static KEEP void no_fp(int n) { small(n); sink += n; }

static KEEP void with_alloca(int n)
{
	volatile char *p = alloca((size_t)n * 16 + 1);
	p[n] = 1;
	no_fp(n);
	sink += p[n];
}

static KEEP void with_vla(int n)
{
	volatile char a[n * 7 + 1];
	a[n] = 1;
	with_alloca(n);
	sink += a[n];
}

static KEEP void realigned(int n)
{
	_Alignas(128) volatile char a[128];
	volatile char *p = alloca((size_t)n + 1);
	a[n & 127] = 1, p[n] = 2;
	with_vla(n);
	sink += a[n & 127] + p[n];
}

Test(unwind, finds_the_frames_of_all_kinds_of_functions)
{
	start(HP_STACK_DWARF, DEPTH);
	for (int n = 0; n < 20; n++) {
		realigned(n);
		with_vla(n);
		no_fp(n);
		take_and_agree();
		with_alloca(n % 3);
	}
}

Test(unwind, gives_the_same_id_for_the_same_stack)
{
	start(HP_STACK_DWARF, DEPTH);
	uint32_t ids[2];
	for (volatile int n = 0; n < 2; n++) {
		realigned(3);
		ids[n] = k.id;
		with_vla(1);
	}
	cr_assert_eq(ids[0], ids[1]);
}

static int compare(const void *a, const void *b)
{
	take_and_agree();
	return *(const int *)a - *(const int *)b;
}

Test(unwind, goes_through_libc_from_a_callback)
{
	int v[] = { 5, 3, 9, 1, 7, 2 };
	start(HP_STACK_DWARF, DEPTH);
	qsort(v, 6, sizeof *v, compare);
	cr_assert_eq(v[0], 1);
	cr_assert_gt(k.count, 5);
}

Test(unwind, follows_ten_thousand_frames)
{
	start(HP_STACK_DWARF, HP_DEPTH_MAX);
	for (int i = 0; i < 3; i++) {
		recurse(10000, 10000 - i);
		recurse(10000, i);
		agree(&k, FRAMES_MAX);
		cr_assert_gt(k.count, 10000);
		cr_assert_eq(k.end, 0);
	}
}

Test(unwind, cuts_the_outer_frames_at_the_configured_depth)
{
	start(HP_STACK_DWARF, 20);
	for (int i = 40; i-- > 0;) {
		recurse(60, i);
		agree(&k, 20);
		cr_assert_eq(k.end, HP_NODE_CUT);
	}
	take(&k);
	agree(&k, 20);
	cr_assert_eq(k.end, k.judged > 20 ? HP_NODE_CUT : 0);
}

Test(unwind, follows_a_stack_that_grows_and_shrinks)
{
	start(HP_STACK_DWARF, DEPTH);
	both_ways(200);
	both_ways(50);
}

/* Random walks over call paths with equal and different frame sizes: what is remembered must never be mistaken. */
static uint32_t rnd(void) { static uint32_t s = 1; s ^= s << 13; s ^= s >> 17; s ^= s << 5; return s; }
static KEEP void maze(int n);
static KEEP void maze_a(int n) { maze(n - 1); sink++; maze(n - 1); sink++; }
static KEEP void maze_b(int n) { maze(n - 1); sink++; maze(n - 2); sink++; }
static KEEP void maze_alloca(int n) { volatile char *p = alloca(rnd() % 64 + 1); p[0] = 1; maze(n - 1); sink += p[0]; }
COMPILE("O0") static KEEP void maze_fp(int n) { maze(n - 1); maze(n - 1); }
static KEEP void maze(int n)
{
	if (rnd() % 3 == 0)
		take_and_agree();
	if (n <= 0)
		return;
	switch (rnd() % 5) {
	case 0: maze_a(n); break;
	case 1: maze_b(n); break;
	case 2: maze_alloca(n); break;
	case 3: maze_fp(n); break;
	case 4: maze(n - 1); sink++; maze(n - 1); sink++;
	}
	if (rnd() % 2)
		take_and_agree();
}

Test(unwind, is_never_mistaken_on_random_call_paths)
{
	start(HP_STACK_DWARF, DEPTH);
	for (int i = 0; i < 30; i++)
		maze(12);
}

Test(unwind, uses_frame_pointers_when_told_so)
{
	start(HP_STACK_FP, DEPTH);
	take(&k);
	cr_assert_gt(k.count, 0);
	cr_assert_eq(k.pc[0], k.judge_pc[0]);
}

Test(unwind, gives_no_id_when_stacks_are_off)
{
	start(HP_STACK_NONE, DEPTH);
	cr_assert_eq(hp_stack_id(self(), HP_CALLER()), 0);
}

static KEEP void in_unknown_code(void)
{
	take(&k);
	sink++;
}

Test(unwind, stops_at_code_without_unwind_tables)
{
	/* push rbp-less thunk: sub rsp,8; call rax; add rsp,8; ret */
	static const uint8_t thunk[] = { 0x48, 0x83, 0xec, 0x08, 0xff, 0xd7, 0x48, 0x83, 0xc4, 0x08, 0xc3 };
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	start(HP_STACK_DWARF, DEPTH);
	memcpy(code, thunk, sizeof thunk);
	void (*call)(void (*)(void));
	*(void **)&call = code;
	for (int i = 0; i < 2; i++) {
		call(in_unknown_code);
		cr_assert_eq(k.count, 2);
		cr_assert_eq(k.pc[1], (uintptr_t)code + 6);
		cr_assert_eq(k.end, HP_NODE_STOPPED);
	}
}

Test(unwind, keeps_no_rules_of_modules_that_are_gone)
{
	start(HP_STACK_DWARF, DEPTH);
	take_and_agree();
	uint32_t before = hp_rule_generation, emitted = nodes_emitted;
	hp_stack_modules_changed();
	cr_assert_neq(hp_rule_generation, before);
	for (int i = 0; i < 2; i++)
		take_and_agree();
	cr_assert_leq(nodes_emitted, emitted + k.count);
}
