# Nobody but its owner may open a dump, and cut it.
# file: preload/file.c
# fails: test_pitfalls_h h5_only_its_owner_may_open_a_dump
s/O_CLOEXEC, 0600)/O_CLOEXEC, 0644)/
