#include "waits.h"

#include "dump/ops.h"

const char *wait_class_name(unsigned c)
{
	static const char *const names[] = {
#define X(name, text) text,
		WAIT_CLASSES(X)
#undef X
	};
	return c < WAIT_CLASS_COUNT ? names[c] : "?";
}

unsigned wait_class_of(unsigned op)
{
	const struct op_info *o = op_info(op);
	switch (o->class) {
	case HP_CLASS_LOCK:    return WAIT_LOCK;
	case HP_CLASS_FUTEX:   return WAIT_LOCK;
	case HP_CLASS_COND:    return WAIT_COND;
	case HP_CLASS_SEM:     return WAIT_SEM;
	case HP_CLASS_BARRIER: return WAIT_BARRIER;
	case HP_CLASS_JOIN:    return WAIT_JOIN;
	case HP_CLASS_POLL:    return WAIT_POLL;
	case HP_CLASS_SLEEP:   return WAIT_SLEEP;
	case HP_CLASS_CHILD:   return WAIT_CHILD;
	default:               return o->kind == HP_IO ? WAIT_IO : WAIT_CLASS_COUNT;
	}
}
