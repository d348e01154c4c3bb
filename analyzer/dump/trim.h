/* trim.h - cuts off the part of a dump that was reserved and never used. */
#ifndef HP_DUMP_TRIM_H
#define HP_DUMP_TRIM_H

#include <stdint.h>

#include "dump/error.h"

/*
 * Cuts the unused tail of an ended recording; *cut (may be NULL) becomes the bytes taken off the file's length. Works
 * under an exclusive lock, so no recorder can start to use what is cut. Refuses, with DUMP_E_SYSTEM, a dump that is still
 * mapped by its process, and with DUMP_E_DAMAGED one that holds anything behind its last chunk.
 */
int dump_trim(const char *path, uint64_t *cut, struct dump_error *);

#endif
