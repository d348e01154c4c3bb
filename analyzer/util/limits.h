/* limits.h - what the process may have. */
#ifndef HP_UTIL_LIMITS_H
#define HP_UTIL_LIMITS_H

/* Room for `n` open files beside the usual ones, as far as that is allowed. Not before a program of the user's is started: it would inherit that. */
void limits_allow_files(unsigned n);

#endif
