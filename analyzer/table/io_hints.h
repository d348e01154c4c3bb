/*
 * io_hints.h - diagnoses of I/O, each a rule over the figures of a call site, a file or a wait. One row here and one function make a
 * new one; docs/io.md says which thresholds there are and why.
 */
#ifndef HP_TABLE_IO_HINTS_H
#define HP_TABLE_IO_HINTS_H

#include "table/io_private.h"

#define IO_SITE_HINTS(X) X(small_writes) X(small_reads) X(asked_in_vain) X(synced_often)
#define IO_FILE_HINTS(X) X(opened_again) X(looked_up_again) X(looked_for_in_vain) X(jumps_about) X(read_again)
#define IO_POLL_HINTS(X) X(timed_out_again)

/* What it is about, and its evidence; what is zero says nothing. */
struct io_hint {
	const char *text, *path;
	uint64_t count, of;          /* so many of so many */
	uint64_t bytes, time_ns;
	uint32_t stack;              /* where; 0: nowhere in particular */
};

/* Whether it applies; then *hint is filled. */
#define X(name) bool io_hint_##name(const struct view_input *, const struct io_place *, const struct io_place_files *, struct io_hint *);
IO_SITE_HINTS(X)
#undef X
#define X(name) bool io_hint_##name(const struct view_input *, const struct io_file *, struct io_hint *);
IO_FILE_HINTS(X)
#undef X
#define X(name) bool io_hint_##name(const struct view_input *, const struct io_poll *, struct io_hint *);
IO_POLL_HINTS(X)
#undef X

/* Whether so much time is worth a word, beside how long the run is. */
bool io_matters(const struct view_input *, uint64_t ns);

#endif
