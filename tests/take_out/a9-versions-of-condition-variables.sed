# Both versions of condition variables lead to the same version of libc.
# file: preload/hooks/cond.c
# fails: test_pitfalls_a a9_condition_variables_of_the_old_kind
s/hp_real\.cond_\([a-z]*\)_old(/hp_real.cond_\1_new(/
