/* flags: -O2 -fomit-frame-pointer -Wl,-z,lazy */
/* Call paths without frame pointers, and with linkage stubs that bind at the first call. */
#include "unwind_shapes.h"
