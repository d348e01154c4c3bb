/* flags: -O2 -mstackrealign -fstack-clash-protection -fstack-protector-all */
/* Call paths of functions that align their stack anew. */
#include "unwind_shapes.h"
