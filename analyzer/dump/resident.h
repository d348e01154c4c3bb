/*
 * resident.h - what memory of a recorded process is in use, as seen from outside: read from /proc while it runs, and put into
 * the dump that it writes. The one part of hp-analyze that adds to a dump: it takes chunks as the recorder's threads do.
 */
#ifndef HP_DUMP_RESIDENT_H
#define HP_DUMP_RESIDENT_H

#include <sys/stat.h>
#include <sys/types.h>

#include "hp_dump.h"
#include "util/vec.h"

struct resident_maps { VEC_FIELDS(struct hp_resident_map) };

/* The kernel's own sums, from /proc/PID/status; all but w, time and maps. 0, or -1: it has ended, or is not ours to look at. */
int resident_status(pid_t, struct hp_r_resident *);

/*
 * From /proc/PID/smaps: every mapping of its own that a block or a stack may lie in, the largest RESIDENT_MAPS; others added up
 * by kind. The kernel goes through all pages for it, some ms a GiB, and holds up the program's own mmap meanwhile.
 * dump: tells the recorder's mapping. 0 or -1.
 */
enum { RESIDENT_MAPS = 1000 };
int resident_maps(pid_t, const struct stat *dump, struct resident_maps *);

/* ---- out of the dump ---- */
struct dump;
struct dump_resident;
/* The mappings of a sample that has some. 0, or -1: they cannot be read. */
int dump_resident_maps(const struct dump *, const struct dump_resident *, struct resident_maps *);

/* ---- into the dump ---- */

struct resident_writer {
	int      fd;           /* of the dump, open for reading and writing; the caller's */
	uint32_t pid;
	uint64_t at, end;      /* where the next record goes; 0: no chunk yet */
};

/*
 * Sets the record's first word and `maps`, and appends it. 0; -1: there is no room that the recorder could spare, or the file
 * cannot be written. Only while the recorder holds the file: an ended dump may be cut by others.
 */
int resident_put(struct resident_writer *, struct hp_r_resident *, const struct resident_maps *);

#endif
