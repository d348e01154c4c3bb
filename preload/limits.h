/*
 * limits.h - how much of the disk and of the address space a dump may take.
 */
#ifndef HP_LIMITS_H
#define HP_LIMITS_H

#include "preload.h"

/* The soft limit of the process, UINT64_MAX: none. */
HP_HIDDEN uint64_t hp_limit_of(int resource);
/* How large the file may become, in whole chunks; less than four is too little for anything. */
HP_HIDDEN uint64_t hp_file_limit(long fd);
/* Bytes of one window: modest, as it counts against RLIMIT_AS and RLIMIT_MEMLOCK; a power of two of chunks. */
HP_HIDDEN uint64_t hp_window_size(uint64_t file_bytes);

#endif
