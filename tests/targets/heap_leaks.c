/* flags: -fno-builtin -Wno-unused-result */
/* Leaks at two places, and has temporary blocks and long-lived ones at others. */
#include "tally.h"

static void *volatile kept;

__attribute__((noinline)) static void load_config(void) { kept = malloc(1000); }
__attribute__((noinline)) static void open_session(void) { kept = calloc(1, 50); }
__attribute__((noinline)) static void format_line(void)
{
	void *line = malloc(80);
	kept = line;
	free(line);
}

int main(void)
{
	for (int i = 0; i < 7; i++)
		load_config();
	for (int i = 0; i < 40; i++)
		open_session();
	for (int i = 0; i < 500; i++)
		format_line();
	void *old = malloc(5), *other = malloc(6);
	free(old);
	free(other);
	tally("leaked_bytes", 7 * 1000 + 40 * 50);
	tally("leaked_blocks", 47);
	tally("temporary", 500 + 1);  /* and `other`: nothing was allocated while it lived */
}
