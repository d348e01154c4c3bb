#include "packed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const off_t vast = (off_t)1 << 34;

void packed_read(struct packed *p, const uint8_t *data, size_t bytes)
{
	struct packed_extent x;
	p->n = 0;
	p->head = (struct packed_head){ 0 };
	if (bytes < sizeof p->head)
		return;
	memcpy(&p->head, data, sizeof p->head);
	p->head.flags &= PACKED_ALL;
	for (size_t at = sizeof p->head; bytes - at >= sizeof x && p->n < PACKED_EXTENTS; at += x.bytes) {
		memcpy(&x, data + at, sizeof x);
		at += sizeof x;
		if (x.bytes > bytes - at)
			x.bytes = (uint32_t)(bytes - at);
		struct extent *e = &p->e[p->n++];
		e->file = (x.where >> 16) % PACKED_FILES;
		e->page = x.where % PACKED_PAGES;
		e->bytes = (x.bytes < sizeof e->w ? x.bytes : (uint32_t)sizeof e->w) & ~3u;
		memcpy(e->w, data + at, e->bytes);
	}
}

size_t packed_write(const struct packed *p, uint8_t *data, size_t room)
{
	size_t at = sizeof p->head;
	if (room < at)
		return 0;
	memcpy(data, &p->head, at);
	for (unsigned i = 0; i < p->n; i++) {
		const struct extent *e = &p->e[i];
		struct packed_extent x = { e->file << 16 | e->page, e->bytes };
		if (sizeof x + e->bytes > room - at)
			continue;
		memcpy(data + at, &x, sizeof x);
		memcpy(data + at + sizeof x, e->w, e->bytes);
		at += sizeof x + e->bytes;
	}
	return at;
}

uint32_t packed_records(const struct extent *e)
{
	if (e->page < PACKED_PAGES_A_CHUNK)
		return e->bytes / 4;
	uint32_t start = e->page % PACKED_PAGES_A_CHUNK ? 0 : sizeof(struct hp_chunk) / 4;
	return start < e->bytes / 4 ? start : e->bytes / 4;
}

/* Takes in bytes from..to, without the zeros at their end; none: nothing. */
static void add_extent(struct packed *p, uint32_t file, const char *bytes, size_t from, size_t to, uint32_t most)
{
	if (to > from + most)
		to = from + most;
	while (to > from && !bytes[to - 1])
		to--;
	if (to == from || p->n == PACKED_EXTENTS || from / HP_PIECE_BYTES >= PACKED_PAGES)
		return;
	struct extent *e = &p->e[p->n++];
	e->file = file;
	e->page = (uint32_t)(from / HP_PIECE_BYTES);
	e->bytes = (uint32_t)(to - from + 3) & ~3u;
	memset(e->w, 0, e->bytes);
	memcpy(e->w, bytes + from, to - from);
}

void packed_add_dump(struct packed *p, uint32_t file, const char *bytes, size_t n, uint32_t most)
{
	for (size_t at = 0; at + HP_CHUNK_BYTES <= n; at += HP_CHUNK_BYTES) {
		const struct hp_chunk *h = (const void *)(bytes + at);
		size_t step = at && h->kind != HP_CHUNK_FORK ? HP_CHUNK_BYTES : HP_PIECE_BYTES;
		for (size_t from = at; from < at + HP_CHUNK_BYTES; from += step)
			add_extent(p, file, bytes, from, from + step, most);
	}
}

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		abort();
	}
}

size_t packed_unpack(const struct packed *p, uint32_t file, int fd)
{
	size_t data = 0, end = 0;
	must(ftruncate(fd, 0) == 0, "ftruncate");
	for (unsigned i = 0; i < p->n; i++) {
		const struct extent *e = &p->e[i];
		size_t offset = (size_t)e->page * HP_PIECE_BYTES;
		if (e->file != file)
			continue;
		must(pwrite(fd, e->w, e->bytes, (off_t)offset) == (ssize_t)e->bytes, "pwrite");
		data += e->bytes;
		if (end < offset + e->bytes)
			end = offset + e->bytes;
	}
	off_t size = (off_t)((end + HP_CHUNK_BYTES - 1) / HP_CHUNK_BYTES * HP_CHUNK_BYTES);
	if (p->head.flags & PACKED_VAST)
		size = vast;
	if (!file && p->head.cut && p->head.cut < size)
		size = p->head.cut;
	must(ftruncate(fd, size) == 0, "ftruncate");
	return data;
}
