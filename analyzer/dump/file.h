/*
 * file.h - a dump as a file: its header, which parts of it hold anything, and reading a chunk. The file is not trusted and
 * may be written to, or cut, while it is read: everything is pread into private memory first and judged there.
 */
#ifndef HP_DUMP_FILE_H
#define HP_DUMP_FILE_H

#include "error.h"
#include "hp_dump.h"

struct dump_file {
	char    *path;
	int      fd;
	uint64_t size;         /* apparent; may be gigabytes of nothing */
	uint64_t allocated;    /* bytes on disk when opened: what memory use is proportional to */
	uint64_t dev, ino;
	struct hp_header header;  /* a private copy, taken when opened */
	uint32_t chunks;       /* chunks handed out, chunk 0 included, bounded by the file's size */
	int      running;      /* the recorded process still maps it */
	int      cut;          /* it ends before the last chunk that was handed out */
};

/*
 * Opens and judges the header: NOT_DUMP, FOREIGN, SYSTEM on failure. Regular files only. A next_chunk
 * beyond the file's end is put right, and `cut` set.
 */
int dump_file_open(struct dump_file *, const char *path, struct dump_error *);
void dump_file_close(struct dump_file *);

/*
 * 1: the recorder's lock by fcntl is on this file. Where it can be had by flock alone, LOCK_EX is refused instead: whoever takes that
 * asks here, too.
 */
int dump_file_held(int fd);

/* next_chunk as it is now, bounded by the file's size: for a file that is being written. */
uint32_t dump_file_chunks_now(const struct dump_file *);

/* The first chunk >= `index` that is not wholly a hole, or a number >= `chunks` when there is none. */
uint32_t dump_file_next_data(const struct dump_file *, uint32_t index);

/* Reads up to `bytes` at `offset`; returns how many there were (fewer at the end of the file), or a negative DUMP_E_SYSTEM. */
long dump_file_read(const struct dump_file *, uint64_t offset, void *to, uint32_t bytes);

#endif
