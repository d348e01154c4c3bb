/* parts: preload/stack.c preload/intern.c preload/unwind/bytes.c preload/unwind/cfa.c preload/unwind/expr.c preload/unwind/debug_frame.c preload/unwind/fde.c preload/unwind/module.c preload/unwind/rule.c preload/unwind/step.c preload/unwind/remember.c preload/unwind/registers.c preload/unwind/shape.c preload/sys.c */
#include "test_preload_unwind.h"
#include <link.h>
#include <sys/mman.h>

/* A copy of libc's tables between two unreadable pages, known by hp_module_add: may be damaged at will. */
static struct { uint8_t *at; uintptr_t original, bytes, hdr, hdr_end; uint32_t seed; } copy;

static int (*find_object)(void *, struct dl_find_object *);  /* hp_dl_find_object, while the copy is looked up */

static uint32_t rnd(void)
{
	copy.seed = copy.seed * 1664525 + 1013904223;
	return copy.seed >> 8;
}

static int find_libc(struct dl_phdr_info *info, size_t size, void *arg)
{
	if (!strstr(info->dlpi_name, "/libc.so"))
		return 0;
	copy.original = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		if (ph->p_type == PT_LOAD && !(ph->p_flags & PF_W))
			copy.bytes = (ph->p_vaddr + ph->p_memsz + 4095) & ~4095ul;
		if (ph->p_type == PT_GNU_EH_FRAME) {
			copy.hdr = ph->p_vaddr;
			copy.hdr_end = ph->p_vaddr + ph->p_memsz;
		}
	}
	return 1;
}

static void copy_libc(void)
{
	cr_assert(dl_iterate_phdr(find_libc, NULL));
	uint8_t *at = mmap(NULL, copy.bytes + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	copy.at = at + 4096;
	mprotect(copy.at, copy.bytes, PROT_READ | PROT_WRITE);
	memcpy(copy.at, (void *)copy.original, copy.bytes);
	hp_module_add((uintptr_t)copy.at, (uintptr_t)copy.at + copy.bytes, (uintptr_t)copy.at + copy.hdr);
}

static uintptr_t random_pc(void)
{
	return rnd() % copy.bytes;
}

Test(unwind_tables, give_the_same_rules_wherever_they_are_mapped)
{
	unsigned useful = 0;
	uint64_t there[20000];
	start(HP_STACK_DWARF, 128);
	cr_assert(dl_iterate_phdr(find_libc, NULL));
	for (int i = 0; i < 20000; i++) {
		there[i] = hp_rule_make(copy.original + random_pc());
		useful += hp_rule_kind(there[i]) > HP_RULE_END;
	}
	hp_dl_find_object = NULL;
	copy_libc();
	copy.seed = 0;
	for (int i = 0; i < 20000; i++)
		cr_assert_eq(hp_rule_make((uintptr_t)copy.at + random_pc()), there[i]);
	cr_assert_gt(useful, 10000);
}

/* Rules of the copy must be those of libc itself, on so many random places. */
static void expect_same_rules(int places)
{
	unsigned useful = 0;
	for (int i = 0; i < places; i++) {
		uintptr_t at = random_pc();
		hp_dl_find_object = find_object;
		uint64_t there = hp_rule_make(copy.original + at);
		hp_dl_find_object = NULL;
		cr_assert_eq(hp_rule_make((uintptr_t)copy.at + at), there, "at %#lx", at);
		useful += hp_rule_kind(there) > HP_RULE_END;
	}
	cr_assert_gt(useful, places / 2);
}

static void copy_with_original(void)
{
	start(HP_STACK_DWARF, 128);
	find_object = hp_dl_find_object;
	copy_libc();
}

Test(unwind_tables, are_gone_through_where_they_have_no_search_table)
{
	copy_with_original();
	copy.at[copy.hdr + 3] = HP_PE_OMIT;
	expect_same_rules(300);
	copy.at[copy.hdr + 3] = HP_PE_DATAREL | HP_PE_ULEB;  /* rows of no fixed size */
	expect_same_rules(300);
	copy.at[copy.hdr + 2] = HP_PE_OMIT;
	expect_same_rules(300);
}

Test(unwind_tables, may_have_a_search_table_in_another_encoding)
{
	copy_with_original();
	int32_t *rows = (int32_t *)(copy.at + copy.hdr + 12);
	uint32_t count = *(uint32_t *)(copy.at + copy.hdr + 8);
	copy.at[copy.hdr + 3] = HP_PE_PCREL | HP_PE_SDATA4;
	for (uint32_t i = 0; i < 2 * count; i++)
		rows[i] -= (int32_t)(12 + 4 * i);
	expect_same_rules(20000);
}

Test(unwind_tables, without_a_search_table_never_make_us_read_outside_the_module_when_damaged)
{
	copy_libc();
	copy.at[copy.hdr + 3] = HP_PE_OMIT;
	for (int i = 0; i < 3000; i++) {
		uint8_t *p = copy.at + copy.hdr_end + rnd() % (copy.bytes - copy.hdr_end);
		if (i % 3 == 0)
			p = copy.at + copy.hdr_end + rnd() % 4096;
		uint8_t was = *p;
		*p = (uint8_t)rnd();
		hp_rule_make((uintptr_t)copy.at + random_pc());
		*p = was;
	}
}

Test(unwind_tables, never_make_us_read_outside_the_module_when_damaged)
{
	copy_libc();
	for (int i = 0; i < 300000; i++) {
		uint8_t *p = copy.at + copy.hdr + rnd() % (copy.bytes - copy.hdr);
		if (i % 3 == 0)
			p = copy.at + copy.hdr + rnd() % 64;
		if (i % 1000 == 0)
			p = copy.at + rnd() % 1024;
		uint8_t was = *p;
		*p = (uint8_t)rnd();
		hp_rule_make((uintptr_t)copy.at + random_pc());
		if (i % 1000 == 0 || i % 3 == 0)
			*p = was;
	}
}

Test(unwind_tables, are_not_used_after_the_module_is_gone)
{
	copy_libc();
	uintptr_t pc = (uintptr_t)copy.at;
	while (hp_rule_make(pc) == HP_RULE_STOP)
		pc += 16;
	hp_module_remove((uintptr_t)copy.at);
	cr_assert_eq(hp_rule_make(pc), HP_RULE_STOP);
}

Test(unwind_tables, of_as_many_modules_as_there_is_room_for)
{
	for (uintptr_t i = 1; i <= HP_MODULES_MAX + 10; i++)
		hp_module_add(i << 20, (i << 20) + 4096, 1);
	for (uintptr_t i = 1; i <= HP_MODULES_MAX; i++)
		hp_module_remove(i << 20);
	copy_libc();
	uintptr_t pc = (uintptr_t)copy.at;
	while (pc < (uintptr_t)copy.at + copy.bytes && hp_rule_make(pc) == HP_RULE_STOP)
		pc += 16;
	cr_assert_lt(pc, (uintptr_t)copy.at + copy.bytes);
}

#ifdef __x86_64__
void test_take(void);
__attribute__((noinline)) void test_take(void) { take(&k); sink++; }

/* Shapes of unwind tables that assembler code and linkers use; each calls test_take. */
#define SHAPE(name, body) \
	void name(void); \
	__asm__(".text\n.p2align 4\n.globl " #name "\n.type " #name ",@function\n" #name ":\n.cfi_startproc\n" body \
		"\n.cfi_endproc\n.size " #name ", .-" #name "\n")

/* CFA = rsp + 8 + ((rip & 15) >= 11) * 8, as of a lazily bound procedure linkage table */
SHAPE(linkage_stub, ".cfi_escape 0x0f,0x0b,0x77,0x08,0x80,0x00,0x3f,0x1a,0x3b,0x2a,0x33,0x24,0x22\n"
	"pushq $0x11223344\n.skip 3, 0x90\ncall test_take\naddq $8, %rsp\nret");
/* CFA = *(rsp + 16) + 8, as in OpenSSL's assembler code */
SHAPE(saved_sp, "movq %rsp, %rax\nsubq $56, %rsp\nmovq %rax, 16(%rsp)\n.cfi_escape 0x0f,0x06,0x77,0x10,0x06,0x23,0x08,0x96\n"
	"call test_take\naddq $56, %rsp\n.cfi_def_cfa %rsp, 8\nret");
/* rbp saved by an expression, CFA from it */
SHAPE(frame_expression, "pushq %rbp\n.cfi_def_cfa_offset 16\nmovq %rsp, %rbp\n.cfi_def_cfa %rbp, 16\n"
	".cfi_escape 0x10,0x06,0x02,0x76,0x00\nsubq $32, %rsp\ncall test_take\nleave\n.cfi_def_cfa %rsp, 8\nret");
/* all that is remembered must be restored */
SHAPE(remembered, "subq $24, %rsp\n.cfi_def_cfa_offset 32\n.cfi_remember_state\n.cfi_def_cfa_offset 8\n.cfi_remember_state\n"
	".cfi_def_cfa_offset 99\nnop\n.cfi_restore_state\n.cfi_restore_state\ncall test_take\naddq $24, %rsp\n.cfi_def_cfa_offset 8\nret");
/* an undefined return address ends the stack */
SHAPE(outermost, "subq $8, %rsp\n.cfi_def_cfa_offset 16\n.cfi_undefined %rip\ncall test_take\naddq $8, %rsp\nret");
/* the CFA in a register that calls preserve */
SHAPE(other_register, "pushq %rbx\nmovq %rsp, %rbx\n.cfi_def_cfa %rbx, 16\n.cfi_offset %rbx, -16\ncall test_take\npopq %rbx\n.cfi_def_cfa %rsp, 8\nret");
/* in one that they don't */
SHAPE(lost_register, "pushq %rbx\nmovq %rsp, %r10\n.cfi_def_cfa %r10, 16\ncall test_take\npopq %rbx\n.cfi_def_cfa %rsp, 8\nret");
/* in one that a frame further in has saved */
SHAPE(saves_register, "pushq %rbx\n.cfi_def_cfa_offset 16\n.cfi_offset %rbx, -16\nmovq $-1, %rbx\ncall test_take\npopq %rbx\n.cfi_def_cfa_offset 8\nret");
SHAPE(saved_register, "pushq %rbx\nmovq %rsp, %rbx\n.cfi_def_cfa %rbx, 16\n.cfi_offset %rbx, -16\ncall saves_register\npopq %rbx\n.cfi_def_cfa %rsp, 8\nret");
/* a CFA that does not grow */
SHAPE(backwards, "subq $24, %rsp\n.cfi_def_cfa %rsp, -64\ncall test_take\naddq $24, %rsp\nret");
SHAPE(far_away, "subq $24, %rsp\n.cfi_def_cfa %rsp, 0x1000000\ncall test_take\naddq $24, %rsp\nret");
SHAPE(huge, "subq $24, %rsp\n.cfi_def_cfa %rsp, 0x70000000\ncall test_take\naddq $24, %rsp\nret");

Test(unwind_tables, of_assembler_code_are_understood)
{
	void (*shapes[])(void) = { linkage_stub, saved_sp, frame_expression, remembered, other_register, saved_register };
	start(HP_STACK_DWARF, 128);
	for (unsigned i = 0; i < 2 * sizeof shapes / sizeof *shapes; i++) {
		shapes[i / 2]();
		agree(&k, 128);
		cr_assert_eq(k.end, 0, "shape %u", i / 2);
	}
}

Test(unwind_tables, that_end_the_stack_end_it)
{
	start(HP_STACK_DWARF, 128);
	outermost();
	cr_assert_eq(k.count, 2);
	cr_assert_eq(k.end, 0);
}

Test(unwind_tables, that_lead_nowhere_stop_the_stack_marked)
{
	void (*shapes[])(void) = { lost_register, backwards, far_away, huge };
	start(HP_STACK_DWARF, 128);
	for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		shapes[i]();
		cr_assert_eq(k.count, 2, "shape %u: %u frames", i, k.count);
		cr_assert_eq(k.end, HP_NODE_STOPPED);
	}
}
#endif
