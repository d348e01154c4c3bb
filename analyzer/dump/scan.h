/* scan.h - the pass over a file that finds its segments and takes in its metadata; part of dump_open. */
#ifndef HP_DUMP_SCAN_H
#define HP_DUMP_SCAN_H

#include "dump.h"

/* Damage is noted in the dump. While the file is being written, metadata is read after events, so that no event lacks its. */
void scan_dump(struct dump *);

/* Takes in the rows of a HP_CHUNK_FILTERED chunk (filtered.c). */
void scan_filtered(struct dump *, const struct dump_scope *, const struct hp_filtered *rows, size_t n);

/* Takes in a RESIDENT record at `offset` of the file (resident_read.c). */
void scan_resident(struct dump *, uint32_t pid, const struct dump_record *, uint64_t offset);

#endif
