#include "sym/store_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "util/alloc.h"
#include "util/vec.h"

enum { LEVEL = 3, SECONDS_OF_USE = 3600, SECONDS_OF_WRITING = 600 };

#define UNFINISHED ".tmp"

/* ---- the directory ---- */

char *store_directory(void)
{
	const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");

	if (cache && *cache == '/')
		return xasprintf("%s/hp", cache);
	return home && *home == '/' ? xasprintf("%s/.cache/hp", home) : NULL;
}

/* Only one of the user's own: with sudo HOME may be that of another. */
static int open_directory(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_uid != geteuid())) {
		close(fd);
		return -1;
	}
	return fd;
}

static int make_directory(const char *dir)
{
	char *parent = xstrdup(dir), *slash = strrchr(parent, '/');

	if (slash && slash > parent) {
		*slash = '\0';
		mkdir(parent, 0700);
	}
	free(parent);
	mkdir(dir, 0700);
	return open_directory(dir);
}

/* ---- reading ---- */

static int read_all(int fd, char *to, size_t bytes)
{
	while (bytes) {
		ssize_t n = read(fd, to, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		to += n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int unpack(const void *packed, size_t bytes, size_t most, struct buf *out)
{
	unsigned long long size = ZSTD_getFrameContentSize(packed, bytes);
	char *plain;
	size_t n;

	if (size > most)  /* an error is a large number */
		return -1;
	plain = xmalloc(size + 1);
	n = ZSTD_decompress(plain, size, packed, bytes);
	if (n != size) {
		free(plain);
		return -1;
	}
	plain[n] = '\0';
	*out = (struct buf){ plain, n, n + 1 };
	return 0;
}

static int read_file(int fd, size_t most, struct buf *out)
{
	struct stat st;
	char *packed;
	int status;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || (uint64_t)st.st_size > most)
		return -1;
	packed = xmalloc((size_t)st.st_size + 1);
	status = read_all(fd, packed, (size_t)st.st_size);
	if (!status)
		status = unpack(packed, (size_t)st.st_size, most, out);
	free(packed);
	if (!status && st.st_mtime < time(NULL) - SECONDS_OF_USE)
		futimens(fd, NULL);  /* the oldest are taken away first */
	return status;
}

int store_read(const char *dir, const char *name, size_t most, struct buf *out)
{
	int at = open_directory(dir);
	int fd = at < 0 ? -1 : openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int status = fd < 0 ? -1 : read_file(fd, most, out);

	if (fd >= 0)
		close(fd);
	if (at >= 0)
		close(at);
	return status;
}

/* ---- taking away ---- */

struct kept { char *name; uint64_t bytes; struct timespec used; };
struct all_kept { VEC_FIELDS(struct kept) };

static int oldest_first(const void *pa, const void *pb)
{
	const struct kept *a = pa, *b = pb;

	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
	if (a->used.tv_nsec != b->used.tv_nsec)
		return a->used.tv_nsec < b->used.tv_nsec ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* What a writer left behind that did not get to its end goes at once. */
static void list_kept(int at, struct all_kept *all, uint64_t *total)
{
	int copy = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;

	if (!d && copy >= 0)
		close(copy);
	while (d && (e = readdir(d))) {
		struct stat st;

		if (fstatat(at, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
			continue;
		if (ends_in(e->d_name, UNFINISHED)) {
			if (st.st_mtime < time(NULL) - SECONDS_OF_WRITING)
				unlinkat(at, e->d_name, 0);
		} else if (ends_in(e->d_name, STORE_SUFFIX)) {
			vec_push(all, (struct kept){ xstrdup(e->d_name), (uint64_t)st.st_size, st.st_mtim });
			*total += (uint64_t)st.st_size;
		}
	}
	if (d)
		closedir(d);
}

static void take_away(int at, size_t bound)
{
	struct all_kept all = { 0 };
	uint64_t total = 0;

	list_kept(at, &all, &total);
	vec_sort(&all, oldest_first);
	for (size_t i = 0; i < all.n; i++) {
		if (total > bound && unlinkat(at, all.v[i].name, 0) == 0)
			total -= all.v[i].bytes;
		free(all.v[i].name);
	}
	vec_free(&all);
}

/* ---- writing ---- */

static int write_all(int fd, const char *from, size_t bytes)
{
	while (bytes) {
		ssize_t n = write(fd, from, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		from += n;
		bytes -= (size_t)n;
	}
	return 0;
}

/* With a checksum: nothing waits for the disk, so that a power cut may leave a file half written. */
static char *pack(const struct buf *contents, size_t *bytes)
{
	size_t room = ZSTD_compressBound(contents->n);
	char *packed = xmalloc(room);
	ZSTD_CCtx *c = ZSTD_createCCtx();

	*bytes = 0;
	if (c && !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL))
	    && !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1)))
		*bytes = ZSTD_compress2(c, packed, room, contents->s, contents->n);
	ZSTD_freeCCtx(c);
	if (*bytes && !ZSTD_isError(*bytes))
		return packed;
	free(packed);
	return NULL;
}

static void write_file(int at, const char *name, const char *packed, size_t bytes)
{
	char *unfinished = xasprintf("%s.%ld" UNFINISHED, name, (long)getpid());
	int fd = openat(at, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), status;

	if (fd >= 0) {
		status = write_all(fd, packed, bytes);
		if (close(fd) < 0 || status < 0 || renameat(at, unfinished, at, name) < 0)
			unlinkat(at, unfinished, 0);
	}
	free(unfinished);
}

void store_write(const char *dir, const char *name, const struct buf *contents, size_t all)
{
	int at = make_directory(dir);
	size_t bytes;
	char *packed;

	if (at < 0)
		return;
	packed = pack(contents, &bytes);
	if (packed && bytes <= all)
		write_file(at, name, packed, bytes);
	free(packed);
	take_away(at, all);
	close(at);
}

void store_remove(const char *dir, const char *name)
{
	int at = open_directory(dir);

	if (at < 0)
		return;
	unlinkat(at, name, 0);
	close(at);
}
