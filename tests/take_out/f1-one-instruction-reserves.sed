# Room for a record is reserved by one instruction: a signal handler between reading and writing would get the same.
# file: preload/arch/x86_64.h
# fails: test_pitfalls_f f1_handlers_at_each_instruction_of_a_hook_lose_no_event
s/__asm__ volatile("xadd %0, %1".*/char *volatile *at = p; char *before = *at; *at = before + n; return before;/
