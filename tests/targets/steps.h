/*
 * steps.h - between step_on() and step_off() the program gets a SIGTRAP after each instruction, by the trap flag. On other
 * CPUs than x86-64 it gets one at either end.
 */
#ifndef STEPS_H
#define STEPS_H

#include <signal.h>

#ifdef __x86_64__
#ifdef __cplusplus
extern "C" {
#endif
void step_on(void);
void step_off(void);
#ifdef __cplusplus
}
#endif
__asm__(".text\nstep_on:\n.cfi_startproc\npushfq\n.cfi_adjust_cfa_offset 8\norq $0x100, (%rsp)\npopfq\n.cfi_adjust_cfa_offset -8\n"
	"ret\n.cfi_endproc\n.type step_on, @function\n.size step_on, .-step_on\n"
	"step_off:\n.cfi_startproc\npushfq\n.cfi_adjust_cfa_offset 8\nandq $~0x100, (%rsp)\npopfq\n.cfi_adjust_cfa_offset -8\n"
	"ret\n.cfi_endproc\n.type step_off, @function\n.size step_off, .-step_off\n");
#else
static void step_on(void) { raise(SIGTRAP); }
static void step_off(void) { raise(SIGTRAP); }
#endif

#endif
