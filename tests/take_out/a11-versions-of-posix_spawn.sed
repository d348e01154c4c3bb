# Both versions of posix_spawn lead to the same version of libc.
# file: preload/hooks/fork.c
# fails: test_pitfalls_a a11_both_versions_of_posix_spawn
s/hp_real\.\(posix_spawnp*\)_new(/hp_real.\1_old(/
