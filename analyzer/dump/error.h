/*
 * error.h - the one way in which reading a dump fails. Functions of dump/ and model/ return 0 or a negative DUMP_E_*, and
 * fill a struct dump_error if they are given one; iterators return > 0 while there is more, 0 at the end. Nothing here
 * prints. `text` may quote bytes of the file: escape it before it goes to a terminal.
 */
#ifndef HP_DUMP_ERROR_H
#define HP_DUMP_ERROR_H

#include <stdint.h>

enum dump_error_code {
	DUMP_OK         = 0,
	DUMP_E_SYSTEM   = -1,  /* open or read failed; text has the reason */
	DUMP_E_NOT_DUMP = -2,  /* no dump at all: magic, or shorter than a header */
	DUMP_E_FOREIGN  = -3,  /* another byte order, version or geometry */
	DUMP_E_DAMAGED  = -4,  /* a structure error at `offset`; what is good elsewhere was still read */
	DUMP_E_UNRELATED = -5, /* dumps that do not belong to one run */
};

struct dump_error {
	int      code;
	uint64_t offset;   /* in the file; never beyond its size */
	char     text[200];
};

/* Fills *e (may be NULL) and returns `code`. */
int dump_fail(struct dump_error *e, int code, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
