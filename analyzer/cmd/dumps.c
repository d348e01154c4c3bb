#include "cmd/dumps.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

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

int dumps_in(struct dumps *d, const char *directory)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, is_dump_name, versionsort);

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		vec_push(d, xasprintf("%s/%s", directory, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	return n;
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
