/*
 * late_x86_64.S - what stands behind a hook whose function no library had at the start: one stub a row of hooks.def, which
 * looks the function up once more and jumps there with the caller's own stack and registers. See real.c.
 */
	.text
	.globl hp_late_stubs
	.hidden hp_late_stubs
	.type hp_late_stubs, @function
	.p2align 4
hp_late_stubs:
	.cfi_startproc
	.set row, 0
	.rept 384
	.p2align 4
	endbr64
	mov $row, %r11d
	jmp look_up
	.set row, row + 1
	.endr
	.p2align 4

look_up:
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
	mov %r11d, %edi
	call hp_real_late
	mov %rax, %r11
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
	jmp *%r11
	.cfi_endproc
	.size hp_late_stubs, . - hp_late_stubs

	.hidden hp_real_late
	.section .note.GNU-stack, "", @progbits

	/* The linker keeps IBT and SHSTK only if every object has them. */
	.section .note.gnu.property, "a"
	.p2align 3
	.long 4, 16, 5
	.asciz "GNU"
	.long 0xc0000002, 4, 3, 0
