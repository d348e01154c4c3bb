/*
 * tail_aarch64.S - see tail_x86_64.S. x0..x7 are arguments, x8 the indirect result, x16 and x17 free at a call; a
 * variadic call passes on q0..q7 untouched, as nothing called here uses them (libhp.so keeps to general registers there).
 */
#include <asm/unistd.h>

	.text

.macro LOAD_REAL pointer
	adrp x16, \pointer
	ldr x16, [x16, #:lo12:\pointer]
.endm

.macro LOAD_READY
	adrp x16, hp_ready
	ldrb w16, [x16, #:lo12:hp_ready]
.endm

.macro HOOK_BEGIN name
	.globl \name
	.type \name, %function
	.p2align 4
\name:
	.cfi_startproc
	bti c
.endm

.macro HOOK_END name
	.cfi_endproc
	.size \name, . - \name
.endm

.macro CALL_NOTE function
	stp x29, x30, [sp, #-224]!
	.cfi_adjust_cfa_offset 224
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	mov x29, sp
	stp x0, x1, [sp, #16]
	stp x2, x3, [sp, #32]
	stp x4, x5, [sp, #48]
	stp x6, x7, [sp, #64]
	str x8, [sp, #80]
	stp q0, q1, [sp, #96]
	stp q2, q3, [sp, #128]
	stp q4, q5, [sp, #160]
	stp q6, q7, [sp, #192]
	bl \function
	ldp x0, x1, [sp, #16]
	ldp x2, x3, [sp, #32]
	ldp x4, x5, [sp, #48]
	ldp x6, x7, [sp, #64]
	ldr x8, [sp, #80]
	ldp q0, q1, [sp, #96]
	ldp q2, q3, [sp, #128]
	ldp q4, q5, [sp, #160]
	ldp q6, q7, [sp, #192]
	ldp x29, x30, [sp], #224
	.cfi_adjust_cfa_offset -224
	.cfi_restore x29
	.cfi_restore x30
.endm

.macro JUMP_REAL pointer
	LOAD_REAL \pointer
	cbz x16, hp_tail_missing
	br x16
.endm

/* Starts the recorder where that has not been done: to \otherwise if it cannot be yet. */
.macro START_OR otherwise
	LOAD_READY
	cbnz w16, 9f
	CALL_NOTE hp_start_early
	LOAD_READY
	cbz w16, \otherwise
9:
.endm

.macro NOTED_HOOK name, note
HOOK_BEGIN \name
	START_OR 1f
	CALL_NOTE \note
1:	JUMP_REAL hp_tail_\name
HOOK_END \name
.endm

NOTED_HOOK vfork, hp_note_vfork
NOTED_HOOK dlopen, hp_note_dlopen
NOTED_HOOK dlmopen, hp_note_dlopen
NOTED_HOOK execl, hp_tail_exec
NOTED_HOOK execle, hp_tail_exec
NOTED_HOOK execlp, hp_tail_exec

HOOK_BEGIN syscall
	START_OR 2f
	cmp w0, #__NR_futex
	b.eq hp_syscall_futex
	cmp w0, #220  /* __NR_clone */
	b.ne 3f
	tbnz w1, #8, 1f  /* CLONE_VM, or a stack: the child cannot return through a C function */
	cbz x2, hp_syscall_fork
	b 1f
3:	cmp w0, #277  /* __NR_seccomp */
	b.ne 1f
	CALL_NOTE hp_note_sandbox_call
1:	JUMP_REAL hp_tail_syscall
2:	mov x8, x0
	mov x0, x1
	mov x1, x2
	mov x2, x3
	mov x3, x4
	mov x4, x5
	mov x5, x6
	svc #0
	ret
HOOK_END syscall

/* struct hp_caller is larger than 16 bytes: it goes by reference, in x1. In CALL_NOTE's frame x29 is the hook's. */
	.type hp_tail_exec, %function
hp_tail_exec:
	.cfi_startproc
	stp x29, x30, [sp, #-48]!
	.cfi_adjust_cfa_offset 48
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	ldr x9, [x29, #8]
	add x10, x29, #224
	ldr x11, [x29]
	stp x9, x10, [sp, #16]
	str x11, [sp, #32]
	add x1, sp, #16
	bl hp_note_exec
	ldp x29, x30, [sp], #48
	.cfi_adjust_cfa_offset -48
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size hp_tail_exec, . - hp_tail_exec

	.type hp_tail_missing, %function
hp_tail_missing:
	.cfi_startproc
	mov x0, #-1
	ret
	.cfi_endproc
	.size hp_tail_missing, . - hp_tail_missing

	.irp name, vfork, dlopen, dlmopen, syscall, execl, execle, execlp
	.hidden hp_tail_\name
	.endr
	.hidden hp_ready
	.hidden hp_start_early
	.hidden hp_note_vfork
	.hidden hp_note_dlopen
	.hidden hp_note_sandbox_call
	.hidden hp_note_exec
	.hidden hp_syscall_futex
	.section .note.GNU-stack, "", %progbits

	/* BTI and PAC: kept only if every object has the property. */
	.section .note.gnu.property, "a"
	.p2align 3
	.word 4, 16, 5
	.asciz "GNU"
	.word 0xc0000000, 4, 3, 0
