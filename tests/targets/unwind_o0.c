/* flags: -O0 */
/* Call paths as compiled without optimisation. */
#include "unwind_shapes.h"
