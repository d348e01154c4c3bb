/*
 * runs.h - the recordings that a user names one beside the other: each path is a run; of a directory, each set of dumps in it
 * that belong together; of one without dumps, each directory in it.
 */
#ifndef HP_CMD_RUNS_H
#define HP_CMD_RUNS_H

#include "cmd/input.h"

struct one_run { struct dumps paths; const char *given; };  /* given: the word that named it */
struct runs { VEC_FIELDS(struct one_run) };

/* What cannot be read ends hp-analyze with a message and status 2, when it is a directory; of a dump, input_open tells. */
void runs_named(struct runs *, char *const *paths, size_t n);
void runs_free(struct runs *);

/* Opens one run, as input_open does, and adds the views that `wanted` chooses when all events are read. */
int runs_report(const struct one_run *, const struct options *, bool (*wanted)(const void *, const struct view *), const void *data, struct input *);

#endif
