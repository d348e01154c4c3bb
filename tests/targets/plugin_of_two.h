/* plugin_of_two.h - what plugin_first and plugin_other are made of: MAKE allocates through CLEAR. */
#include <stdlib.h>

__attribute__((noinline)) static void *CLEAR(size_t bytes)
{
	char *p = malloc(bytes);
	p[0] = 0;
	return p;
}

void *MAKE(size_t bytes);
void *MAKE(size_t bytes)
{
	char *p = CLEAR(bytes);
	p[1] = 0;
	return p;
}
