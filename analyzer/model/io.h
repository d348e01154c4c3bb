/*
 * io.h - I/O by operation and by file: contract "I/O and waits". stdio calls are counted apart: in `stdio_ops` and in a
 * file's stdio figures; they are in no total.
 */
#ifndef HP_MODEL_IO_H
#define HP_MODEL_IO_H

#include "hist.h"
#include "util/arena.h"
#include "util/map64.h"
#include "util/vec.h"

struct io_errno { int error; uint64_t count; };

struct io_op {
	uint32_t op;                     /* enum hp_op; its name is op_name(op) */
	uint64_t errors, would_block, bytes;
	struct hist times;               /* calls = count, time_ns = sum */
	uint64_t untimed_calls;          /* stdio: calls that were counted without events, in no other figure but bytes */
	VEC(struct io_errno) errnos;     /* those that are errors, by number */
};

struct io_file {
	const char *path;                /* raw bytes; "fd:N" unknown; peers as "1.2.3.4:80", "[::1]:80", "unix:/path" */
	const char *kind;                /* file dir pipe socket eventfd epoll memfd timerfd signalfd device anon unknown */
	uint64_t opens, reads, writes, others, errors, would_block;
	uint64_t bytes_read, bytes_written, time_ns;
	uint32_t first_site;             /* index + 1 into sites, 0: none */
	uint64_t stdio_calls, stdio_bytes, stdio_ns;  /* stdio_ns: of the calls that are events of their own */
};

/* Calls on a file from one call path. */
struct io_site {
	uint32_t file, stack;
	uint32_t next;                   /* of the same file: index + 1, 0: last */
	uint64_t calls, bytes, time_ns;  /* stdio's too */
};

struct io {
	uint64_t calls, errors, would_block, bytes_read, bytes_written, time_ns;
	VEC(struct io_op) ops;           /* descriptors and paths */
	VEC(struct io_op) stdio_ops;
	VEC(struct io_file) files;
	VEC(struct io_site) sites;
	struct io_private *private;
};

#endif
