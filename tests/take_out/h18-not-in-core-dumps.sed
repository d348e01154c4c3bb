# The dump's mapping is left out of core dumps.
# file: preload/file.c
# fails: test_pitfalls_h h18_a_core_dump_has_nothing_of_the_dump
# fails: test_pitfalls_h h18_a_core_dump_has_nothing_of_one_in_memory
/MADV_DONTDUMP/d
