/* waits.h - how long threads were blocked, by class: contract "waits". And what was in progress at the end. */
#ifndef HP_MODEL_WAITS_H
#define HP_MODEL_WAITS_H

#include "hist.h"

/* In the order of the contract. */
#define WAIT_CLASSES(X) X(LOCK, "lock") X(COND, "cond") X(SEM, "sem") X(BARRIER, "barrier") X(JOIN, "join") X(POLL, "poll") \
	X(SLEEP, "sleep") X(CHILD, "child") X(IO, "io")
enum wait_class {
#define X(name, text) WAIT_##name,
	WAIT_CLASSES(X)
#undef X
	WAIT_CLASS_COUNT
};

const char *wait_class_name(unsigned wait_class);
/* Of an operation (hp_ops.def); WAIT_CLASS_COUNT: none. A futex wait counts as a wait for a lock. */
unsigned wait_class_of(unsigned op);

struct waits {
	struct hist by_class[WAIT_CLASS_COUNT];  /* calls = count, time_ns = sum */
};

/* A call that had not returned at the end (killed, running, hung), or that never returned (cancelled, jumped out of). */
struct pending_call {
	uint32_t thread;      /* index; THREAD_NONE if the slot's thread is unknown */
	uint32_t op;          /* enum hp_op */
	uint64_t object, object2;
	uint64_t start_ns;
	uint32_t stack;
	uint8_t  abandoned;   /* of an ABANDONED record */
};

#endif
