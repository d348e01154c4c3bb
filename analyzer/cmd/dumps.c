#include "cmd/dumps.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hp_dump.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/text.h"

/* A second dump of one name gets .1 behind it. */
static int is_dump_name(const struct dirent *entry)
{
	const char *dot = strstr(entry->d_name, ".hpd");

	for (const char *next; dot && (next = strstr(dot + 1, ".hpd")); )
		dot = next;
	if (!dot || dot == entry->d_name)
		return 0;
	dot += 4;
	if (*dot == '.' && dot[1])
		for (dot++; isdigit((unsigned char)*dot); dot++)
			;
	return *dot == '\0';
}

/* Its writer puts the first word last: a process that is killed early leaves an empty dump, which must not spoil the others. */
static int has_begun(const char *path)
{
	static const char none[sizeof(HP_MAGIC) - 1];
	char magic[sizeof none];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, magic, sizeof magic, 0);

	if (fd >= 0)
		close(fd);
	return n != 0 && !(n == (ssize_t)sizeof magic && !memcmp(magic, none, sizeof none));
}

static int add_begun(struct dumps *d, char *path)
{
	if (has_begun(path)) {
		vec_push(d, path);
		return 1;
	}
	err_warn("%s is left out: it is empty, as its process was killed when the recording began", text_shown(path));
	free(path);
	return 0;
}

int dumps_in(struct dumps *d, const char *directory)
{
	struct dirent **entries;
	int added = 0, n = scandir(directory, &entries, is_dump_name, versionsort);

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		added += add_begun(d, xasprintf("%s/%s", directory, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	return added;
}

void dumps_named(struct dumps *d, char *const *paths, size_t n)
{
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		int found = 1;

		if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
			found = dumps_in(d, paths[i]);
		else
			vec_push(d, xstrdup(paths[i]));
		if (found < 0)
			err_die("%s: %s", text_shown(paths[i]), strerror(errno));
		if (found == 0)
			err_die("%s: there is no dump in this directory", text_shown(paths[i]));
	}
}

void dumps_free(struct dumps *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i]);
	vec_free(d);
}
