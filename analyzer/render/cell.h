/* cell.h - a cell as text: units, escaping, alignment. */
#ifndef HP_RENDER_CELL_H
#define HP_RENDER_CELL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct cell;
struct column;
struct doc;

/* Appends the value as it reads in a line, in at most `room` columns if it is a name or a call path. */
void cell_text(struct buf *, const struct doc *, const struct column *, const struct cell *, size_t room);

/* Whether it is a number: aligned to the right. */
bool cell_is_number(const struct cell *);

#endif
