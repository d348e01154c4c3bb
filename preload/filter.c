/*
 * filter.c - runs a seccomp filter: the classic BPF that the kernel accepts for it, where jumps lead forward only.
 * What the kernel would not accept ends the run with "no".
 */
#include "filter.h"
#include "state.h"
#include "unwind/probe.h"
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

struct machine { uint32_t a, x, memory[BPF_MEMWORDS]; };

static int load(const struct sock_filter *f, const struct seccomp_data *d, const struct machine *m, uint32_t *to)
{
	switch (BPF_MODE(f->code)) {
	case BPF_IMM: *to = f->k; return 1;
	case BPF_LEN: *to = sizeof *d; return 1;
	case BPF_MEM: return f->k < BPF_MEMWORDS ? (*to = m->memory[f->k], 1) : 0;
	case BPF_ABS:
		if (f->k % 4 || f->k > sizeof *d - 4)
			return 0;
		memcpy(to, (const char *)d + f->k, 4);
		return 1;
	}
	return 0;
}

static int calculate(unsigned operation, uint32_t by, uint32_t *a)
{
	switch (operation) {
	case BPF_ADD: *a += by; return 1;
	case BPF_SUB: *a -= by; return 1;
	case BPF_MUL: *a *= by; return 1;
	case BPF_DIV: return by ? (*a /= by, 1) : 0;
	case BPF_OR:  *a |= by; return 1;
	case BPF_AND: *a &= by; return 1;
	case BPF_XOR: *a ^= by; return 1;
	case BPF_LSH: return by < 32 ? (*a <<= by, 1) : 0;
	case BPF_RSH: return by < 32 ? (*a >>= by, 1) : 0;
	case BPF_NEG: *a = -*a; return 1;
	}
	return 0;
}

/* Instructions to step over. */
static uint32_t jump(const struct sock_filter *f, const struct machine *m)
{
	uint32_t with = BPF_SRC(f->code) == BPF_X ? m->x : f->k;
	switch (BPF_OP(f->code)) {
	case BPF_JA:   return f->k;
	case BPF_JEQ:  return m->a == with ? f->jt : f->jf;
	case BPF_JGT:  return m->a > with ? f->jt : f->jf;
	case BPF_JGE:  return m->a >= with ? f->jt : f->jf;
	case BPF_JSET: return m->a & with ? f->jt : f->jf;
	}
	return UINT32_MAX;
}

static uint32_t verdict(const struct sock_fprog *filter, const struct seccomp_data *d)
{
	struct machine m = { 0 };
	for (uint32_t at = 0; at < filter->len; at++) {
		const struct sock_filter *f = &filter->filter[at];
		uint32_t skip, *memory = f->k < BPF_MEMWORDS ? &m.memory[f->k] : NULL;
		int good = 1;
		switch (BPF_CLASS(f->code)) {
		case BPF_LD:   good = load(f, d, &m, &m.a); break;
		case BPF_LDX:  good = load(f, d, &m, &m.x); break;
		case BPF_ST:   good = memory && (*memory = m.a, 1); break;
		case BPF_STX:  good = memory && (*memory = m.x, 1); break;
		case BPF_ALU:  good = calculate(BPF_OP(f->code), BPF_SRC(f->code) == BPF_X ? m.x : f->k, &m.a); break;
		case BPF_MISC: *(BPF_MISCOP(f->code) == BPF_TAX ? &m.x : &m.a) = BPF_MISCOP(f->code) == BPF_TAX ? m.a : m.x; break;
		case BPF_RET:  return BPF_RVAL(f->code) == BPF_A ? m.a : f->k;
		case BPF_JMP:
			skip = jump(f, &m);
			good = skip < filter->len;
			at += good ? skip : 0;
			break;
		}
		if (!good)
			break;
	}
	return SECCOMP_RET_KILL_PROCESS;
}

static int spares(const struct sock_fprog *filter, int number, uint64_t a, uint64_t b, uint64_t c)
{
	struct seccomp_data d = { .nr = number, .arch = ARCH, .instruction_pointer = (uintptr_t)spares, .args = { a, b, c } };
	uint32_t action = verdict(filter, &d) & SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG || action == SECCOMP_RET_ERRNO;
}

static int readable(const void *from, size_t bytes)
{
	uintptr_t at = (uintptr_t)from & ~(uintptr_t)7, end = (uintptr_t)from + bytes;
	for (; at < end; at = (at | 4095) + 1)
		if (!hp_readable(at))
			return 0;
	return 1;
}

int hp_filter_spares_us(const struct sock_fprog *filter)
{
	if (!readable(filter, sizeof *filter) || !readable(filter->filter, filter->len * sizeof *filter->filter))
		return 0;
	uint64_t window = (uintptr_t)hp_state.window[0];
	return spares(filter, SYS_mprotect, window, HP_CHUNK_BYTES, PROT_READ | PROT_WRITE) &&
	       spares(filter, SYS_clock_gettime, CLOCK_MONOTONIC, window, 0);
}
