# What a thread does after its last destructor goes to a shared chunk, under its number.
# file: preload/chunk.c
# fails: test_pitfalls_c c1_what_libc_frees_after_the_last_destructor
s/uint32_t \*r = hp_shared_reserve(&hp_live->late, .*/uint32_t *r = NULL;/
