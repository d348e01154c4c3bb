/* flags: -fno-builtin */
/* Writes a title over its arguments and its environment, as servers do, and then needs a second dump, in a child. */
#include <sys/wait.h>

#include "tally.h"

extern char **environ;
static void *volatile kept;

__attribute__((noinline)) static void in_child(int blocks)
{
	for (int i = 0; i < blocks; i++)
		kept = malloc(10);
}

int main(int argc, char **argv)
{
	char *end = argv[argc - 1] + strlen(argv[argc - 1]);
	int status = -1;
	for (char **e = environ; *e; e++)
		if (*e == end + 1)
			end = *e + strlen(*e);
	memset(argv[0], 'x', (size_t)(end - argv[0]));
	environ = NULL;
	if (!fork()) {
		in_child(20000);
		_exit(0);
	}
	wait(&status);
	tally("status", status);
}
