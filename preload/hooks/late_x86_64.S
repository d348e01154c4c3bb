/*
 * late_x86_64.S - what stands behind a hook whose function no library had at the start: one stub a row of hooks.def, which
 * looks the function up once more and jumps there with the caller's own stack and registers. See real.c.
 */
#include "hooks/save_x86_64.h"

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
	SAVE_ARGUMENTS
	mov %r11d, %edi
	call hp_real_late
	mov %rax, %r11
	RESTORE_ARGUMENTS
	jmp *%r11
	.cfi_endproc
	.size hp_late_stubs, . - hp_late_stubs

	.hidden hp_real_late
	END_OF_FILE
