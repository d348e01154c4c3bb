/* acts_kinds.c - what act a record is. */
#include "acts_private.h"

const char *act_kind_name(unsigned kind)
{
	static const char *const names[] = {
#define X(name) #name,
		ACT_KINDS(X)
#undef X
	};
	return kind < ACT_KIND_COUNT ? names[kind] : "?";
}

/* ---- what act a record is; ACT_KIND_COUNT: none ---- */

static enum act_kind kind_of_lock(unsigned record)
{
	switch (record) {
	case HP_R_LOCK: case HP_R_LOCK_WAIT:        return ACT_ACQUIRE;
	case HP_R_LOCK_SH: case HP_R_LOCK_WAIT_SH:  return ACT_ACQUIRE_SH;
	case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED:  return ACT_RELEASE;  /* of a reader too, until it is known to be one */
	case HP_R_LOCK_FAIL:                        return ACT_GAVE_UP;
	default:                                    return ACT_KIND_COUNT;
	}
}

static enum act_kind kind_of_sync(unsigned op)
{
	switch (op) {
	case HP_OP_COND_SIGNAL:    return ACT_SIGNAL;
	case HP_OP_COND_BROADCAST: return ACT_BROADCAST;
	case HP_OP_SEM_POST:       return ACT_SEM_POST;
	case HP_OP_SEM_INIT:       return ACT_SEM_INIT;
	case HP_OP_FUTEX_WAKE:     return ACT_FUTEX_WAKE;
	default:                   return ACT_KIND_COUNT;
	}
}

static enum act_kind kind_of_wait(unsigned op)
{
	switch (op_info(op)->class) {
	case HP_CLASS_COND:    return ACT_COND_WAIT;
	case HP_CLASS_SEM:     return ACT_SEM_WAIT;
	case HP_CLASS_BARRIER: return ACT_BARRIER;
	case HP_CLASS_FUTEX:   return ACT_FUTEX_WAIT;
	case HP_CLASS_JOIN:    return ACT_JOIN;
	case HP_CLASS_POLL:    return ACT_POLL;
	case HP_CLASS_SLEEP:   return ACT_SLEEP;
	case HP_CLASS_CHILD:   return ACT_CHILD;
	default:               return ACT_KIND_COUNT;
	}
}

static enum act_kind kind_of_io(unsigned op)
{
	const struct op_info *o = op_info(op);
	if (o->kind != HP_IO && o->kind != HP_STDIO)
		return ACT_KIND_COUNT;
	if (o->class == HP_CLASS_READ)
		return ACT_READ;
	return o->class == HP_CLASS_WRITE || o->class == HP_CLASS_COPY ? ACT_WRITE : ACT_IO;
}

enum act_kind acts_kind_of_call(unsigned op)
{
	if (op_info(op)->class == HP_CLASS_LOCK)
		return ACT_GAVE_UP;
	return kind_of_wait(op) != ACT_KIND_COUNT ? kind_of_wait(op) : kind_of_io(op);
}

enum act_kind acts_kind_of(const struct dump_record *r)
{
	const struct hp_r_io_x *x = (const void *)r->w;
	const struct hp_r_thread_create *create = (const void *)r->w;
	switch (r->kind) {
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED:
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL:
		return kind_of_lock(r->kind);
	case HP_R_LOCK_X:        return kind_of_lock(hp_word_sub(*r->w));
	case HP_R_SYNC:          return kind_of_sync(hp_word_sub(*r->w));
	case HP_R_WAIT:          return kind_of_wait(hp_word_sub(*r->w));
	case HP_R_IO:            return kind_of_io(hp_word_sub(*r->w));
	case HP_R_IO_X:          return kind_of_io(x->op);
	case HP_R_ABANDONED:     return acts_kind_of_call(hp_word_sub(*r->w));
	case HP_R_THREAD_CREATE: return create->result ? ACT_KIND_COUNT : ACT_CREATE;
	case HP_R_FORK:          return ACT_FORK;
	case HP_R_EXEC:          return ACT_EXEC;
	default:                 return ACT_KIND_COUNT;
	}
}

int acts_is_event(const struct dump_record *r)
{
	return acts_kind_of(r) != ACT_KIND_COUNT;
}
