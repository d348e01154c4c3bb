/* flags: -shared -fPIC -fno-builtin -DMAKE=other_make -DCLEAR=other_clear */
/* One of two libraries with the same code at the same offsets, under other names. */
#include "plugin_of_two.h"
