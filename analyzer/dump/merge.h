/*
 * merge.h - the events of all threads of several dumps as one stream in time order. Memory: a chunk for each thread that
 * is in the middle of its records.
 *
 *     struct dump_merge *m = dump_merge_new(dumps, n);
 *     for (const struct dump_event *e; (e = dump_merge_next(m)); ) ...
 *     dump_merge_free(m);
 *
 * TIME, OWNER and CLOCK records and metadata are consumed, everything else is an event. LATE records come out as what they
 * wrap, with their thread and time. Within a thread the order is that of the file.
 */
#ifndef HP_DUMP_MERGE_H
#define HP_DUMP_MERGE_H

#include "dump.h"

struct dump_event {
	uint64_t ns;               /* since the run's start; never less than this thread's last one */
	uint64_t stamp;            /* the record's own time, which a signal handler may have overtaken */
	uint64_t ticks;            /* the same in ticks */
	struct dump_record r;      /* kind, words; a wide form keeps its kind */
	struct dump_thread *thread;
	uint64_t offset;           /* in the file */
	uint8_t  late;             /* of a thread after its end */
};

struct dump_merge;

struct dump_merge *dump_merge_new(struct dump *const *dumps, unsigned n);
/* For a reader who knows of functions already; before the first event. */
void dump_merge_skip_functions(struct dump_merge *);
/* The next event, good until the next call; NULL at the end. */
const struct dump_event *dump_merge_next(struct dump_merge *);
/*
 * The cursor that the last event came from, for those who read on with it by themselves, up to the time *limit: what the others
 * have comes later. NULL after the end.
 */
struct cursor;
struct cursor *dump_merge_current(struct dump_merge *, uint64_t *limit);
/* Bytes of the files that have been consumed, for progress; and events whose time went backwards within a thread. */
uint64_t dump_merge_done(const struct dump_merge *);
uint64_t dump_merge_regressions(const struct dump_merge *);
void dump_merge_free(struct dump_merge *);

#endif
