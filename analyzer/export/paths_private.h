/* paths_private.h - nodes and places, for the files of paths.h. */
#ifndef HP_EXPORT_PATHS_PRIVATE_H
#define HP_EXPORT_PATHS_PRIVATE_H

#include "export/paths.h"

/* A place below a node. */
uint32_t paths_child(struct paths *, uint32_t parent, uint32_t place);
/* A place that stands for something that has no address. */
uint32_t paths_made_up(struct paths *, const char *name);
uint32_t paths_place_of_call(struct paths *, const struct function *);

#endif
