#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"

long dump_file_read(const struct dump_file *f, uint64_t offset, void *to, uint32_t bytes)
{
	uint32_t done = 0;
	while (done < bytes) {
		ssize_t n = pread(f->fd, (char *)to + done, bytes - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return done ? (long)done : DUMP_E_SYSTEM;
		if (n == 0)
			break;
		done += (uint32_t)n;
	}
	return done;
}

static uint32_t bounded_chunks(const struct dump_file *f, uint32_t next_chunk)
{
	uint64_t fit = (f->size + HP_CHUNK_BYTES - 1) / HP_CHUNK_BYTES;
	if (fit > UINT32_MAX)
		fit = UINT32_MAX;
	return next_chunk && next_chunk <= fit ? next_chunk : (uint32_t)fit;
}

uint32_t dump_file_chunks_now(const struct dump_file *f)
{
	uint32_t next;
	if (dump_file_read(f, offsetof(struct hp_header, next_chunk), &next, sizeof next) != sizeof next)
		return f->chunks;
	return bounded_chunks(f, next);
}

int dump_file_held(int fd)
{
	struct flock any = { .l_type = F_WRLCK };
	return fcntl(fd, F_OFD_GETLK, &any) == 0 && any.l_type != F_UNLCK;
}

/* The recorder's mapping holds the file's lock; a reader's own short try is told apart by trying again. */
static int is_running(int fd)
{
	if (dump_file_held(fd))
		return 1;
	for (int try = 0; try < 3; try++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			flock(fd, LOCK_UN);
			return 0;
		}
		if (errno != EWOULDBLOCK)
			return 0;
		nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
	}
	return 1;
}

static int judge_header(struct dump_file *f, struct dump_error *e)
{
	const struct hp_header *h = &f->header;
	long n = dump_file_read(f, 0, &f->header, sizeof f->header);
	if (n < 0)
		return dump_fail(e, DUMP_E_SYSTEM, 0, "cannot be read: %s", strerror(errno));
	if (!n || (n >= (long)sizeof h->magic && !memcmp(h->magic, (char[sizeof h->magic]){ 0 }, sizeof h->magic)))
		return dump_fail(e, DUMP_E_NOT_DUMP, 0, "an empty dump: its process was killed when the recording began");
	if (n < (long)sizeof h->magic || memcmp(h->magic, HP_MAGIC, sizeof h->magic))
		return dump_fail(e, DUMP_E_NOT_DUMP, 0, "not a dump of hp");
	if (n < (long)sizeof *h)
		return dump_fail(e, DUMP_E_NOT_DUMP, (uint64_t)n, "cut inside its header");
	if (h->endian != HP_ENDIAN)
		return dump_fail(e, DUMP_E_FOREIGN, offsetof(struct hp_header, endian), "written on a machine of another byte order");
	if (h->version != HP_VERSION)
		return dump_fail(e, DUMP_E_FOREIGN, offsetof(struct hp_header, version),
				"format version %u; this program reads version %d", h->version, HP_VERSION);
	if (h->chunk_bytes != HP_CHUNK_BYTES)
		return dump_fail(e, DUMP_E_FOREIGN, offsetof(struct hp_header, chunk_bytes), "chunks of %u bytes", h->chunk_bytes);
	return 0;
}

int dump_file_open(struct dump_file *f, const char *path, struct dump_error *e)
{
	struct stat st;
	*f = (struct dump_file){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
	if (f->fd < 0)
		return dump_fail(e, DUMP_E_SYSTEM, 0, "%s", strerror(errno));
	int code = 0;
	if (fstat(f->fd, &st) < 0)
		code = dump_fail(e, DUMP_E_SYSTEM, 0, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		code = dump_fail(e, DUMP_E_NOT_DUMP, 0, "not a regular file");
	if (!code) {
		f->size = (uint64_t)st.st_size;
		f->allocated = (uint64_t)st.st_blocks * 512;
		f->dev = st.st_dev;
		f->ino = st.st_ino;
		code = judge_header(f, e);
	}
	if (code) {
		close(f->fd);
		f->fd = -1;
		return code;
	}
	f->path = xstrdup(path);
	f->running = is_running(f->fd);
	f->chunks = bounded_chunks(f, f->header.next_chunk);
	f->cut = f->size < (uint64_t)f->header.next_chunk * HP_CHUNK_BYTES;
	return 0;
}

void dump_file_close(struct dump_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	*f = (struct dump_file){ .fd = -1 };
}

uint32_t dump_file_next_data(const struct dump_file *f, uint32_t index)
{
	off_t want = (off_t)index * HP_CHUNK_BYTES;
	off_t at = lseek(f->fd, want, SEEK_DATA);
	if (at < 0)
		return errno == ENXIO ? UINT32_MAX : index;
	return (uint32_t)(at / HP_CHUNK_BYTES);
}
