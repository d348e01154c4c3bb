/* flags: -Os */
/* Call paths as compiled for size. */
#include "unwind_shapes.h"
