/* flags: -finstrument-functions */
#include "plan_serial.c"
