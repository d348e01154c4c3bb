/* flags: -shared -fPIC -fno-builtin */
/* What plugin_host loads. */
#include <stdlib.h>

__attribute__((noinline)) void *plugin_make(size_t bytes)
{
	return malloc(bytes);
}
