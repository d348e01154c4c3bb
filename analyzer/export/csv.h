/* csv.h - fields of a line of CSV. */
#ifndef HP_EXPORT_CSV_H
#define HP_EXPORT_CSV_H

#include "table/table.h"

struct buf;

/* Quoted if need be, with quotes doubled; escaped before, so that there is nothing but printable text in it. */
void csv_field(struct buf *, const char *text, size_t bytes);
void csv_cell(struct buf *, const struct doc *, const struct column *, const struct cell *);

#endif
