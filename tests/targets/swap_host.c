/* Loads one shared object, then another in its place, then the first again: swap_host FIRST SECOND. */
#include <dlfcn.h>

#include "tally.h"

static void *call_in(const char *path, int times)
{
	void *object = dlopen(path, RTLD_NOW);
	if (!object)
		_exit(2);
	void (*work)(int) = (void (*)(int))dlsym(object, "work");
	for (int i = 0; i < times; i++)
		work(i);
	dlclose(object);
	return (void *)work;
}

int main(int argc, char **argv)
{
	const char *first = word_at(argc, argv, 1, ""), *second = word_at(argc, argv, 2, "");
	void *one = call_in(first, 20), *two = call_in(second, 300), *again = call_in(first, 5);
	tally("first_work", 25);
	tally("second_work", 300);
	tally("same_place", one == two && two == again);
}
