/* parts: preload/stack.c preload/intern.c preload/unwind/bytes.c preload/unwind/cfa.c preload/unwind/expr.c preload/unwind/debug_frame.c preload/unwind/fde.c preload/unwind/module.c preload/unwind/rule.c preload/unwind/step.c preload/unwind/remember.c preload/unwind/registers.c preload/unwind/shape.c preload/sys.c */
#include "test_preload_unwind.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static void on_signal(int sig)
{
	take_and_agree();
	both_ways(1);
}

static KEEP void raise_in_a_leaf(int n)
{
	sink = n;
	kill(getpid(), SIGUSR1);
	sink = n;
	__asm__ volatile("ud2");
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
	on_signal(sig);
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

static void catch_signals(int flags)
{
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = flags };
	sigaction(SIGUSR1, &a, NULL);
	a.sa_sigaction = on_trap;
	a.sa_flags = flags | SA_SIGINFO;
	sigaction(SIGILL, &a, NULL);
}

Test(unwind_stacks, goes_through_signal_handlers)
{
	start(HP_STACK_DWARF, DEPTH);
	catch_signals(0);
	for (int i = 0; i < 3; i++) {
		raise_in_a_leaf(i);
		take_and_agree();
	}
	cr_assert_gt(k.count, 3);
}

Test(unwind_stacks, goes_from_an_alternate_signal_stack_to_the_interrupted_one)
{
	stack_t s = { .ss_sp = malloc(65536), .ss_size = 65536 };
	start(HP_STACK_DWARF, DEPTH);
	sigaltstack(&s, NULL);
	catch_signals(SA_ONSTACK);
	for (int i = 0; i < 3; i++) {
		raise_in_a_leaf(i);
		take_and_agree();
	}
}

Test(unwind_stacks, marks_the_interrupted_frame)
{
	unsigned exact = 0;
	start(HP_STACK_DWARF, DEPTH);
	catch_signals(0);
	raise_in_a_leaf(1);
	for (uint32_t id = k.id; id; id = nodes[id].parent)
		exact += nodes[id].flags & HP_NODE_EXACT ? 1 : 0;
	cr_assert_eq(exact, 1);
}

static ucontext_t main_context, other_context;
static void on_other_stack(void)
{
	for (int i = 0; i < 5; i++) {
		take(&k);
		agree(&k, DEPTH);
		cr_assert_eq(k.end, 0);
		both_ways(2);
		swapcontext(&other_context, &main_context);
	}
}

Test(unwind_stacks, follows_the_stack_of_a_coroutine)
{
	start(HP_STACK_DWARF, DEPTH);
	getcontext(&other_context);
	other_context.uc_stack.ss_sp = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	other_context.uc_stack.ss_size = 1 << 20;
	other_context.uc_link = NULL;
	makecontext(&other_context, on_other_stack, 0);
	for (int i = 0; i < 5; i++) {
		swapcontext(&main_context, &other_context);
		take_and_agree();
	}
}

Test(unwind_stacks, stops_on_a_foreign_stack_in_a_sandbox)
{
	start(HP_STACK_DWARF, DEPTH);
	getcontext(&other_context);
	other_context.uc_stack.ss_sp = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	other_context.uc_stack.ss_size = 1 << 20;
	makecontext(&other_context, (void (*)(void))recurse, 2, 400, 0);
	other_context.uc_link = &main_context;
	hp_sandboxed = 1;
	swapcontext(&main_context, &other_context);
	cr_assert_lt(k.count, k.judged);
	cr_assert_eq(k.end, HP_NODE_STOPPED);
}

enum { MIB = 1 << 20 };
static char *two_stacks;  /* a coroutine's, a hole, the thread's: a MiB each */
static ucontext_t thread_context, coroutine_context;

static void first_capture(void)
{
	take(&k);
	sink++;
}

static void *start_on_the_coroutine(void *arg)
{
	getcontext(&coroutine_context);
	coroutine_context.uc_stack.ss_sp = two_stacks;
	coroutine_context.uc_stack.ss_size = MIB;
	coroutine_context.uc_link = &thread_context;
	makecontext(&coroutine_context, first_capture, 0);
	self()->stack_lo = (uintptr_t)two_stacks;  /* all that the recorder can know there */
	swapcontext(&thread_context, &coroutine_context);
	return NULL;
}

Test(unwind_stacks, does_not_take_what_lies_between_two_stacks_for_the_own_one)
{
	pthread_t t;
	pthread_attr_t a;
	start(HP_STACK_DWARF, DEPTH);
	two_stacks = mmap(NULL, 3 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(two_stacks + MIB, MIB, PROT_NONE);
	pthread_attr_init(&a);
	pthread_attr_setstack(&a, two_stacks + 2 * MIB, MIB);
	pthread_create(&t, &a, start_on_the_coroutine, NULL);
	pthread_join(t, NULL);
	agree(&k, DEPTH);
}

static void *thread_main(void *arg)
{
	static __thread struct taken mine;
	for (int i = 0; i < 100; i++) {
		take(&mine);
		agree(&mine, DEPTH);
		cr_assert_eq(mine.end, 0);
	}
	return arg;
}

Test(unwind_stacks, reaches_the_start_of_every_thread)
{
	pthread_t t[4];
	start(HP_STACK_DWARF, DEPTH);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread_main, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

static sigjmp_buf back;
static void jump_out(int sig) { siglongjmp(back, 1); }

Test(unwind_stacks, remembers_again_after_a_handler_jumped_out_of_a_capture)
{
	start(HP_STACK_DWARF, DEPTH);
	signal(SIGALRM, jump_out);
	for (int i = 0; i < 200; i++) {
		if (!sigsetjmp(back, 1)) {
			ualarm((useconds_t)(i % 40 + 1), 0);
			for (;;)
				sink = (int)hp_stack_id(self(), HP_CALLER());
		}
		take_and_agree();
		both_ways(3);
	}
	cr_assert_neq(self()->stack.count, 0);
}

static void capture_in_handler(int sig)
{
	static struct taken nested;
	take(&nested);
	agree(&nested, DEPTH);
}

Test(unwind_stacks, is_right_when_a_handler_interrupts_a_capture)
{
	start(HP_STACK_DWARF, DEPTH);
	signal(SIGALRM, capture_in_handler);
	for (int i = 0; i < 2000; i++) {
		ualarm((useconds_t)(i % 50 + 1), 0);
		both_ways(10);
	}
}
