/* watch.h - `ctl watch`: looks at the memory of processes that are being recorded, whoever started them, until they have ended. */
#ifndef HP_CMD_WATCH_H
#define HP_CMD_WATCH_H

#include <stddef.h>

#include "cmd/sampler.h"

/* Dumps, directories, or pids. The exit status: CMD_UNUSABLE if something named is not being recorded. */
int watch(struct sampler *, char *const *names, size_t n);

#endif
