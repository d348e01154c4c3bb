/* massif.h - the tree of a detailed snapshot. */
#ifndef HP_EXPORT_MASSIF_H
#define HP_EXPORT_MASSIF_H

#include "export/paths.h"
#include "export/sink.h"

/* Of a metric's figures; those of all but the first `keep` call paths are one line, (other). */
void massif_tree(const struct paths *, unsigned metric, size_t keep, struct sink *);

#endif
