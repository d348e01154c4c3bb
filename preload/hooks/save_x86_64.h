/*
 * save_x86_64.h - what the assembler files share: the registers that a caller's arguments are in, around a call of our own;
 * and what each of them ends with.
 */

/* The six argument registers and %rax (the count of vector registers of a variadic call); the stack is aligned then. */
.macro SAVE_ARGUMENTS
	push %rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	mov %rsp, %rbp
	.cfi_def_cfa_register rbp
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %r8
	push %r9
	push %rax
	sub $8, %rsp
	and $-16, %rsp
.endm

.macro RESTORE_ARGUMENTS
	lea -56(%rbp), %rsp
	pop %rax
	pop %r9
	pop %r8
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	pop %rbp
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
.endm

.macro END_OF_FILE
	.section .note.GNU-stack, "", @progbits

	/* The linker keeps IBT and SHSTK only if every object has them. */
	.section .note.gnu.property, "a"
	.p2align 3
	.long 4, 16, 5
	.asciz "GNU"
	.long 0xc0000002, 4, 3, 0
.endm
