/* flags: -shared -fPIC -finstrument-functions */
/* What plugin_host loads, unloads and loads again: with a function whose name is in the file's symbol table alone. */
#include <stdlib.h>

static volatile long sink;

__attribute__((noinline)) static void not_exported(void)
{
	sink++;
}

__attribute__((noinline)) void *plugin_make(size_t bytes)
{
	not_exported();
	not_exported();
	return malloc(bytes);
}
