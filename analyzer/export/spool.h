/*
 * spool.h - several streams that are written by turns and then read one after the other: a buffer each, and a temporary file
 * (in $TMPDIR, without a name) once they get large.
 */
#ifndef HP_EXPORT_SPOOL_H
#define HP_EXPORT_SPOOL_H

#include <stdint.h>
#include <stdio.h>

#include "export/sink.h"
#include "util/buf.h"
#include "util/vec.h"

struct spool_piece { uint64_t at; uint32_t bytes; };
struct spool_stream { struct buf buf; VEC(struct spool_piece) pieces; };

struct spool {
	VEC(struct spool_stream) streams;
	FILE    *file;
	uint64_t file_bytes, buffered;
	int      failed;      /* errno; what was written since is lost */
};

void spool_write(struct spool *, uint32_t stream, const void *data, size_t bytes);
/* All of a stream. -1 with errno if it cannot be read back. */
int  spool_copy(struct spool *, uint32_t stream, struct sink *);
void spool_free(struct spool *);

#endif
