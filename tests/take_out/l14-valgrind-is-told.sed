# valgrind's checker is told not to complain while the recorder asks whether a word of the stack can be read.
# file: preload/unwind/probe.h
# fails: test_unwind_guards a_memory_checker_finds_nothing_where_we_ask_about_stacks_that_were_never_written
/HP_VALGRIND_SILENCE/d
