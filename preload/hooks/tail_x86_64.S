/*
 * tail_x86_64.S - hooks that no C function can be: they look, note, and jump to the real function with the caller's own
 * stack and registers. vfork returns twice through one return address; dlopen and dlmopen look at their caller's module;
 * syscall and execl* pass on arguments that C cannot count.
 * The real functions are hp_tail_NAME (real.c); before the start they are 0, and there is nothing to jump to.
 */
#include <asm/unistd.h>
#include "hooks/save_x86_64.h"

	.text

.macro CALL_NOTE function
	SAVE_ARGUMENTS
	call \function
	RESTORE_ARGUMENTS
.endm

.macro HOOK_BEGIN name
	.globl \name
	.type \name, @function
	.p2align 4
\name:
	.cfi_startproc
	endbr64
.endm

.macro HOOK_END name
	.cfi_endproc
	.size \name, . - \name
.endm

/* To the real function; %r11 is free at a call. */
.macro JUMP_REAL pointer
	mov \pointer(%rip), %r11
	test %r11, %r11
	jz hp_tail_missing
	jmp *%r11
.endm

/* Starts the recorder where that has not been done: to \otherwise if it cannot be yet. */
.macro START_OR otherwise
	cmpb $0, hp_ready(%rip)
	jne 9f
	CALL_NOTE hp_start_early
	cmpb $0, hp_ready(%rip)
	je \otherwise
9:
.endm

HOOK_BEGIN vfork
	START_OR 1f
	CALL_NOTE hp_note_vfork
1:	JUMP_REAL hp_tail_vfork
HOOK_END vfork

HOOK_BEGIN dlopen
	START_OR 1f
	CALL_NOTE hp_note_dlopen
1:	JUMP_REAL hp_tail_dlopen
HOOK_END dlopen

HOOK_BEGIN dlmopen
	START_OR 1f
	CALL_NOTE hp_note_dlopen
1:	JUMP_REAL hp_tail_dlmopen
HOOK_END dlmopen

HOOK_BEGIN syscall
	START_OR 2f
	cmp $__NR_futex, %edi
	je hp_syscall_futex
	cmp $__NR_fork, %edi
	je hp_syscall_fork
	cmp $__NR_clone, %edi
	jne 3f
	test $0x100, %esi  /* CLONE_VM, or a stack: the child cannot return through a C function */
	jnz 1f
	test %rdx, %rdx
	jz hp_syscall_fork
	jmp 1f
3:	cmp $__NR_seccomp, %edi
	jne 1f
	CALL_NOTE hp_note_sandbox_call
1:	JUMP_REAL hp_tail_syscall
2:	/* before the start: the system call itself, as there is no libc function to be had yet */
	mov %rdi, %rax
	mov %rsi, %rdi
	mov %rdx, %rsi
	mov %rcx, %rdx
	mov %r8, %r10
	mov %r9, %r8
	mov 8(%rsp), %r9
	syscall
	ret
HOOK_END syscall

/* Caller's pc, sp and fp as struct hp_caller on the stack, path in %rdi. */
.macro EXEC_HOOK name, pointer
HOOK_BEGIN \name
	START_OR 1f
	CALL_NOTE hp_tail_exec
1:	JUMP_REAL \pointer
HOOK_END \name
.endm

EXEC_HOOK execl, hp_tail_execl
EXEC_HOOK execle, hp_tail_execle
EXEC_HOOK execlp, hp_tail_execlp

/* In CALL_NOTE's frame: 0(%rbp) the caller's rbp, 8(%rbp) its pc, 16(%rbp) its stack. struct hp_caller goes by memory. */
	.type hp_tail_exec, @function
hp_tail_exec:
	.cfi_startproc
	endbr64
	sub $24, %rsp
	.cfi_adjust_cfa_offset 24
	mov 8(%rbp), %rax
	mov %rax, (%rsp)
	lea 16(%rbp), %rax
	mov %rax, 8(%rsp)
	mov (%rbp), %rax
	mov %rax, 16(%rsp)
	call hp_note_exec
	add $24, %rsp
	.cfi_adjust_cfa_offset -24
	ret
	.cfi_endproc
	.size hp_tail_exec, . - hp_tail_exec

	.type hp_tail_missing, @function
hp_tail_missing:
	.cfi_startproc
	mov $-1, %rax
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
	.hidden hp_syscall_fork
	END_OF_FILE
