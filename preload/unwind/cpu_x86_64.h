/* x86-64. Method: System V ABI 3.6.2 (DWARF register numbers), Intel SDM vol. 2 (CMPXCHG16B). */
#ifndef HP_UNWIND_CPU_X86_64_H
#define HP_UNWIND_CPU_X86_64_H

enum { HP_DW_FP = 6, HP_DW_SP = 7, HP_DW_RA = 16, HP_DW_PC = 16 };
/* A frame's CFA lies above its stack pointer by at least the return address that the call pushed. */
enum { HP_CALL_PUSHES = 8 };
/* Signal frames are described by libc's unwind tables. */
enum { HP_SIGNAL_SP = 0, HP_SIGNAL_PC = 0, HP_SIGNAL_FP = 0, HP_SIGNAL_LR_BELOW_PC = 0 };
static inline int hp_is_sigreturn(uintptr_t pc) { return 0; }
/* Where a handler's frame has the interrupted code's register, in words from the trampoline's stack pointer. */
static inline unsigned hp_signal_register(unsigned reg)
{
	static const uint8_t place[16] = { 13, 12, 14, 11, 9, 8, 10, 15, 0, 1, 2, 3, 4, 5, 6, 7 };  /* in gregs, 40 bytes into the ucontext */
	return 5u + place[reg & 15];
}

/* The registers of the code that this is expanded in: kept is by DWARF number, with those alone that calls preserve. */
enum { HP_PRESERVED = 1 << 3 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15 };
struct hp_own_registers { uintptr_t pc, sp, fp, kept[32]; };
static inline __attribute__((always_inline)) void hp_own_registers(struct hp_own_registers *o)
{
	__asm__ volatile("leaq 1f(%%rip), %%rax\n1:\tmovq %%rax, (%0)\n\tmovq %%rsp, 8(%0)\n\tmovq %%rbp, 16(%0)\n\t"
		"movq %%rbx, 48(%0)\n\tmovq %%r12, 120(%0)\n\tmovq %%r13, 128(%0)\n\tmovq %%r14, 136(%0)\n\tmovq %%r15, 144(%0)"
		:: "r"(o) : "rax", "memory");
}

#ifndef HP_ARCH_VISIBLE_H
/* Stores both words of a 16-aligned pair if both are zero. 1: stored. */
static inline int hp_install_pair(uint64_t pair[2], uint64_t first, uint64_t second)
{
	uint64_t low = 0, high = 0;
	uint8_t done;
	__asm__ volatile("lock cmpxchg16b %1\n\tsete %0"
		: "=q"(done), "+m"(*(uint64_t (*)[2])pair), "+a"(low), "+d"(high) : "b"(first), "c"(second) : "memory", "cc");
	return done;
}
#endif

#endif
