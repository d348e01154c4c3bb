/* flags: -pg -fno-builtin -fno-optimize-sibling-calls -no-pie */
/* The same program for gprof, which knows how often who called whom. */
#include "timed_calls.h"
