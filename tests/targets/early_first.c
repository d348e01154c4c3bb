/* flags: -shared -fPIC -fno-builtin -Wl,-z,initfirst */
/* The library whose constructor runs before all others, wherever it stands in LD_PRELOAD. */
#include "early_heap.c"
