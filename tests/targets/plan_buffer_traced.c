/* flags: -finstrument-functions */
#include "plan_buffer.c"
