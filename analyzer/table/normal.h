/*
 * normal.h - names without what differs from run to run and from build to build: addresses, offsets, process numbers, random
 * parts of temporary names, what a compiler adds to the names of copies of functions. Two runs' rows are the same when these are.
 */
#ifndef HP_TABLE_NORMAL_H
#define HP_TABLE_NORMAL_H

#include "table/view.h"
#include "util/buf.h"

/* "parse.isra.0" -> "parse"; "libfoo.so.1+0x1234" -> "libfoo.so.1"; "0x7f00": "?" */
void normal_function(struct buf *, const char *name);
/* "mutex@0x7ffd0123" -> "mutex@"; "init@setup+0x1c" -> "init@setup" */
void normal_lock(struct buf *, const char *name);
/* "/tmp/run.4711/a" of process 4711 -> "/tmp/run.PID/a"; "/tmp/sortQx3Zab" -> "/tmp/sortXXXXXX"; "pipe:[123]" -> "pipe:[N]" */
void normal_path(struct buf *, const struct model *, const char *path);
/* "libfoo.so" of any version; "" for the program itself. */
void normal_module(struct buf *, const struct model *, const char *path);
/* The functions of a call path, outermost first, ';' between them: without what calls main; a function that calls itself once.
 * Functions without a name are places in a module: in two runs of one build they are the same, in others they say nothing. */
enum normal_places { PLACES_OUT, PLACES_KEPT };
void normal_stack(struct buf *, const struct frame *frames, size_t count, enum normal_places);

/* What a row is known by (identity.h), in the run that `in` is of. False: rows of this table cannot be told apart. */
bool normal_row(struct buf *, const struct view_input *in, const struct doc *doc, const struct table *, const struct row *, enum normal_places);

/* Whether it is a place in a module, "libfoo.so.1+0x1234", and no name. */
bool normal_is_place(const char *name);

#endif
