/*
 * handover.h - a dump in memory, for `hp-analyze record --safe`: a file without a name that nobody can cut, whose descriptor
 * goes to `record` at once; that one writes it to a disk when the process has ended. Used where hp_config.keeper names a
 * socket. No descriptor stays open here.
 */
#ifndef HP_HANDOVER_H
#define HP_HANDOVER_H

#include "preload.h"

/* A new memory file's descriptor, or -errno. */
HP_HIDDEN long hp_handover_create(void);
/*
 * Fixes the file's size for ever and gives it to `record`, with the name that the dump is to have. It has its lock by then,
 * which tells `record` for how long it is in use. 0 or -errno; never waits.
 */
HP_HIDDEN long hp_handover(long fd, const char *name);

#endif
