/* io_private.h - what io.c and files.c keep while events are read. */
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

/*
 * A dump may name any descriptor in any process, and fork with many open: how many a process has in `dense` and beside it,
 * and how many of those all forked children together take over, keeps memory and time within reason.
 */
enum { FILE_NONE = -1, DENSE_FDS = 1024, OTHERS_MAX = 1 << 16, INHERITED_MAX = 4 << 20 };

struct descriptors {
	VEC(uint32_t) dense;     /* descriptor -> file + 1, 0: closed or unknown */
	struct map64 others;     /* those from DENSE_FDS on: file, MAP64_NONE closed */
	int ready;               /* those that were open at the start are in */
	char *directory;         /* that its relative paths start from, if not the run's: in front of them, with a `/`; else "" or NULL */
};

struct io_private {
	VEC(struct descriptors) processes;
	uint64_t inherited;                  /* entries of `others` that children took over */
	struct map64 by_name;                /* hash of path and kind -> file */
	struct map64 by_site;                /* file and stack -> site */
	uint16_t op_index[2][OPS_COUNT];     /* operation -> index + 1 into io.ops, or [1] io.stdio_ops */
	struct arena arena;
};

struct io_private *io_private(struct model *);

/* What a call that worked did to the table of descriptors. */
void descriptors_update(struct feed *, const struct io_call *);

/* The process is in this directory from now on. */
void files_enter(struct feed *, const char *directory, size_t bytes);
/* The file that a path means to the event's process. kind: NULL to tell it from the name. */
uint32_t files_at(struct feed *, const char *path, size_t bytes, const char *kind);
/* The file of a descriptor of the event's process; "fd:N" if nothing is known. */
uint32_t files_of(struct feed *, int32_t fd);
/* The descriptor is this file's from now on; FILE_NONE: closed. */
void files_set(struct feed *, int32_t fd, int64_t file);
/* Descriptors first..last are closed. */
void files_close_range(struct feed *, uint32_t first, uint32_t last);
/* The file of that name, made known if it was not. kind: NULL to tell it from the name. */
uint32_t files_named(struct model *, const char *path, size_t bytes, const char *kind);
/* A socket's address as a file. */
uint32_t files_of_address(struct model *, const void *address, size_t bytes);

#endif
