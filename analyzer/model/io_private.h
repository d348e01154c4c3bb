/* io_private.h - what io*.c, files.c and descriptors.c keep while events are read. */
#ifndef HP_MODEL_IO_PRIVATE_H
#define HP_MODEL_IO_PRIVATE_H

#include <string.h>

#include "private.h"

/* One I/O event, whichever record it came in. */
struct io_call {
	unsigned op, class;
	int stdio;
	int32_t fd;
	int64_t result;
	int error;
	uint64_t start, took;
	uint32_t stack;
	const char *payload;
	uint32_t payload_bytes;
};

static inline uint32_t io_payload_u32(const struct io_call *c, unsigned i)
{
	uint32_t v = 0;
	if (c->payload_bytes >= (i + 1) * sizeof v)
		memcpy(&v, c->payload + i * sizeof v, sizeof v);
	return v;
}

struct io_call io_decode(struct feed *);

/* ---- open files ---- */

/*
 * What open and its like made (an open file description): dup, fork and exec share it. Known by its index, which may be another
 * one's once its last descriptor is closed; `number` never is.
 */
struct open_file {
	uint32_t file;           /* of io.h */
	uint32_t number;
	uint32_t descriptors;    /* that mean it, in all processes; 0: none any more */
	uint32_t pair;           /* index + 1; 0: it is no end of a pair */
	uint32_t next_free;
	uint32_t writer;         /* of an eventfd: the thread that wrote to it last, plus 1 */
	uint8_t  end;            /* of its pair: 0 the descriptor that was told first; of a pipe the one to read from */
	uint8_t  flags;          /* OPEN_* */
	uint64_t position;       /* where a plain read or write begins, with OPEN_PLACED */
	uint64_t next;           /* where the last access ended, with OPEN_USED */
};
enum {
	OPEN_PLACED  = 1,
	OPEN_USED    = 2,
	OPEN_APPENDS = 4,
	OPEN_WHOLE   = 8,        /* all that was read so far is the file from its start on */
	OPEN_FIFO    = 16,       /* an end of a FIFO that was made in the recording */
};

/*
 * Bytes on their way through a pipe, oldest first: who wrote them. Or who has read them already, while the write that they are of has not
 * returned: a large one waits for readers.
 */
struct pair_bytes { uint64_t bytes, ns; uint32_t thread, file; };  /* ns: of a read, when it returned; else UINT64_MAX */
struct pair_queue { VEC(struct pair_bytes) v; size_t first; int read; };

/* A pipe, or two sockets that were made together. What is written at end 1 is in queue[0], to be read at end 0; and the reverse. */
struct pair {
	uint64_t inode;          /* 0: not known */
	uint32_t number;         /* never another one's */
	uint32_t open_files;     /* that are ends of it, 0: none any more */
	uint32_t next_free;
	struct pair_queue queue[2];
};

/*
 * A dump may name any descriptor in any process, and fork with many open: how many a process has in `dense` and beside it,
 * and how many of those all forked children together take over, keeps memory and time within reason.
 */
enum { DENSE_FDS = 1024, OTHERS_MAX = 1 << 16, INHERITED_MAX = 4 << 20 };

struct descriptors {
	VEC(uint32_t) dense;     /* descriptor -> open file, 0: closed or unknown */
	struct map64 others;     /* those from DENSE_FDS on: open file, MAP64_NONE closed */
	int ready;               /* those that were open at the start are in */
	char *directory;         /* that its relative paths start from, if not the run's: in front of them, with a `/`; else "" or NULL */
};

/* What a process had open when it forked, until the child's first event; of the last so many forks. */
enum { FORKS = 64 };
struct io_fork { uint32_t pid; struct descriptors table; };

struct io_watched { uint64_t data; uint32_t epoll; int32_t fd; };  /* epoll: number of the open file */

struct io_private {
	VEC(struct descriptors) processes;
	VEC(struct open_file) opens;         /* [0]: for what there is no room */
	VEC(struct pair) pairs;
	struct io_fork forks[FORKS];
	unsigned next_fork;
	uint32_t free_open, free_pair;       /* index; index + 1; 0: none */
	uint32_t open_number, pair_number;   /* the last one's */
	struct map64 by_pid;                 /* the process that has a pid now */
	struct map64 fifos;                  /* file -> pair */
	struct map64 by_inode;               /* of a pipe -> pair */
	struct map64 by_watched;             /* hash of epoll and data -> watched */
	VEC(struct io_watched) watched;
	const struct dump_clock *clock;      /* of the last call, and the piece of it that that began in */
	const struct clock_piece *piece;
	uint64_t piece_until;
	uint64_t moment_from, moment_to;     /* of the timeline, the interval that was needed last: times, and which */
	unsigned moment;
	struct map64 by_poll;                /* stack and operation -> poll */
	struct map64 by_waker;               /* poll and file -> waker */
	struct map64 by_place;               /* stack and operation -> place */
	struct map64 by_flow;                /* hash of file and threads -> flow */
	VEC(uint32_t) writers;               /* by file: the thread that wrote to it last, plus 1 */
	struct io_sockets *sockets;          /* io_sockets.c; NULL: none were connected */
	uint64_t inherited;                  /* entries of `others` that children took over */
	struct map64 by_name;                /* hash of path and kind -> file */
	struct map64 by_site;                /* file and stack -> site */
	uint16_t op_index[2][OPS_COUNT];     /* operation -> index + 1 into io.ops, or [1] io.stdio_ops */
	struct arena arena;
};

struct io_private *io_private(struct model *);

/* What a call that worked did to the table of descriptors. */
void descriptors_update(struct feed *, const struct io_call *);

/* ---- io_open.c: of the event's process ---- */
struct descriptors *files_descriptors(struct feed *);
/* A descriptor's open file, never NULL, good until the next one is opened; of file "fd:N" if nothing is known. Its index in `opens`. */
struct open_file *files_opened(struct feed *, int32_t fd);
uint32_t files_open(struct feed *, int32_t fd);
uint32_t files_of(struct feed *, int32_t fd);
/* The descriptor is a newly opened file from now on. */
struct open_file *files_set(struct feed *, int32_t fd, uint32_t file);
void files_dup(struct feed *, int32_t from, int32_t to);
void files_close(struct feed *, int32_t fd);
/* Descriptors first..last are closed. */
void files_close_range(struct feed *, uint32_t first, uint32_t last);

/* ---- io_times.c ---- */
void io_took(struct model *, struct io_times *, uint64_t ns);

/* ---- io_access.c ---- */
/* A read or write that moved bytes: where, and whether it continues the one before it. */
struct io_access { uint64_t at, bytes; int placed, judged, sequential; };
/* Moves the open file on. */
struct io_access io_access(struct feed *, struct open_file *, const struct io_call *, uint64_t bytes);
void io_count_access(struct model *, struct io_data *, const struct io_access *);
/* A call that is no read or write has moved it, or ends it. */
void io_moved(struct feed *, struct open_file *, const struct io_call *);

/* ---- io_sites.c ---- */
/* file: IO_FILE_NONE for a call that is on none. */
void io_count_site(struct feed *, uint32_t file, const struct io_call *, uint64_t bytes);

/* ---- io_flows.c ---- */
void io_flow(struct feed *, struct open_file *, const struct io_call *, uint64_t bytes);

/* ---- io_timeline.c ---- */
void io_timeline_begin(struct model *);
/* calls: 1, or 0 for one that is over after the time that is reported on. */
void io_timeline_add(struct model *, int calls, uint64_t start, uint64_t end, uint64_t bytes_read, uint64_t bytes_written);

/* ---- io_pairs.c ---- */
uint32_t pair_new(struct io_private *);
/* One open file less is an end of it. */
void pair_release(struct io_private *, uint32_t pair);
/* Whether its inode is this one, which it becomes if it was not known. */
int pair_is(struct io_private *, uint32_t pair, uint64_t inode);
uint32_t pair_of_inode(struct io_private *, uint64_t inode);
/* More bytes, read or written, that nothing of the other sort was there for. */
void pair_add(struct pair_queue *, int read, struct pair_bytes);
/* Takes up to so many bytes that one thread read (wrote), the next ones of these; 0: there are none. What was before `since` is forgotten. */
uint64_t pair_take(struct pair_queue *, int read, uint64_t bytes, uint64_t since, struct pair_bytes *);

/* ---- io_sockets.c: calls that worked, when their descriptors are known ---- */
struct io_sockets;
void io_bound(struct feed *, const struct io_call *);
void io_connected(struct feed *, const struct io_call *);
void io_accepted(struct feed *, const struct io_call *);
/* The act of the call that came last to one of these; the act of the call at the other end, if that came before, or ACT_NONE. */
uint32_t io_sockets_act(struct io_sockets *, uint32_t act);
void io_sockets_free(struct io_sockets *);

/* A FIFO was made. */
void pair_fifo(struct feed *, uint32_t file);
/* The open file is an end of the FIFO that its file is, if it is one. flags: of open. */
void pair_opened(struct feed *, struct open_file *, int flags);

/* ---- files.c ---- */
/* What stands in front of relative paths in a directory; the caller's. */
char *files_prefix(struct model *, const char *directory, size_t bytes);
/* The process is in this directory from now on. */
void files_enter(struct feed *, const char *directory, size_t bytes);
/* The file that a path means to the event's process. kind: NULL to tell it from the name. */
uint32_t files_at(struct feed *, const char *path, size_t bytes, const char *kind);
/* The same of a path that is relative to an open directory, or to AT_FDCWD. */
uint32_t files_below(struct feed *, int32_t directory, const char *path, size_t bytes);
/* The file of that name, made known if it was not. kind: NULL to tell it from the name. */
uint32_t files_named(struct model *, const char *path, size_t bytes, const char *kind);
void files_free(struct io_private *);
/* A socket's address as a file. */
uint32_t files_of_address(struct model *, const void *address, size_t bytes);

/* ---- io_polls.c ---- */
/*
 * What ended a wait for descriptors: the first of them that was ready. 0: nothing did (it timed out or failed), or it is not known.
 * open: index into `opens`, whose `file`, `pair` and `end` say more.
 */
struct io_woken { int32_t fd; uint32_t open, revents; };  /* revents: POLL*; 0 of epoll */
int io_woken_by(struct feed *, const struct hp_r_wait *, struct io_woken *);
/* EPOLL_CTL worked. */
void io_watch(struct feed *, const struct io_call *);

#endif
