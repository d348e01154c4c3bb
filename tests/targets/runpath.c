/* flags: -Wl,-rpath,'$ORIGIN' */
/* Finds a library by its own RUNPATH, which holds only while the program itself is the caller of dlopen. */
#include <dlfcn.h>

#include "tally.h"

int main(void)
{
	void *plugin = dlopen("plugin", RTLD_NOW);
	tally("found", plugin != NULL);
	tally("not_found", dlopen("no-such-plugin", RTLD_NOW) == NULL && dlerror() != NULL);
	tally("next", dlsym(RTLD_NEXT, "malloc") != NULL);
}
