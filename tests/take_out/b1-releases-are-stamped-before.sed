# What gives a block up is recorded before the real call: after it, another thread may have the block already.
# file: preload/hooks/memory.c
# fails: test_pitfalls_b b1_a_block_that_has_its_next_owner_before_free_returns
/^HP_EXPORT void free(/,/^}/ {
	/hp_real.free(p);/d
	s/struct hp_thread \*t = hp_enter(HP_MEMORY);/hp_real.free(p); &/
}
