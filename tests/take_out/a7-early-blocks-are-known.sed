# Blocks of the time before the start are known by their address, in free, realloc and malloc_usable_size.
# file: preload/hooks/early_memory.h
# fails: test_pitfalls_a a2_a_resolver_that_runs_before_we_are_relocated
# fails: test_pitfalls_a a3_a_resolver_that_runs_before_thread_local_storage_is_there
# fails: test_pitfalls_a a7_blocks_of_before_the_start_that_are_freed_at_the_end
s/return (uintptr_t)p - (uintptr_t)hp_early_arena < sizeof hp_early_arena;/return 0;/
