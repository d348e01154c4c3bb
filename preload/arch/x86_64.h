/* x86-64: the few instructions that C cannot say. Method: Intel SDM vol. 2 (XADD, RDTSC), System V ABI A.2.1 (system calls). */
#ifndef HP_ARCH_X86_64_H
#define HP_ARCH_X86_64_H

#define HP_CLOCK_HARDWARE HP_CLOCK_TSC
#define HP_CLOCKSOURCE_NAME "tsc"

/* A place in the frame of the function that this stands in, so many bytes below its caller's stack pointer. */
#define HP_FRAME_TOP() ((uintptr_t)__builtin_frame_address(0))
enum { HP_FRAME_TOP_BYTES = 16 };

/* As large as a page can be. */
#define HP_PAGE_ALIGN 4096

#ifndef HP_ARCH_VISIBLE_H
/* Adds n to *p and gives the old value in one instruction: atomic against signals on this thread, not across threads. */
static inline __attribute__((always_inline)) char *hp_xadd(char **p, uintptr_t n)
{
	__asm__ volatile("xadd %0, %1" : "+r"(n), "+m"(*p) : : "memory", "cc");
	return (char *)n;
}

/* Stores both words of a 16-aligned pair in one instruction. */
static inline void hp_store_pair(char **pair, char *first, char *second)
{
	uint64_t two[2] __attribute__((aligned(16))) = { (uint64_t)first, (uint64_t)second };
	__asm__ volatile("movdqa %1, %%xmm0\n\tmovdqa %%xmm0, %0" : "=m"(*(uint64_t (*)[2])pair) : "m"(two) : "xmm0", "memory");
}

/* Stores `to` if *p is `from`, in one instruction; 1: it was. */
static inline __attribute__((always_inline)) int hp_take_back(char **p, char *from, char *to)
{
	uint8_t done;
	__asm__ volatile("cmpxchg %3, %1\n\tsete %0" : "=q"(done), "+m"(*p), "+a"(from) : "r"(to) : "memory", "cc");
	return done;
}

static inline __attribute__((always_inline)) uint64_t hp_hardware_ticks(void)
{
	uint32_t lo, hi;
	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}
#endif

static inline long hp_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;
	__asm__ volatile("syscall" : "=a"(r) : "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return r;
}

/* The low half of a product. In C, gcc 12 sends both halves through memory. */
static inline __attribute__((always_inline)) uint64_t hp_multiply(uint64_t a, uint64_t b, uint64_t *high)
{
	__asm__("mulq %3" : "=a"(a), "=d"(*high) : "0"(a), "rm"(b) : "cc");
	return a;
}

/*
 * Asks valgrind (HP_VALGRIND_*, sys.h), where that is what runs the program; else 0, as these instructions do nothing. Source:
 * valgrind.h, VALGRIND_DO_CLIENT_REQUEST_EXPR.
 */
static inline uint64_t hp_valgrind(uint64_t request, uint64_t argument)
{
	volatile uint64_t question[6] = { request, argument };
	uint64_t answer = 0;
	__asm__ volatile("rolq $3, %%rdi\n\trolq $13, %%rdi\n\trolq $61, %%rdi\n\trolq $51, %%rdi\n\txchgq %%rbx, %%rbx"
	                 : "+d"(answer) : "a"(question) : "cc", "memory");
	return answer;
}

/* Pointer authentication bits do not exist here. */
static inline uintptr_t hp_strip_pc(uintptr_t pc) { return pc; }

#endif
