/* Loads libraries and asks each whether it is ready: loads LIBRARY... */
#include <dlfcn.h>

#include "tally.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		void *library = dlopen(argv[i], RTLD_NOW);
		int (*ready)(void) = library ? (int (*)(void))dlsym(library, "ready") : NULL;
		tally("loaded", library != NULL);
		tally("ready", ready ? ready() : -1);
	}
}
