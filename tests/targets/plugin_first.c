/* flags: -shared -fPIC -fno-builtin -DMAKE=first_make -DCLEAR=first_clear */
/* One of two libraries with the same code at the same offsets, under other names. */
#include "plugin_of_two.h"
