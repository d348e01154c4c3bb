/* resident.c - samples go into the dump. */
#include "resident.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * SPARE: chunks that are left to the recorder. RELEASE: handing out a chunk with such a number makes the recorder give up the memory
 * of those before (preload/file.c), so it must be its own.
 */
enum { SPARE = 256, RELEASE = 64, WORD = 4 };

/* The number of a new chunk, 0: none can be had. */
static uint32_t take_number(int fd)
{
	struct stat st;
	uint32_t index = 0;
	struct hp_header *h;

	if (fstat(fd, &st) < 0 || (size_t)st.st_size < sizeof *h)
		return 0;
	h = mmap(NULL, sizeof *h, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (h == MAP_FAILED)
		return 0;
	index = __atomic_load_n(&h->next_chunk, __ATOMIC_RELAXED);
	do {
		uint64_t end = ((uint64_t)index + 1 + SPARE) * HP_CHUNK_BYTES;

		if (!index || index % RELEASE == 0 || __atomic_load_n(&h->stop_reason, __ATOMIC_RELAXED) || end > h->file_bytes || end > (uint64_t)st.st_size)
			index = 0;
	} while (index && !__atomic_compare_exchange_n(&h->next_chunk, &index, index + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	munmap(h, sizeof *h);
	return index;
}

static int write_at(int fd, const void *data, size_t bytes, uint64_t at)
{
	while (bytes) {
		ssize_t n = pwrite(fd, data, bytes, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data = (const char *)data + n;
		at += (uint64_t)n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int take_chunk(struct resident_writer *w)
{
	struct hp_chunk head = { .magic = HP_CHUNK_MAGIC, .kind = HP_CHUNK_RESIDENT, .pid = w->pid, .index = take_number(w->fd) };
	uint64_t start = (uint64_t)head.index * HP_CHUNK_BYTES;

	w->at = w->end = 0;
	if (!head.index || write_at(w->fd, &head, sizeof head, start) < 0)
		return -1;
	w->at = start + sizeof head;
	w->end = start + HP_CHUNK_BYTES;
	return 0;
}

/* As the recorder writes a long record: OPEN, the payload, then the first word. */
int resident_put(struct resident_writer *w, struct hp_r_resident *r, const struct resident_maps *maps)
{
	size_t n = maps ? maps->n : 0, bytes = sizeof *r + n * sizeof *maps->v;
	uint32_t word = hp_word(HP_R_RESIDENT, 0, (unsigned)(bytes / WORD));

	if (w->end - w->at < bytes && take_chunk(w) < 0)
		return -1;
	r->w = hp_word(HP_R_OPEN, HP_R_RESIDENT, (unsigned)(bytes / WORD));
	r->maps = (uint32_t)n;
	if (write_at(w->fd, r, sizeof *r, w->at) < 0 || (n && write_at(w->fd, maps->v, n * sizeof *maps->v, w->at + sizeof *r) < 0)) {
		w->at = w->end;
		return -1;
	}
	if (write_at(w->fd, &word, sizeof word, w->at) < 0)
		return -1;
	w->at += bytes;
	return 0;
}
