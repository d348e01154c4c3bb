#include "cmd/library.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/alloc.h"

char *library_find(void)
{
	static const char *const places[] = { "libhp.so", "../lib/libhp.so" };
	char self[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++) {
		char *path = xasprintf("%.*s/%s", (int)(slash - self), self, places[i]);
		char *real = realpath(path, NULL);

		free(path);
		if (real)
			return real;
	}
	return NULL;
}

char *library_safe_path(const char *library, char **made)
{
	char *directory, *link;

	*made = NULL;
	if (!strpbrk(library, " \t\n:$"))
		return xstrdup(library);
	directory = xstrdup("/tmp/hp.XXXXXX");
	if (!mkdtemp(directory)) {
		free(directory);
		return NULL;
	}
	link = xasprintf("%s/libhp.so", directory);
	if (symlink(library, link) < 0) {
		rmdir(directory);
		free(directory);
		free(link);
		return NULL;
	}
	*made = directory;
	return link;
}

void library_forget(char *made)
{
	char *link;

	if (!made)
		return;
	link = xasprintf("%s/libhp.so", made);
	unlink(link);
	rmdir(made);
	free(link);
	free(made);
}
