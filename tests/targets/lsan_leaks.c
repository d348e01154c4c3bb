/* flags: -fsanitize=leak */
#include "leaks_to_suppress.c"
