/*
 * rule.h - how to go from one frame to the next, made once for a program counter out of the unwind tables and cached.
 *
 * A rule is one 64-bit number. All offsets are in words (8 bytes), signed:
 *
 *     bits 0..2   kind, see below
 *     bits 3..4   where the caller's frame pointer is, HP_RULE_FP_*
 *     bit  5      the return address is at base + ra (a signal frame), else at CFA + ra; ra = 0: in the link register
 *     bits 6..22  fp       bits 23..39  ra       bits 40..63  cfa
 *
 * CFA = base + cfa, base being the stack or the frame pointer; kinds with a load: CFA = word at base + the low 16 bits
 * of cfa, plus its high 8 bits. What does not fit is HP_RULE_STOP: 0. Any other number of this kind is a rule whose base is
 * the register that the high 8 bits of cfa name, the low 16 being the offset; there HP_RULE_FP_AT_BASE counts from fp.
 */
#ifndef HP_UNWIND_RULE_H
#define HP_UNWIND_RULE_H

#include "unwind/pair.h"

enum {
	HP_RULE_STOP,         /* no tables, damaged ones, or more than a rule can express */
	HP_RULE_END,          /* the outermost frame: its return address is undefined */
	HP_RULE_SP, HP_RULE_FP,            /* the common ones: fp at CFA + fp, or unchanged and fp = 0; ra at CFA + ra; see below */
	HP_RULE_SP_RARE, HP_RULE_FP_RARE,  /* the same without these restrictions */
	HP_RULE_SP_LOAD, HP_RULE_FP_LOAD,
};
enum { HP_RULE_FP_SAME, HP_RULE_FP_AT_CFA, HP_RULE_FP_AT_BASE, HP_RULE_FP_LOST };
enum { HP_RULE_RA_AT_BASE = 1 << 5 };

HP_INLINE unsigned hp_rule_kind(uint64_t r)    { return r & 7; }
HP_INLINE unsigned hp_rule_fp_where(uint64_t r) { return r >> 3 & 3; }
/* In the common kinds, fp and ra are not further than this below the CFA; where calls push, ra is directly below it. */
enum { HP_RULE_NEAR = 0xfff };
HP_INLINE int hp_rule_common(uint64_t r)  { return hp_rule_kind(r) - HP_RULE_SP <= HP_RULE_FP - HP_RULE_SP; }
HP_INLINE int hp_rule_uses_fp(uint64_t r) { return (r & 1) && hp_rule_kind(r) != HP_RULE_END; }
HP_INLINE int64_t hp_rule_fp(uint64_t r)  { return (int64_t)(r << 41) >> 47; }
HP_INLINE int64_t hp_rule_ra(uint64_t r)  { return (int64_t)(r << 24) >> 47; }
HP_INLINE int64_t hp_rule_cfa(uint64_t r) { return (int64_t)r >> 40; }

/* The base is a register that is not followed: its value is worth a walk (registers.h). Or the stack pointer. */
HP_INLINE int hp_rule_other_base(uint64_t r)  { return hp_rule_kind(r) == HP_RULE_STOP && r; }
HP_INLINE unsigned hp_rule_register(uint64_t r) { return (unsigned)(r >> 56); }

/* Where the loader begins, 0: unknown. Its first instructions have no unwind tables, and nothing called them. */
extern HP_HIDDEN uintptr_t hp_loader_entry;
enum { HP_LOADER_ENTRY_BYTES = 64 };

/* The rule for this address (of a call, or of an interrupted instruction), from the unwind tables. Stateless. */
HP_HIDDEN HP_SLOW uint64_t hp_rule_make(uintptr_t pc);
/* Where the code at this address keeps the caller's value of a register. 0; 1: in a signal frame; -1: unknown. */
struct hp_cfa_cell;
HP_HIDDEN HP_SLOW int hp_rule_cell(uintptr_t pc, unsigned reg, struct hp_cfa_cell *cell);

/* The cache: shared by all threads. */
enum { HP_RULE_SETS = 8192, HP_RULE_PC_BITS = 48 };
extern HP_HIDDEN struct hp_pair_set hp_rules[HP_RULE_SETS];
/* Part of every key, above the address: rules of former sets of modules are never found. */
extern HP_HIDDEN uint32_t hp_rule_generation;

HP_INLINE uint64_t hp_rule_key(uintptr_t pc) { return (uint64_t)HP_RELAXED(&hp_rule_generation) << HP_RULE_PC_BITS | pc; }
/* Neighbouring addresses share a set or lie in neighbouring ones, so that few pages are touched. */
HP_INLINE struct hp_pair_set *hp_rule_set(uintptr_t pc)
{
	return &hp_rules[(pc >> 4 ^ pc >> 17) % HP_RULE_SETS];
}

/* Makes the rule and keeps it. */
HP_HIDDEN HP_SLOW uint64_t hp_rule_miss(uintptr_t pc);
/* Forgets all rules: modules came or went. */
HP_HIDDEN void hp_rule_forget(void);

/* The rule for pc. About 2 ns from the cache, 1 us where it has to be made. */
HP_INLINE uint64_t hp_rule_for(uintptr_t pc)
{
	uint64_t rule;
	return HP_LIKELY(hp_pair_find(hp_rule_set(pc), hp_rule_key(pc), &rule)) ? rule : hp_rule_miss(pc);
}

#endif
