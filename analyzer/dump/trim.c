#include "dump/trim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump/file.h"

/* The header is looked at again: before the lock was there, the recorder may have gone on. */
static int cut_tail(const struct dump_file *f, int fd, uint64_t *cut, struct dump_error *e)
{
	uint64_t end = (uint64_t)dump_file_chunks_now(f) * HP_CHUNK_BYTES;
	struct stat st;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_dev != f->dev || st.st_ino != f->ino)
		return dump_fail(e, DUMP_E_SYSTEM, 0, "was replaced meanwhile");
	if ((uint64_t)st.st_size <= end)
		return 0;
	if (lseek(fd, (off_t)end, SEEK_DATA) >= 0)
		return dump_fail(e, DUMP_E_DAMAGED, end, "holds data behind its last chunk; left as it is");
	if (ftruncate(fd, (off_t)end) < 0)
		return dump_fail(e, DUMP_E_SYSTEM, 0, "cannot be cut: %s", strerror(errno));
	*cut = (uint64_t)st.st_size - end;
	return 0;
}

/* Reads through `f`, cuts through a descriptor of its own: only that one needs the right to write. */
static int trim_opened(const struct dump_file *f, const char *path, uint64_t *cut, struct dump_error *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), code, held;

	if (fd < 0)
		return dump_fail(e, DUMP_E_SYSTEM, 0, "cannot be written to: %s", strerror(errno));
	held = dump_file_held(fd);
	if (held || flock(fd, LOCK_EX | LOCK_NB) < 0)
		code = dump_fail(e, DUMP_E_SYSTEM, 0, held || errno == EWOULDBLOCK ? "is still being recorded" : "cannot be locked");
	else
		code = cut_tail(f, fd, cut, e);
	close(fd);
	return code;
}

int dump_trim(const char *path, uint64_t *cut, struct dump_error *e)
{
	struct dump_file f;
	uint64_t bytes = 0;
	int code = dump_file_open(&f, path, e);

	if (code == 0) {
		code = trim_opened(&f, path, &bytes, e);
		dump_file_close(&f);
	}
	if (cut)
		*cut = bytes;
	return code;
}
