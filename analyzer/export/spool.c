#include "export/spool.h"

#include <errno.h>

enum { BUFFERED_MOST = 64 << 20 };

static int empty_buffers(struct spool *s)
{
	if (!s->file && !(s->file = tmpfile()))
		return errno;
	for (size_t i = 0; i < s->streams.n; i++) {
		struct spool_stream *one = &s->streams.v[i];

		if (!one->buf.n)
			continue;
		vec_push(&one->pieces, (struct spool_piece){ s->file_bytes, (uint32_t)one->buf.n });
		if (fwrite(one->buf.s, 1, one->buf.n, s->file) != one->buf.n)
			return errno;
		s->file_bytes += one->buf.n;
		buf_free(&one->buf);
	}
	s->buffered = 0;
	return 0;
}

void spool_write(struct spool *s, uint32_t stream, const void *data, size_t bytes)
{
	vec_ensure(&s->streams, stream);
	if (s->failed)
		return;
	buf_add(&s->streams.v[stream].buf, data, bytes);
	s->buffered += bytes;
	if (s->buffered > BUFFERED_MOST)
		s->failed = empty_buffers(s);
}

static int copy_piece(FILE *from, struct spool_piece piece, struct sink *to)
{
	char block[1 << 14];

	if (fseeko(from, (off_t)piece.at, SEEK_SET) < 0)
		return -1;
	while (piece.bytes) {
		size_t n = piece.bytes < sizeof(block) ? piece.bytes : sizeof(block);

		if (fread(block, 1, n, from) != n)
			return -1;
		sink_write(to, block, n);
		piece.bytes -= (uint32_t)n;
	}
	return 0;
}

int spool_copy(struct spool *s, uint32_t stream, struct sink *to)
{
	struct spool_stream *one;

	errno = s->failed;
	if (s->failed || stream >= s->streams.n)
		return s->failed ? -1 : 0;
	one = &s->streams.v[stream];
	for (size_t i = 0; i < one->pieces.n; i++)
		if (copy_piece(s->file, one->pieces.v[i], to))
			return -1;
	sink_write(to, one->buf.s, one->buf.n);
	return 0;
}

void spool_free(struct spool *s)
{
	for (size_t i = 0; i < s->streams.n; i++) {
		buf_free(&s->streams.v[i].buf);
		vec_free(&s->streams.v[i].pieces);
	}
	vec_free(&s->streams);
	if (s->file)
		fclose(s->file);
}
