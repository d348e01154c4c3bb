# A dump in memory is sealed: who has it open cannot cut it.
# file: preload/handover.c
# fails: test_safe nobody_can_cut_a_dump_under_its_program
s/F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)/F_SEAL_SEAL)/
