/* times.h - --from and --to as a model wants them. */
#ifndef HP_CMD_TIMES_H
#define HP_CMD_TIMES_H

#include "cmd/options.h"
#include "model/model.h"

/*
 * Sets wanted->from_ns and to_ns. A share of the recording or a mark needs a look at the dumps first. Says what is wrong
 * on stderr; returns an exit status.
 */
int times_find(struct model_options *wanted, const struct options *, const char *const *paths, unsigned n);

#endif
