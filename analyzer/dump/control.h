/* control.h - the switch of a recording that goes on: a word in the dump's header, which the recorder reads at each call. */
#ifndef HP_DUMP_CONTROL_H
#define HP_DUMP_CONTROL_H

#include <stdint.h>

#include "dump/error.h"

/*
 * Sets which kinds (HP_*) are recorded from now on; those that the recording was not set up for are left out, and
 * UINT32_MAX means all that it was. DUMP_E_SYSTEM when the dump is no longer written, or cannot be written to.
 */
int dump_control(const char *path, uint32_t kinds, struct dump_error *);

#endif
