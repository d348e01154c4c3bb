/* limits.h - what the process may have. */
#ifndef HP_UTIL_LIMITS_H
#define HP_UTIL_LIMITS_H

/* As many open files as are allowed at most. Not before a program of the user's is started: it would inherit that. */
void limits_allow_files(void);

#endif
