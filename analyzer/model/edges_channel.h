/* edges_channel.h - one channel's acts, for those who find out who wrote what in it was read. */
#ifndef HP_MODEL_EDGES_CHANNEL_H
#define HP_MODEL_EDGES_CHANNEL_H

#include "acts_private.h"

enum { WRITERS_MOST = 16 };

/* A channel's acts, in the order of their ends. */
struct channel_acts {
	struct model *m;
	const uint32_t *v;
	size_t n;
	uint32_t *writes;         /* those that wrote something */
	size_t count, at;         /* at: the one that wrote the last byte that was read, or the next one */
	uint64_t before;          /* bytes that were written before writes[at] */
	uint64_t read;            /* bytes that were read */
	uint64_t steps;           /* that may still be looked ahead: reads of more than was ever written must not cost the square */
	uint32_t last_close;      /* that came before; ACT_NONE: none */
	uint32_t last_buffered;   /* call of stdio that wrote, flushed or closed */
	uint32_t writers[WRITERS_MOST];  /* processes */
	unsigned writer_count;
	int buffered;             /* somebody writes through stdio */
};

static inline struct act *channel_act(const struct channel_acts *c, uint32_t act)
{
	return &c->m->acts.v.v[act];
}

static inline uint64_t act_bytes(const struct act *a)
{
	return a->number > 0 ? (uint64_t)a->number : 0;
}

static inline int act_is_buffered(const struct act *a)
{
	return op_info(a->op)->kind == HP_STDIO;
}

/* ---- edges_stream.c ---- */
void channel_note_writer(struct channel_acts *, uint32_t process);
void edges_of_stream(struct channel_acts *);

#endif
