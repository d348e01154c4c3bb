/*
 * acts.h - what threads did that another one may have waited for, or that took them time: each as one struct act, with who
 * ended it. What the waits view, the critical path and the what-if are made of.
 *
 *     MODEL_ACTS     waits: all that can end one, but of locks only what was contended
 *     MODEL_GRAPH    all acquisitions and releases of locks, and all I/O, too
 *
 * model_run collects them in the order of their ends (acts.c), then finds for each who ended it (edges.c, by object).
 * Memory: 48 bytes an act.
 *
 *     of                 object              other               number                            ended by (gate)
 *     BEGIN              -                   -                   -                                 CREATE, FORK, EXEC, or nobody
 *     END                -                   -                   -                                 -
 *     CREATE             thread or NONE      -                   -                                 -
 *     FORK, EXEC         process or NONE     -                   -                                 -
 *     ACQUIRE(_SH)       lock                who held it         the lock's sequence, or 0         RELEASE before it in the lock's order
 *     RELEASE(_SH)       lock                -                   of the acquisition                -
 *     GAVE_UP            lock                who held it         errno                             - (a timed lock call that failed)
 *     COND_WAIT          lock (the cond)     lock (its mutex)    the mutex's sequence, or 0        SIGNAL, BROADCAST
 *     SIGNAL, BROADCAST  lock                -                   -                                 -
 *     SEM_WAIT           lock                -                   -                                 the SEM_POST whose token it took
 *     SEM_POST, SEM_INIT lock                -                   tokens                            -
 *     BARRIER            lock                -                   round of it, from 1               BARRIER of the last to arrive
 *     JOIN               thread or NONE      -                   -                                 END
 *     CHILD              process or NONE     -                   pid that came                     END of the child's process
 *     FUTEX_WAIT, _WAKE  lock                -                   woken                             FUTEX_WAKE
 *     READ               channel or file     file of a channel   bytes                             the WRITE of its last byte, or at the end of the
 *                                                                                                   channel who closed it last; channels only
 *     WRITE              channel or file     file of a channel   bytes                             the READ that made room, if it waited for that
 *     IO                 file                -                   bytes                             accept: the connect; pclose: END of the child's
 *                                                                                                   process; open of a FIFO: open of its other end
 *     POLL               channel or NONE     -                   descriptors that were ready       WRITE
 *     SLEEP              -                   -                   ns asked for                      -
 *
 * A gate is an act of another thread, or ACT_NONE: nobody that was recorded. The waiter could go on from the gate's `end` if that is an
 * END or a READ, else from its `start`: of releases, wakes and writes that is their stamp, from before the call. Stamps of two cores may
 * differ, so this may lie some hundred ns behind the end of what it let go on.
 * A gate is there whether or not the act had to wait for it: whoever replays the run needs the order as well.
 *
 * A thread's acts are in its own order and their ends never go back, but one may begin before the one before it has ended: a signal
 * handler's acts lie in what it interrupted. Without MODEL_GRAPH there are of I/O only calls on channels, and what took 20 us or more.
 *
 * CHANNELS: pipes, pairs of sockets, unix and loopback TCP connections between recorded processes (by the listener's address, in their
 * order), eventfds, FIFOs that were made in the recording. Not seen: descriptors sent over sockets, other FIFOs, datagrams between sockets
 * that are no pair, shared memory. Semaphores, conditions and barriers that processes share are known per process.
 */
#ifndef HP_MODEL_ACTS_H
#define HP_MODEL_ACTS_H

#include "util/vec.h"

#include <stdint.h>

#define ACT_NONE UINT32_MAX

#define ACT_KINDS(X) X(BEGIN) X(END) X(CREATE) X(FORK) X(EXEC) X(ACQUIRE) X(ACQUIRE_SH) X(RELEASE) X(RELEASE_SH) X(GAVE_UP) X(COND_WAIT) \
	X(SIGNAL) X(BROADCAST) X(SEM_WAIT) X(SEM_POST) X(SEM_INIT) X(BARRIER) X(JOIN) X(CHILD) X(FUTEX_WAIT) X(FUTEX_WAKE) X(READ) X(WRITE) \
	X(IO) X(POLL) X(SLEEP)
enum act_kind {
#define X(name) ACT_##name,
	ACT_KINDS(X)
#undef X
	ACT_KIND_COUNT
};

enum {
	ACT_CONTENDED = 1,  /* a lock that another thread held when the call came */
	ACT_CHANNEL   = 2,  /* `object` is a channel: index into acts.channels; else of READ, WRITE, IO a file of io.h */
	ACT_FAILED    = 4,  /* timed out, refused, interrupted, would have blocked */
	ACT_OPEN      = 8,  /* had not returned at the end: it lasts up to that */
	ACT_BUFFERED  = 32, /* its gate wrote through stdio: which call wrote it out is a guess */
	ACT_UNSEEN    = 64, /* of a BEGIN: nobody was seen to make the process (by vfork, say); gate is what its parent had done before */
	ACT_OUTSIDE   = 16, /* not in the time, thread or focus that is reported on */
};

struct act {
	uint64_t start, end;      /* ns of the run; the same for what takes no time */
	int64_t  number;
	uint32_t thread;          /* index */
	uint32_t stack;           /* of stacks.h; of an uncontended lock its call site; 0 unknown */
	uint32_t object, other;   /* ACT_NONE: none, or not known */
	uint32_t gate;            /* index of an act */
	uint8_t  kind, flags;     /* ACT_* */
	uint16_t op;              /* enum hp_op, 0: none */
};

/*
 * A pipe's or socket's one direction, an eventfd, a FIFO: what one thread writes and another one reads. `name` as io.h names
 * the file. Between processes one channel, if both ends were recorded.
 */
enum channel_kind { CHANNEL_PIPE, CHANNEL_SOCKET, CHANNEL_EVENTFD, CHANNEL_FIFO };
struct channel {
	const char *name;
	uint32_t kind;                            /* enum channel_kind */
	uint32_t reader_process, writer_process;  /* indices: the last ones; ACT_NONE: nobody that was recorded */
	uint64_t bytes;                           /* that were written */
};

struct acts {
	VEC(struct act) v;                /* by `end`; of a thread in its own order */
	VEC(struct channel) channels;
	uint64_t left_out;                /* acts for which there was no room: figures made of the others are not whole */
	struct acts_private *private;
};

/* "ACQUIRE", ... */
const char *act_kind_name(unsigned kind);

/* Who ended it; NULL: nobody that was recorded. */
static inline const struct act *acts_gate(const struct acts *all, const struct act *a)
{
	return a->gate == ACT_NONE ? NULL : &all->v.v[a->gate];
}

/*
 * Whether the record is one act of its thread under MODEL_GRAPH, for those who count them. BEGIN, END and what was still in
 * progress at the end are acts that no record stands for. Until acts.left_out.
 */
struct dump_record;
int acts_is_event(const struct dump_record *);

#endif
