/* flags: -O0 -fno-omit-frame-pointer -fno-builtin */
/*
 * Allocates on stacks that end exactly where nothing can be read, below damaged frame pointers, and through code without unwind
 * tables: unwind_guards HOW. Prints how often.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "tally.h"

enum { STACK = 1 << 16, PAGE = 4096, TIMES = 20 };
static long allocations;

__attribute__((noinline)) static void allocate(void)
{
	free(malloc(100));
	allocations++;
}

__attribute__((noinline)) static void deeper(int n)
{
	if (n)
		deeper(n - 1);
	allocate();
}

/* The end of a stack between two pages that cannot be read. */
static char *guarded_stack(void)
{
	char *p = mmap(NULL, STACK + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p + PAGE, STACK, PROT_READ | PROT_WRITE))
		exit(1);
	return p + PAGE + STACK;
}

/* ---- contexts ---- */

static ucontext_t host, guest;
static void on_context(void) { deeper(5); }

static void use_context(void)
{
	getcontext(&guest);
	guest.uc_stack.ss_sp = guarded_stack() - STACK;
	guest.uc_stack.ss_size = STACK;
	guest.uc_link = &host;
	makecontext(&guest, on_context, 0);
	swapcontext(&host, &guest);
}

static void *in_thread(void *unused)
{
	deeper(5);
	return unused;
}

static void use_thread(void)
{
	pthread_t t;
	pthread_attr_t a;
	pthread_attr_init(&a);
	pthread_attr_setstack(&a, guarded_stack() - STACK, STACK);
	pthread_create(&t, &a, in_thread, NULL);
	pthread_join(t, NULL);
}

static void on_signal(int signo)
{
	(void)signo;
	deeper(5);
}

static void use_alternate_stack(void)
{
	stack_t s = { .ss_sp = guarded_stack() - STACK, .ss_size = STACK };
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	sigaltstack(&s, NULL);
	sigaction(SIGUSR1, &a, NULL);
	raise(SIGUSR1);
}

/* ---- frame pointers that lead astray ---- */

static char *wall;  /* cannot be read */

__attribute__((noinline)) static void with_frame_pointer(uintptr_t value)
{
	uintptr_t *frame = __builtin_frame_address(0), saved = *frame;
	*frame = value;  /* the caller's */
	deeper(3);
	*frame = saved;
}

static void use_bad_frame_pointers(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t values[] = { 0, 1, 8, here + 1, here - 8, here - 256, here + (1 << 20), here + (1ul << 40), here & ~4095ul,
		(uintptr_t)wall, (uintptr_t)wall - 8, (uintptr_t)wall - 16, (uintptr_t)wall + PAGE, UINTPTR_MAX, UINTPTR_MAX - 7, INTPTR_MAX };
	for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
		with_frame_pointer(values[i]);
}

static void use_bad_frame_pointers_on_context(void)
{
	getcontext(&guest);
	wall = guarded_stack();
	guest.uc_stack.ss_sp = wall - STACK;
	guest.uc_stack.ss_size = STACK;
	guest.uc_link = &host;
	makecontext(&guest, use_bad_frame_pointers, 0);
	swapcontext(&host, &guest);
}

#ifdef __x86_64__
/* ---- coroutines by hand: switch_to keeps what calls preserve on the stack that it leaves ---- */

void switch_to(void **from, void *to);
void jump_on(char *stack, void (*entry)(void), void **from);
void bare(void (*f)(void));
__asm__(".text\n.type switch_to, @function\nswitch_to:\n.cfi_startproc\n"
	"pushq %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset %rbp, -16\npushq %rbx\n.cfi_def_cfa_offset 24\npushq %r12\n.cfi_def_cfa_offset 32\n"
	"pushq %r13\n.cfi_def_cfa_offset 40\npushq %r14\n.cfi_def_cfa_offset 48\npushq %r15\n.cfi_def_cfa_offset 56\n"
	"movq %rsp, (%rdi)\nmovq %rsi, %rsp\npopq %r15\n.cfi_def_cfa_offset 48\npopq %r14\n.cfi_def_cfa_offset 40\npopq %r13\n"
	".cfi_def_cfa_offset 32\npopq %r12\n.cfi_def_cfa_offset 24\npopq %rbx\n.cfi_def_cfa_offset 16\npopq %rbp\n.cfi_def_cfa_offset 8\nret\n"
	".cfi_endproc\n.size switch_to, .-switch_to\n"
	/* enters a function that was not called: where it looks for a return address is outside of the stack */
	".type jump_on, @function\njump_on:\npushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
	"movq %rsp, (%rdx)\nmovq %rdi, %rsp\nxorl %ebp, %ebp\njmp jumped_to\n.size jump_on, .-jump_on\n"
	".type jumped_to, @function\njumped_to:\n.cfi_startproc\nsubq $16, %rsp\n.cfi_def_cfa_offset 24\ncall *%rsi\nud2\n"
	".cfi_endproc\n.size jumped_to, .-jumped_to\n"
	/* without unwind tables */
	".type bare, @function\nbare:\nsubq $40, %rsp\ncall *%rdi\naddq $40, %rsp\nret\n.size bare, .-bare\n");

static void *host_sp, *guest_sp;

static void coroutine(void)
{
	for (;;) {
		deeper(5);
		switch_to(&guest_sp, host_sp);
	}
}

static void use_coroutine(void)
{
	void **top = (void **)guarded_stack();
	top[-1] = NULL;  /* it returns nowhere */
	top[-2] = (void *)coroutine;
	guest_sp = top - 8;
	for (int i = 0; i < TIMES; i++)
		switch_to(&host_sp, guest_sp);
}

static void use_coroutine_without_return_address(void)
{
	jump_on(guarded_stack(), coroutine, &host_sp);
}

static void in_bare_code(void) { deeper(5); }
static void use_bare_code(void) { bare(in_bare_code); }

static void use_jit_code(void)
{
	/* push rbp; mov rbp, rsp; call rdi; pop rbp; ret */
	static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3 };
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void (*call)(void (*)(void));
	memcpy(at, code, sizeof code);
	*(void **)&call = at;
	call(in_bare_code);
}
#else
static void use_coroutine(void) { deeper(5); }
static void use_coroutine_without_return_address(void) { deeper(5); }
static void use_bare_code(void) { deeper(5); }
static void use_jit_code(void) { deeper(5); }
#endif

static const struct { const char *name; void (*use)(void); } ways[] = {
	{ "context", use_context }, { "thread", use_thread }, { "alternate", use_alternate_stack }, { "coroutine", use_coroutine },
	{ "nowhere", use_coroutine_without_return_address }, { "bare", use_bare_code }, { "jit", use_jit_code },
	{ "pointers", use_bad_frame_pointers }, { "context_pointers", use_bad_frame_pointers_on_context },
};

int main(int argc, char **argv)
{
	wall = guarded_stack();
	for (int i = 0; i < TIMES; i++)
		for (unsigned k = 0; k < sizeof ways / sizeof *ways; k++)
			if (is(word_at(argc, argv, 1, ""), ways[k].name))
				ways[k].use();
	tally("allocations", allocations);
}
