/* flags: -finstrument-functions */
#include "plan_branches.c"
