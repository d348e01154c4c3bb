# Hooks have unwind tables, so that exceptions and cancellation find their way through them.
# file: Makefile
# fails: test_pitfalls_d d2_d11_exceptions_pass_through_initialisations_and_the_end_of_threads
# fails: test_same_behaviour cancelled_threads_run_their_destructors
# fails: check_library
s/-fasynchronous-unwind-tables/-fno-asynchronous-unwind-tables -fno-unwind-tables/
