# What a vfork child does in its parent's memory is not taken for its parent's.
# file: preload/fork.c
# fails: test_pitfalls_e e2_vfork_children_killed_in_a_storm_leave_their_parent_whole
# fails: test_processes a_vfork_child_changes_nothing_of_its_parents_descriptors
s/hp_tls.vforked = 1;/hp_tls.vforked = 0;/
