/* ops.h - what the lists in include/ say about operations, kinds and records, as tables. Any number may be asked for. */
#ifndef HP_DUMP_OPS_H
#define HP_DUMP_OPS_H

#include "hp_dump.h"

enum { OPS_COUNT = 256, KIND_COUNT = 9 };

struct op_info {
	const char *name;      /* as reported; "op:N" forms are the caller's: NULL for an unknown code */
	uint16_t kind;         /* HP_MEMORY.. bit, 0 unknown */
	uint16_t class;        /* enum hp_class */
};
extern const struct op_info op_table[OPS_COUNT];

static inline const struct op_info *op_info(unsigned op) { return &op_table[op < OPS_COUNT ? op : 0]; }
/* The name, "?" for an unknown code. */
const char *op_name(unsigned op);
/* "memory", "vm", ...; bit is 0..KIND_COUNT-1. "?" beyond. */
const char *kind_name(unsigned bit);
/* "ALLOC", ...; "?" for an unknown code. */
const char *record_name(unsigned kind);
/* "mutex", ...; "?" for an unknown one. */
const char *lock_kind_name(unsigned lock_kind);
/* enum hp_stop as text; "" for none. */
const char *stop_text(unsigned stop);

#endif
