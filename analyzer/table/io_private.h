/* io_private.h - what the files of the I/O view share: each makes one of its tables. */
#ifndef HP_TABLE_IO_PRIVATE_H
#define HP_TABLE_IO_PRIVATE_H

#include "table/view.h"

/* io.sites[]: operations by where they were called. */
struct table *io_sites(const struct view_input *);
struct table *io_files(const struct view_input *);
/* io.paths[]: what was opened, or looked up by its path, more than once or in vain. */
struct table *io_paths(const struct view_input *);
struct table *io_peers(const struct view_input *);
struct table *io_polls(const struct view_input *);
struct table *io_flows(const struct view_input *);
/* Of the whole for machines; a line a figure for people. */
struct table *io_timeline(const struct view_input *);
struct table *io_curves(const struct view_input *);
struct table *io_hints(const struct view_input *);
struct table *io_errnos(const struct view_input *, const struct io_errnos *);

/* The time that is reported on. */
uint64_t io_reported_ns(const struct model *);
/* The file on which most of a call site's time passed, and how many it was called on; IO_FILE_NONE: none. By place; the arena's. */
struct io_place_files { uint32_t file, count; uint64_t time_ns; };
const struct io_place_files *io_place_files(const struct view_input *);
/* "data.bin", "data.bin and 3 more", or NULL */
const char *io_place_file(const struct view_input *, const struct io_place_files *);
/* "reader (pid 12, tid 14)" in the arena. */
const char *io_thread(const struct view_input *, uint32_t thread);
/* Null when there was none. */
struct cell io_time(const struct view_input *, const struct io_times *, double q);

#endif
