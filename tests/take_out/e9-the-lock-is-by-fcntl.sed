# The lock by which readers know a living process is not by flock, for which a filter may kill.
# file: preload/file.c
# fails: test_pitfalls_e e9_a_start_under_a_filter_that_kills_for_flock
s/hp_sys3(SYS_fcntl, fd, F_OFD_SETLK, &whole)/-(whole.l_type == F_RDLCK)/
