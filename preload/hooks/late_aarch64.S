/* late_aarch64.S - see late_x86_64.S. x16 and x17 are free at a call; hooked functions have no floating point arguments. */
	.text
	.globl hp_late_stubs
	.hidden hp_late_stubs
	.type hp_late_stubs, %function
	.p2align 4
hp_late_stubs:
	.cfi_startproc
	.set row, 0
	.rept 384
	.p2align 4
	bti c
	mov w17, #row
	b look_up
	.set row, row + 1
	.endr
	.p2align 4

look_up:
	stp x29, x30, [sp, #-96]!
	.cfi_adjust_cfa_offset 96
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	mov x29, sp
	stp x0, x1, [sp, #16]
	stp x2, x3, [sp, #32]
	stp x4, x5, [sp, #48]
	stp x6, x7, [sp, #64]
	str x8, [sp, #80]
	mov w0, w17
	bl hp_real_late
	mov x16, x0
	ldp x0, x1, [sp, #16]
	ldp x2, x3, [sp, #32]
	ldp x4, x5, [sp, #48]
	ldp x6, x7, [sp, #64]
	ldr x8, [sp, #80]
	ldp x29, x30, [sp], #96
	.cfi_adjust_cfa_offset -96
	.cfi_restore x29
	.cfi_restore x30
	br x16
	.cfi_endproc
	.size hp_late_stubs, . - hp_late_stubs

	.hidden hp_real_late
	.section .note.GNU-stack, "", %progbits

	/* BTI and PAC: kept only if every object has the property. */
	.section .note.gnu.property, "a"
	.p2align 3
	.word 4, 16, 5
	.asciz "GNU"
	.word 0xc0000000, 4, 3, 0
