# The library stays when it is closed: its addresses are everywhere.
# file: Makefile
# fails: test_pitfalls_a a25_libhp_that_is_loaded_late_and_closed
# fails: check_library
s/ -Wl,-z,nodelete//
