/* speedscope.h - what the two sorts of profiles in speedscope's format have in common. */
#ifndef HP_EXPORT_SPEEDSCOPE_H
#define HP_EXPORT_SPEEDSCOPE_H

#include "export/export.h"
#include "export/tracks.h"

/* Up to the list of frames, which is open then. */
void speedscope_head(struct sink *, const char *name);
void speedscope_frame(struct sink *, bool first, const char *name, const char *file, uint32_t line);
/* The program's. */
const char *speedscope_name(const struct view_input *);

/* Each thread's calls as they happened. 0, or -1. */
int speedscope_calls(struct export *, struct tracks *);

#endif
