/* flags: -fno-builtin */
/* Blocks that one side allocates and the other frees, of which one is bound past libhp.so: deepbind PLUGIN. */
#include <dlfcn.h>

#include "tally.h"

__attribute__((noinline)) static void *makes_here(void) { return malloc(500); }

int main(int argc, char **argv)
{
	void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_DEEPBIND) : NULL;
	if (!plugin)
		return 1;
	void *(*makes)(void) = (void *(*)(void))dlsym(plugin, "plugin_makes");
	void (*frees)(void *) = (void (*)(void *))dlsym(plugin, "plugin_frees");
	for (int i = 0; i < 10; i++)
		frees(makes_here());
	for (int i = 0; i < 10; i++)
		free(makes());
	tally("ours_freed_there", 10);
	tally("theirs_freed_here", 10);
}
