# The recorder's system calls leave errno alone, whatever the kernel answers.
# file: preload/arch/x86_64.h preload/arch/aarch64.h
# fails: test_pitfalls_b b2_errno_stays_as_it_is
# fails: test_pitfalls_d d10_errors_come_as_results_or_in_errno
/hp_syscall6(long n/,/^}/s/^	return r;/	if (r < 0 \&\& r > -4096)\n		*__errno_location() = (int)-r;\n&/
s/^static inline long hp_syscall6(/extern int *__errno_location(void);\n&/
