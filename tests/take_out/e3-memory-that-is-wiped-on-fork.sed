# A copy of the process, however it was made, finds the page that belongs to one process alone wiped.
# file: preload/sys.c
# fails: test_pitfalls_e e3_e4_copies_of_a_process_are_told_from_those_that_share_its_memory
# fails: test_processes ten_forked_children_do_not_disturb_each_other
s/if (wipe_on_fork && /if (0 \&\& /
