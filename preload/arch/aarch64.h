/* aarch64: the few instructions that C cannot say. Method: Arm ARM (LDXR/STXR, CNTVCT_EL0, XPACLRI), Linux system call ABI. */
#ifndef HP_ARCH_AARCH64_H
#define HP_ARCH_AARCH64_H

#define HP_CLOCK_HARDWARE HP_CLOCK_CNTVCT
#define HP_CLOCKSOURCE_NAME "arch_sys_counter"

/* See x86_64.h. The frame pointer is no measure: what it points to lies at the frame's lower end. */
#define HP_FRAME_TOP() ((uintptr_t)__builtin_dwarf_cfa())
enum { HP_FRAME_TOP_BYTES = 0 };

/* As large as a page can be. */
#define HP_PAGE_ALIGN 65536

#ifndef HP_ARCH_VISIBLE_H
/* An exclusive pair is cleared by any exception, so the loop is atomic against signals on this thread. */
static inline __attribute__((always_inline)) char *hp_xadd(char **p, uintptr_t n)
{
	char *old, *next;
	uint32_t fail;
	__asm__ volatile("1: ldxr %0, %3\n\tadd %1, %0, %4\n\tstxr %w2, %1, %3\n\tcbnz %w2, 1b"
		: "=&r"(old), "=&r"(next), "=&r"(fail), "+Q"(*p) : "r"(n) : "memory");
	return old;
}

/* Stores `to` if *p is `from`, see hp_xadd; 1: it was. */
static inline __attribute__((always_inline)) int hp_take_back(char **p, char *from, char *to)
{
	char *old;
	uint32_t fail;
	__asm__ volatile("1: ldxr %0, %2\n\tcmp %0, %3\n\tb.ne 2f\n\tstxr %w1, %4, %2\n\tcbnz %w1, 1b\n2:"
		: "=&r"(old), "=&r"(fail), "+Q"(*p) : "r"(from), "r"(to) : "memory", "cc");
	return old == from;
}

static inline void hp_store_pair(char **pair, char *first, char *second)
{
	__asm__ volatile("stp %1, %2, %0" : "=Q"(*(uint64_t (*)[2])pair) : "r"(first), "r"(second) : "memory");
}

static inline __attribute__((always_inline)) uint64_t hp_hardware_ticks(void)
{
	uint64_t t;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
	return t;
}
#endif

static inline long hp_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}

/* The low half of a product. */
static inline __attribute__((always_inline)) uint64_t hp_multiply(uint64_t a, uint64_t b, uint64_t *high)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;
	*high = (uint64_t)(product >> 64);
	return (uint64_t)product;
}

/* Removes the pointer authentication code of a return address; a no-op on CPUs without it. */
static inline uintptr_t hp_strip_pc(uintptr_t pc)
{
	register uintptr_t x30 __asm__("x30") = pc;
	__asm__("hint #7" : "+r"(x30));
	return x30;
}

/*
 * Asks valgrind (HP_VALGRIND_*, sys.h), where that is what runs the program; else 0, as these instructions do nothing. Source:
 * valgrind.h, VALGRIND_DO_CLIENT_REQUEST_EXPR.
 */
static inline uint64_t hp_valgrind(uint64_t request, uint64_t argument)
{
	volatile uint64_t question[6] = { request, argument };
	register uint64_t answer __asm__("x3") = 0;
	register volatile uint64_t *at __asm__("x4") = question;
	__asm__ volatile("ror x12, x12, #3\n\tror x12, x12, #13\n\tror x12, x12, #51\n\tror x12, x12, #61\n\torr x10, x10, x10"
	                 : "+r"(answer) : "r"(at) : "cc", "memory");
	return answer;
}

#endif
