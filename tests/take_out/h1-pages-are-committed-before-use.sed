# Pages of the dump are asked for before they are stored to: on a full disk that is an error, not a SIGBUS.
# file: preload/file.c
# fails: test_file_systems h1_a_disk_that_is_full_at_every_stage
# fails: test_recorder_in_trouble a_disk_that_gets_full
s/^int hp_file_commit(char \*at, size_t bytes)$/&\n{\n	return 0;\n}\nint hp_file_commit_once(char *at, size_t bytes);\nint hp_file_commit_once(char *at, size_t bytes)/
