#include "cmd/keep_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hp_dump.h"
#include "util/alloc.h"

enum { STEP = 1 << 20, NAMES = 10000 };

static int write_all(int to, const char *data, size_t bytes, off_t at)
{
	while (bytes) {
		ssize_t n = pwrite(to, data, bytes, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		at += n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int copy_range(int from, int to, off_t at, off_t end, char *room)
{
	while (at < end) {
		ssize_t n = pread(from, room, end - at < STEP ? (size_t)(end - at) : STEP, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (write_all(to, room, (size_t)n, at) < 0)
			return -1;
		at += n;
	}
	return 0;
}

/* Whole chunks, as a dump's length always is. */
static int copy_data(int from, int to)
{
	char *room = xmalloc(STEP);
	off_t at = 0, last = 0;
	int code = 0;

	while (code == 0 && (at = lseek(from, at, SEEK_DATA)) >= 0) {
		off_t end = lseek(from, at, SEEK_HOLE);

		code = end < 0 ? -1 : copy_range(from, to, at, end, room);
		at = last = end;
	}
	if (at < 0 && errno != ENXIO)  /* no more data */
		code = -1;
	free(room);
	return code < 0 ? code : ftruncate(to, (last + HP_CHUNK_BYTES - 1) / HP_CHUNK_BYTES * HP_CHUNK_BYTES);
}

static char *open_new(const char *directory, const char *name, int *to)
{
	char *path = NULL;

	*to = -1;
	for (int i = 0; i < NAMES && *to < 0 && (i == 0 || errno == EEXIST); i++) {
		free(path);
		path = xasprintf(i ? "%s/%s.%d" : "%s/%s", directory, name, i);
		*to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	return path;
}

int keep_file(int fd, const char *directory, const char *name)
{
	char magic[8], *path;
	int to, code, error;

	if (pread(fd, magic, sizeof magic, 0) != sizeof magic || memcmp(magic, HP_MAGIC, sizeof magic) != 0)
		return 0;  /* its process gave up before there was anything to keep */
	path = open_new(directory, name, &to);
	code = to < 0 ? -1 : copy_data(fd, to);
	error = errno;
	if (to >= 0 && close(to) < 0 && code == 0) {  /* where some network file systems tell that a disk is full */
		code = -1;
		error = errno;
	}
	if (to >= 0 && code < 0)
		unlink(path);
	free(path);
	errno = error;
	return code;
}
