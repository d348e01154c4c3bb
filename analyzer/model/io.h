/*
 * io.h - I/O by operation and by file: contract "I/O and waits". stdio calls are counted apart: in `stdio_ops` and in a
 * file's stdio figures; they are in no total.
 */
#ifndef HP_MODEL_IO_H
#define HP_MODEL_IO_H

#include "coarse.h"
#include "hist.h"
#include "util/arena.h"
#include "util/map64.h"
#include "util/vec.h"

struct io_errno { int error; uint64_t count; };
struct io_errnos { VEC_FIELDS(struct io_errno) };  /* by number */

struct io_op {
	uint32_t op;                     /* enum hp_op; its name is op_name(op) */
	uint64_t errors, would_block, bytes;
	struct hist times;               /* calls = count, time_ns = sum */
	uint64_t untimed_calls;          /* stdio: calls that were counted without events, in no other figure but bytes */
	struct io_errnos errnos;         /* those that are errors */
};

/* How long calls took, for very many things: exact but for quantiles (io_quantile), which are off by 3 % at most. */
enum { IO_FEW = 8 };
struct io_times {
	uint64_t calls, ns, max_ns;
	uint64_t *few;                   /* the first IO_FEW, while there are no more */
	struct coarse *many;
};

/* What was read from a file, or written to it. */
enum { IO_SMALL = 4096, IO_SECTOR = 512, IO_PAGE = 4096 };
struct io_data {
	struct io_times times;
	struct coarse_sizes sizes;       /* of calls that moved something */
	/* Of calls whose place in the file is known: which began where the last one on the same open file ended, or at its start. */
	uint64_t judged, judged_bytes, sequential, sequential_bytes;
	uint64_t small, small_bytes;     /* less than IO_SMALL bytes, and some */
	uint64_t placed, unaligned, page_unaligned;  /* their place is known; it or the length is no multiple of IO_SECTOR, IO_PAGE */
	uint64_t nothing;                /* reads that found the end */
};
enum { IO_READ, IO_WRITE };

struct io_sync { uint64_t calls, ns, max_ns; };  /* fsync and its like */

struct io_file {
	const char *path;                /* raw bytes; "fd:N" unknown; peers as "1.2.3.4:80", "[::1]:80", "unix:/path" */
	const char *kind;                /* file dir pipe socket eventfd epoll memfd timerfd signalfd device anon unknown */
	uint64_t opens, reads, writes, others, errors, would_block;
	uint64_t bytes_read, bytes_written, time_ns;
	uint32_t first_site;             /* index + 1 into sites, 0: none */
	uint64_t stdio_calls, stdio_bytes, stdio_ns;  /* stdio_ns: of the calls that are events of their own */
	struct io_data *data[2];         /* IO_READ, IO_WRITE; NULL: no such call */
	struct io_errnos errnos;         /* of its calls, and of those by its path: opens and look-ups */
	struct io_sync syncs;
	uint64_t path_opens, failed_opens, lookups, failed_lookups, missing;  /* path_opens: no dups. look-ups: stat, access and their like. missing: ENOENT of both */
	uint64_t path_ns;                /* of look-ups and opens, whether they worked or not */
	uint64_t whole_reads, whole_bytes; /* how often it was read in order, from its start to its end, and how much that was */
	uint64_t extent;                 /* where the furthest access ended */
	uint64_t accepted, connected;    /* of a socket's address: connections taken, and made */
	uint64_t mappings, mapped_bytes; /* mmap */
};

/* Calls on a file from one call path; opens and look-ups by path, too. */
struct io_site {
	uint32_t file, stack;
	uint32_t next;                   /* of the same file: index + 1, 0: last */
	uint32_t place;                  /* index into places */
	uint64_t calls, bytes, time_ns;  /* stdio's too */
};

/* One operation from one call path, whatever it was done to. stdio's too. */
struct io_place {
	uint32_t stack, op;
	uint64_t bytes, errors, would_block, small;  /* small: of IO_SMALL bytes less, and some */
	struct io_times times;
};

/* Waits for descriptors from one call path, and what ended them. */
struct io_poll {
	uint32_t stack, op;
	uint64_t timeouts, errors;       /* errors: signals, too */
	uint64_t ready;                  /* descriptors that were ready, in all */
	struct io_times times;
	uint32_t first_waker;            /* index + 1 into wakers, 0: none */
};
#define IO_FILE_NONE UINT32_MAX          /* of a waker: something was ready, but it is not known what */
struct io_waker { uint32_t file, next; uint64_t times, time_ns; };

/*
 * Bytes that one thread wrote and another one read. Of pipes and pairs of sockets byte by byte in order; of a file what was read
 * after somebody else had written to it last.
 */
struct io_flow { uint32_t file, from, to; uint64_t bytes, calls; };

/* Over the time that is reported on: interval i begins at from_ns + i * width_ns. A call's time is in all that it was in, its bytes in the last. */
enum { IO_MOMENTS = 256 };
struct io_moment { uint64_t calls, bytes_read, bytes_written, time_ns; };
struct io_timeline { uint64_t from_ns, width_ns; unsigned points; struct io_moment v[IO_MOMENTS]; };

struct io {
	uint64_t calls, errors, would_block, bytes_read, bytes_written, time_ns;
	struct io_sync syncs;
	VEC(struct io_op) ops;           /* descriptors and paths */
	VEC(struct io_op) stdio_ops;
	VEC(struct io_file) files;
	VEC(struct io_site) sites;
	VEC(struct io_place) places;
	VEC(struct io_poll) polls;
	VEC(struct io_waker) wakers;
	VEC(struct io_flow) flows;
	uint64_t flows_left_out;         /* bytes of those for which there was no room */
	struct io_timeline timeline;
	struct coarse_pool coarse;
	struct io_private *private;
};

/* The time below which `q` (0..1) of all calls lie; 0 when there are none. */
uint64_t io_quantile(const struct io *, const struct io_times *, double q);

#endif
