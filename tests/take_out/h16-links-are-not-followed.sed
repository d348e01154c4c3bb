# A dump is a new file always.
# file: preload/file.c
# fails: test_pitfalls_h h16_a_link_in_the_place_of_the_dump_is_not_followed
s/O_CREAT | O_EXCL | O_NOFOLLOW/O_CREAT | O_TRUNC/
