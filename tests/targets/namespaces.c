/* flags: -fno-builtin */
/* Loads a library into a namespace of its own, where it has a second libc: namespaces PLUGIN (deepbind_plugin). */
#include <dlfcn.h>

#include "tally.h"

__attribute__((noinline)) static void work_here(void)
{
	for (int i = 0; i < 10; i++)
		free(malloc(70));
}

int main(int argc, char **argv)
{
	work_here();
	void *plugin = argc > 1 ? dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW) : NULL;
	if (!plugin)
		return 1;
	void *(*makes)(void) = (void *(*)(void))dlsym(plugin, "plugin_makes");
	void (*frees)(void *) = (void (*)(void *))dlsym(plugin, "plugin_frees");
	for (int i = 0; i < 10; i++)
		frees(makes());
	tally("closed", dlclose(plugin));
	work_here();
	tally("here", 20);
}
