# A seccomp filter is run by ourselves before the kernel has it: where it would kill for our calls, none is made.
# file: preload/fork.c
# fails: test_pitfalls_e e9_a_filter_that_allows_only_the_programs_own_calls_kills_nobody
s/ && !hp_filter_spares_us(filter);/ \&\& 0;/
