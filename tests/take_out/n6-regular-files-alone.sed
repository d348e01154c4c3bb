# The path of a module is opened if a regular file is there.
# file: analyzer/sym/object.c
# fails: test_pitfalls_i n6_a_library_that_became_a_pipe
s/O_RDONLY | O_NONBLOCK | O_CLOEXEC/O_RDONLY | O_CLOEXEC/
