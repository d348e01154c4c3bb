/*
 * A forked child inherits blocks, frees some of them, reallocs one, leaks one of its own, and leaves the others as they are. Its
 * parent frees all but one of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWN __attribute__((noinline, noclone)) static
enum { BLOCKS = 10 };

static void *inherited[BLOCKS];
static void *volatile sink;

OWN void in_parent(void)
{
	for (int i = 0; i < BLOCKS; i++)
		inherited[i] = malloc(1000);
}

OWN void in_child(void)
{
	sink = malloc(77);
	free(inherited[0]);
	free(inherited[1]);
	inherited[2] = realloc(inherited[2], 5000);
}

int main(void)
{
	in_parent();
	pid_t child = fork();
	if (!child) {
		in_child();
		_exit(0);
	}
	waitpid(child, NULL, 0);
	for (int i = 1; i < BLOCKS; i++)
		free(inherited[i]);
	return 0;
}
