/* exports.h - every exporter on a fuzzed dump. */
#ifndef HP_FUZZ_EXPORTS_H
#define HP_FUZZ_EXPORTS_H

#include "model/model.h"

/* Exports to one format, which `choice` picks, as also a limit; aborts if the output is larger than that. */
void fuzz_export(const char *const *paths, unsigned n, const struct model_options *, uint32_t choice);

#endif
