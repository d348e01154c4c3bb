# What a program calls its threads and files is shown, and never acted on by the terminal.
# file: analyzer/util/text.c
# fails: test_commands hostile_names_are_escaped
/^static const struct range hidden/s/.*/&\n	{ -1, -1 },\n};\nstatic const struct range was_hidden[] __attribute__((unused)) = {/
