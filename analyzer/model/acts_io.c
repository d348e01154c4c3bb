/* acts_io.c - acts that are calls on descriptors and paths. */
#include "acts_private.h"
#include "io_private.h"

struct act_place acts_place(struct feed *f, const struct io_call *c)
{
	const struct open_file *o = files_opened(f, c->fd);
	unsigned class = c->op == HP_OP_SHUTDOWN ? HP_CLASS_CLOSE : c->class;
	return (struct act_place){ o->file, channel_of(f, o, class) };
}

/* What was opened is known only now. To open a FIFO is to wait for who opens its other end. */
static struct act_place opened(struct feed *f, const struct io_call *c)
{
	const struct open_file *o = files_opened(f, (int32_t)c->result);
	int fifo = o->flags & OPEN_FIFO;
	return (struct act_place){ o->file, fifo ? channel_of(f, o, o->end ? HP_CLASS_WRITE : HP_CLASS_READ) : ACT_NONE };
}

static int is_connection(const struct io_call *c)
{
	return c->class == HP_CLASS_CONNECT || c->class == HP_CLASS_ACCEPT;
}

/* Whichever of the two returned first: who accepts has waited for who connects. */
static void meet(struct feed *f, uint32_t act, unsigned class)
{
	uint32_t other = io_sockets_act(io_private(f->m)->sockets, act);
	if (other == ACT_NONE)
		return;
	uint32_t accept = class == HP_CLASS_ACCEPT ? act : other;
	edge_set(f->m, accept, accept == act ? other : act);
}

void acts_io(struct feed *f, const struct io_call *c, struct act_place at)
{
	enum act_kind kind = acts_kind_of(&f->e->r);
	if (c->class == HP_CLASS_OPEN && c->result >= 0 && c->result <= INT32_MAX)
		at = opened(f, c);
	int waits = at.channel != ACT_NONE || is_connection(c) || c->op == HP_OP_PCLOSE || f->e->ns - c->start >= ACT_LONG_NS;
	if (kind == ACT_KIND_COUNT || (!acts_all(f) && !waits))
		return;
	struct act *a = acts_add(f, kind, c->start);
	if (!a)
		return;
	a->object = at.channel != ACT_NONE ? at.channel : at.file;
	a->other = at.channel != ACT_NONE ? at.file : ACT_NONE;
	a->stack = c->stack;
	a->op = (uint16_t)c->op;
	a->number = c->result > 0 ? c->result : 0;
	a->flags |= (c->result < 0 ? ACT_FAILED : 0) | (at.channel != ACT_NONE ? ACT_CHANNEL : 0);
	if (is_connection(c))
		meet(f, f->m->acts.private->current, c->class);
}
