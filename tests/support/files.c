/* files.c - see files.h and the last lines of run.h. */
#include "files.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

char *format(const char *text, ...)
{
	char *made;
	va_list arguments;
	va_start(arguments, text);
	int n = vasprintf(&made, text, arguments);
	va_end(arguments);
	cr_assert(n >= 0);
	return made;
}

const char *built(const char *name)
{
	const char *build = getenv("HP_BUILD");
	char *path = realpath(build ? build : "build", NULL);
	cr_assert(path != NULL, "run this from the repository's top, or set HP_BUILD");
	return format("%s/%s", path, name);
}

const char *target(const char *name)
{
	return format("%s/%s", built("targets"), name);
}

const char *analyzer(void)
{
	const char *set = getenv("HP_ANALYZE");
	return set ? set : built("hp-analyze");
}

bool have_program(const char *name)
{
	char *copy = strdup(getenv("PATH")), *rest = copy, *dir;
	bool found = false;
	while (!found && (dir = strsep(&rest, ":"))) {
		char *path = format("%s/%s", dir, name);
		found = access(path, X_OK) == 0;
		free(path);
	}
	free(copy);
	return found;
}

char *new_directory(void)
{
	const char *base = getenv("TMPDIR");
	char *path = format("%s/hp-test.XXXXXX", base ? base : "/tmp");
	cr_assert(mkdtemp(path) != NULL, "%s: %s", path, strerror(errno));
	chmod(path, 0755);
	return path;
}

bool mkdir_open(const char *path)
{
	return mkdir(path, 0777) == 0 && chmod(path, 0777) == 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **list_files(const char *dir, const char *suffix, size_t *count)
{
	char **paths = calloc(1, sizeof *paths);
	size_t n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d)); ) {
		size_t length = strlen(e->d_name), end = strlen(suffix);
		if (length < end || strcmp(e->d_name + length - end, suffix))
			continue;
		paths = realloc(paths, (n + 2) * sizeof *paths);
		paths[n++] = format("%s/%s", dir, e->d_name);
	}
	if (d)
		closedir(d);
	paths[n] = NULL;
	qsort(paths, n, sizeof *paths, by_name);
	*count = n;
	return paths;
}

char *file_text(const char *path, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	cr_assert(fd >= 0 && fstat(fd, &st) == 0, "%s: %s", path, strerror(errno));
	size_t size = 0, room = (size_t)st.st_size + 4096;
	char *text = malloc(room);
	for (ssize_t n; (n = read(fd, text + size, room - size - 1)) > 0; ) {
		size += (size_t)n;
		if (size + 1 == room)
			text = realloc(text, room *= 2);
	}
	close(fd);
	text[size] = 0;
	if (bytes)
		*bytes = size;
	return text;
}

void file_write(const char *path, const void *data, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	cr_assert(fd >= 0, "%s: %s", path, strerror(errno));
	cr_assert(write(fd, data, bytes) == (ssize_t)bytes, "%s: %s", path, strerror(errno));
	close(fd);
}

static struct stat stat_of(const char *path)
{
	struct stat st;
	cr_assert(stat(path, &st) == 0, "%s: %s", path, strerror(errno));
	return st;
}

long long disk_bytes(const char *path)
{
	return stat_of(path).st_blocks * 512LL;
}

long long file_bytes(const char *path)
{
	return stat_of(path).st_size;
}

bool all_threads_sleep(pid_t pid)
{
	char *tasks = format("/proc/%d/task", (int)pid);
	DIR *d = opendir(tasks);
	bool sleep = d != NULL;
	for (struct dirent *e; sleep && (e = readdir(d)); ) {
		char *path = format("%s/%s/stat", tasks, e->d_name), text[512] = "";
		int fd = e->d_name[0] == '.' ? -1 : open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read(fd, text, sizeof text - 1) > 0) {
			const char *state = strrchr(text, ')');  /* after the name, which may hold anything */
			sleep = state && state[2] == 'S';
		}
		if (fd >= 0)
			close(fd);
		free(path);
	}
	if (d)
		closedir(d);
	free(tasks);
	return sleep;
}
