/* recorder.c - what the recording itself comes to: events as the user counts them, losses, damage, its own cost. */
#include "private.h"

/* Which kind of hook a record is an event of; KIND_NONE: of none, or its operation says. */
enum { KIND_NONE = 0, BY_OP = HP_ALL_KINDS };

static unsigned kind_of_record(unsigned record)
{
	switch (record) {
	case HP_R_ALLOC: case HP_R_FREE: case HP_R_REALLOC_END: case HP_R_FREE_WIDE: case HP_R_ALLOC_WIDE:
	case HP_R_ALLOC_FAIL:
		return HP_MEMORY;
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED: case HP_R_LOCK_TRYFAIL:
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		return HP_LOCK;
	case DUMP_FN_ENTER: case HP_R_FN_ENTER_WIDE:
		return HP_FUNCTION;
	case HP_R_THREAD_CREATE: case HP_R_FORK: case HP_R_EXEC: case HP_R_THREAD_NAME:
		return HP_THREAD;
	case HP_R_MARK:
		return HP_SPAN;
	case HP_R_IO: case HP_R_IO_X: case HP_R_WAIT: case HP_R_SYNC: case HP_R_ABANDONED: case HP_R_VM:
		return BY_OP;
	default:
		return KIND_NONE;
	}
}

int recorder_counts(const struct dump_event *e, unsigned *kind)
{
	const uint32_t *w = e->r.w;
	unsigned k = kind_of_record(e->r.kind), op = e->r.kind == HP_R_IO_X ? ((const struct hp_r_io_x *)(const void *)w)->op : hp_word_sub(w[0]);
	*kind = k == BY_OP ? op_info(op)->kind : k;
	if (e->r.kind == HP_R_FREE_WIDE)
		return !hp_word_arg(w[0]);  /* the beginning of a realloc is counted at its end */
	if (e->r.kind == HP_R_VM)
		return op != HP_OP_MREMAP_FROM;
	return k != KIND_NONE;
}

static void add(struct recorder *r, unsigned kind, uint64_t events)
{
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		if (kind & 1u << bit)
			r->hooks[bit].events += events;
	r->events += events;
}

static void count_events(struct model *m)
{
	const struct model_private *p = m->private;
	for (unsigned i = 0; i < 256; i++) {
		unsigned kind = kind_of_record(i);
		if (kind != BY_OP)
			add(&m->recorder, kind, kind ? p->record_counts[i] : 0);
	}
	for (unsigned op = 0; op < OPS_COUNT; op++)
		if (op != HP_OP_MREMAP_FROM)
			add(&m->recorder, op_info(op)->kind, p->op_counts[op]);
}

static void add_costs(struct model *m, const struct dump *d)
{
	for (size_t i = 0; i < d->costs.n; i++) {
		for (unsigned bit = 0; bit < KIND_COUNT; bit++) {
			struct hook_figures *h = &m->recorder.hooks[bit];
			if (!(d->costs.v[i].kind & 1u << bit))
				continue;
			double ns = d->costs.v[i].picoseconds / 1000.0;
			switch (hp_word_sub(d->costs.v[i].w)) {
			case HP_COST_EVENT:  h->ns_per_event = ns; h->has_cost = 1; break;
			case HP_COST_INSIDE: h->inside_ns = ns; break;
			case HP_COST_SPREAD: h->spread_ns = ns; break;
			}
		}
	}
}

static void add_dump(struct model *m, const struct dump *d)
{
	struct recorder *r = &m->recorder;
	r->bytes += d->bytes;
	r->records += d->records;
	r->torn_records += d->torn_records;
	r->dropped_events += dump_dropped(d);
	r->early_events += d->live.early_calls;
	r->flags |= d->live.flags;
	r->kinds |= d->live.kinds;
	r->kinds_off |= d->live.kinds ? HP_ALL_KINDS & ~d->live.kinds : 0;
	r->unwind_cut += d->node_cuts;
	r->damage += d->damage.chunks + d->damage.records + d->damage.ids;
	if (d->live.stop_reason != HP_STOP_NONE && r->stop_reason == HP_STOP_NONE) {
		r->stop_reason = d->live.stop_reason;
		r->stop_errno = (int)d->live.stop_errno;
	}
	add_costs(m, d);
}

void recorder_finish(struct model *m)
{
	struct recorder *r = &m->recorder;
	count_events(m);
	for (unsigned i = 0; i < m->dump_count; i++)
		add_dump(m, m->dumps[i]);
	left_out_finish(m);
	r->stack_nodes = m->stacks.nodes.n - 1;
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		if (r->hooks[bit].has_cost)
			r->overhead_ns += (double)r->hooks[bit].events * r->hooks[bit].ns_per_event;
}
