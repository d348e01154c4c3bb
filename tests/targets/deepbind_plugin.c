/* flags: -shared -fPIC -fno-builtin */
/* For deepbind.c: with RTLD_DEEPBIND its calls go to libc, past any library in front of it. */
#include <stdlib.h>

void *plugin_makes(void) { return malloc(1000); }
void plugin_frees(void *p) { free(p); }
