/* flags: -fno-builtin */
/* Loads libraries in turn, at the same addresses, and allocates through each: plugin_turns TURNS FIRST OTHER. */
#include <dlfcn.h>

#include "tally.h"

static void *volatile kept;

/* Where its function was. */
static void *turn(const char *path, const char *function)
{
	void *plugin = dlopen(path, RTLD_NOW);
	if (!plugin)
		exit(1);
	void *(*make)(size_t) = (void *(*)(size_t))dlsym(plugin, function);
	for (int i = 0; i < 3; i++)
		kept = make(100);
	dlclose(plugin);
	return (void *)make;
}

int main(int argc, char **argv)
{
	static const char *const functions[] = { "first_make", "other_make" };
	long turns = number_at(argc, argv, 1, 1), same = 0;
	void *at[2];
	for (long i = 0; i < 2 * turns; i++) {
		at[i % 2] = turn(argv[2 + i % 2], functions[i % 2]);
		same += i % 2 && at[0] == at[1];
	}
	tally("same", same);
	tally("of_each", 3 * turns);
}
