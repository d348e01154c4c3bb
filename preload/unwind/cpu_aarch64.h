/* aarch64. Method: DWARF for the Arm 64-bit Architecture (register numbers), Linux arch/arm64 struct rt_sigframe. */
#ifndef HP_UNWIND_CPU_AARCH64_H
#define HP_UNWIND_CPU_AARCH64_H

enum { HP_DW_FP = 29, HP_DW_SP = 31, HP_DW_RA = 30, HP_DW_PC = 32 };
/* The return address is in x30: a leaf that a signal interrupted may have no frame at all. */
enum { HP_CALL_PUSHES = 0 };
/*
 * The vDSO's tables for its sigreturn trampoline follow the frame record and lose the interrupted pc; so it is known by
 * its two instructions, and the registers are found where the kernel puts them: siginfo (128 bytes), then the mcontext
 * 176 bytes into the ucontext (fault address, x0..x30, sp, pc). In words from sp:
 */
enum { HP_SIGNAL_FP = 68, HP_SIGNAL_SP = 70, HP_SIGNAL_PC = 71, HP_SIGNAL_LR_BELOW_PC = 2 };
static inline int hp_is_sigreturn(uintptr_t pc)
{
	const uint32_t *code = (const uint32_t *)pc;
	return !(pc & 3) && code[0] == 0xd2801168 && code[1] == 0xd4000001;  /* mov x8, #139; svc #0 */
}

/* Where a handler's frame has the interrupted code's register, in words from the trampoline's stack pointer. */
static inline unsigned hp_signal_register(unsigned reg) { return HP_SIGNAL_FP - 29 + reg; }

/* The registers of the code that this is expanded in: kept is by DWARF number, with those alone that calls preserve. */
enum { HP_PRESERVED = 0x1ff80000 };
struct hp_own_registers { uintptr_t pc, sp, fp, kept[32]; };
static inline __attribute__((always_inline)) void hp_own_registers(struct hp_own_registers *o)
{
	uintptr_t sp;
	__asm__ volatile("adr x9, 1f\n1:\tmov %0, sp\n\tstr x9, [%1]\n\tstr x29, [%1, #16]\n\tstp x19, x20, [%2]\n\t"
		"stp x21, x22, [%2, #16]\n\tstp x23, x24, [%2, #32]\n\tstp x25, x26, [%2, #48]\n\tstp x27, x28, [%2, #64]"
		: "=&r"(sp) : "r"(o), "r"(&o->kept[19]) : "x9", "memory");
	o->sp = sp;
}

#ifndef HP_ARCH_VISIBLE_H
/* Stores both words of a 16-aligned pair if both are zero. 1: stored. */
static inline int hp_install_pair(uint64_t pair[2], uint64_t first, uint64_t second)
{
	uint64_t low, high;
	uint32_t busy, done = 0;
	__asm__ volatile("1: ldaxp %0, %1, %4\n\torr %0, %0, %1\n\tcbnz %0, 2f\n\tstlxp %w2, %5, %6, %4\n\tcbnz %w2, 1b\n\t"
		"mov %w3, #1\n\tb 3f\n2:\tclrex\n3:"
		: "=&r"(low), "=&r"(high), "=&r"(busy), "+r"(done), "+Q"(*(uint64_t (*)[2])pair) : "r"(first), "r"(second) : "memory");
	return (int)done;
}
#endif

#endif
