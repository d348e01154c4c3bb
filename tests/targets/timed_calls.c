/* flags: -finstrument-functions -fno-builtin -fno-optimize-sibling-calls -Wno-infinite-recursion */
/* Function calls that take known times, asleep; with recursion, and two threads in one function at a time. */
#include "timed_calls.h"
