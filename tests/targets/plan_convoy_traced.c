/* flags: -finstrument-functions */
#include "plan_convoy.c"
