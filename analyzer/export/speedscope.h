/* speedscope.h - the frame of speedscope's own file format, for its two sorts of profiles. */
#ifndef HP_EXPORT_SPEEDSCOPE_H
#define HP_EXPORT_SPEEDSCOPE_H

#include "export/export.h"

/* Each thread's calls as they happened; for programs with function events. 0, or -1. */
int speedscope_evented(struct export *, const struct model *read_before);

#endif
