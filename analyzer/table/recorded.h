/* recorded.h - which kinds of events a figure is made of: where HP_HOOKS left one out, a zero is not what it seems. */
#ifndef HP_TABLE_RECORDED_H
#define HP_TABLE_RECORDED_H

#include <stdint.h>

/* HP_MEMORY.. bits of the kinds that "memory.peak_bytes", "waits.lock.calls", "functions.calls" tell of; 0: of none in particular. */
uint32_t recorded_kinds(const char *key);
/* The first kind of `kinds`, as HP_HOOKS calls it. */
const char *recorded_kind_name(uint32_t kinds);

#endif
