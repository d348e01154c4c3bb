/*
 * known.h - what earlier reports found out about a file, so that its symbols and its debug information need not be read
 * again. Kept by build id, and used as long as the files that the answers are from are the same ones: each in its place,
 * with its size and time of change, and none there that was missing. Files without a build id are looked at each time.
 */
#ifndef HP_SYM_KNOWN_H
#define HP_SYM_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "sym/sym_private.h"

/* The frames at `pc`, in the arena of `s`; 0: they are not known. what: CACHE_RETURN, CACHE_EXACT or CACHE_FUNCTION */
size_t known_frames(struct sym *, int32_t module, uint32_t what, uint64_t pc, const struct sym_frame **frames);
void known_keep_frames(struct sym *, int32_t module, uint32_t what, uint64_t pc, const struct sym_frame *frames, size_t n);

/* The variable at an address of the file; 1 if there is one, 0 if there is none, -1: not known. Sets all but the module. */
int known_data(struct sym *, struct file *, uint64_t address, struct sym_data *out);
/* NULL: there is none. */
void known_keep_data(struct sym *, struct file *, uint64_t address, const struct sym_data *data);

/* Where a function's code is. As known_data. */
int known_code(struct sym *, struct file *, const char *function, uint64_t *value, uint64_t *size);
void known_keep_code(struct sym *, struct file *, const char *function, int found, uint64_t value, uint64_t size);

/* Writes what is new. */
void known_close(struct sym *, struct file *);

#endif
