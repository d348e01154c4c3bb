/* flags: -O2 -fno-omit-frame-pointer -fno-plt */
/* Call paths with frame pointers. */
#include "unwind_shapes.h"
