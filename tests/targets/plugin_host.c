/* Loads a shared object and allocates through it: plugin_host PATH. */
#include <dlfcn.h>

#include "tally.h"

static void *volatile kept;

int main(int argc, char **argv)
{
	void *plugin = dlopen(word_at(argc, argv, 1, "./plugin"), RTLD_NOW);
	if (!plugin)
		return 1;
	void *(*make)(size_t) = (void *(*)(size_t))dlsym(plugin, "plugin_make");
	for (int i = 0; i < 10; i++)
		kept = make(123);
	dlclose(plugin);
	void *again = dlopen(argv[1], RTLD_NOW);
	make = (void *(*)(size_t))dlsym(again, "plugin_make");
	kept = make(456);
	tally("made", 11);
}
