/* lists.h - what exists in a recording or a report, for messages about what does not. Each is a line; good until buf_free. */
#ifndef HP_CMD_LISTS_H
#define HP_CMD_LISTS_H

#include "table/view.h"
#include "util/buf.h"

/* "4711 main, 4712 worker, ..." */
void list_threads(struct buf *, const struct model *);
/* The keys by which tables of a document can be sorted, with blanks between them. */
void list_sort_keys(struct buf *, const struct doc *);

/* Names of marks, each once; of very many the first. */
struct marks { VEC_FIELDS(char *) };
void marks_add(struct marks *, const char *name, size_t bytes);
void list_marks(struct buf *, const struct marks *);
void marks_free(struct marks *);

#endif
