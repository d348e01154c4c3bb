/*
 * path.h - call paths and function names as short as they may be in a line of text. What is appended is escaped.
 */
#ifndef HP_RENDER_PATH_H
#define HP_RENDER_PATH_H

#include <stddef.h>

struct buf;
struct frame;

/* A C++ or Rust name without its arguments, template arguments, result type and qualifiers; other names as they are. */
void path_name(struct buf *, const char *name);

/*
 * "parse_line config.c:42 < load_config < main": from the innermost frame of the user's own code on, callers behind it,
 * start-up code left out, recursion folded ("walk x12"), in at most `room` columns; " < .." where there is more.
 */
void path_text(struct buf *, const struct frame *frames, size_t count, size_t room);

#endif
