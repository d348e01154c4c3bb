#include "ops.h"

const struct op_info op_table[OPS_COUNT] = {
#define HP_OP(code, NAME, text, KIND, CLASS) [code] = { text, HP_##KIND, HP_CLASS_##CLASS },
#include "hp_ops.def"
#undef HP_OP
};

static const char *const kind_names[KIND_COUNT] = {
#define HP_KIND(bit, NAME, text) [bit] = text,
#include "hp_kinds.def"
#undef HP_KIND
};

static const char *const record_names[256] = {
#define HP_RECORD(code, NAME, type, words) [code] = #NAME,
#include "hp_records.def"
#undef HP_RECORD
};

static const char *const lock_kind_names[] = {
#define X(name, text) [HP_LOCK_KIND_##name] = text,
	HP_LOCK_KINDS(X)
#undef X
};

static const char *const stop_texts[] = {
#define X(name, text) [HP_STOP_##name] = text,
	HP_STOPS(X)
#undef X
};

static const char *pick(const char *const *names, unsigned count, unsigned i)
{
	return i < count && names[i] ? names[i] : "?";
}

const char *op_name(unsigned op)             { return op_info(op)->name ? op_info(op)->name : "?"; }
const char *kind_name(unsigned bit)          { return pick(kind_names, KIND_COUNT, bit); }
const char *record_name(unsigned kind)       { return pick(record_names, 256, kind); }
const char *lock_kind_name(unsigned kind)    { return pick(lock_kind_names, sizeof lock_kind_names / sizeof *lock_kind_names, kind); }
const char *stop_text(unsigned stop)         { return pick(stop_texts, sizeof stop_texts / sizeof *stop_texts, stop); }
