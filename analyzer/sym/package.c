#include "sym/package.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/vec.h"

enum { PATHS_MOST = 300 };

struct words { VEC_FIELDS(char *) };

static int is_plain(const char *path)
{
	return path[0] == '/' && !strpbrk(path, "*?[\\\n") && access(path, F_OK) == 0;
}

/* "/lib/x" may be known as "/usr/lib/x", and the other way round. */
static const char *other_name(const char *path)
{
	return strncmp(path, "/usr/", 5) ? NULL : path + 4;
}

static struct words question(const char *const *paths, size_t n)
{
	struct words w = { 0 };

	vec_push(&w, xstrdup("dpkg-query"));
	vec_push(&w, xstrdup("-S"));
	for (size_t i = 0; i < n && w.n < PATHS_MOST; i++) {
		if (!is_plain(paths[i]))
			continue;
		vec_push(&w, xstrdup(paths[i]));
		if (other_name(paths[i]))
			vec_push(&w, xstrdup(other_name(paths[i])));
		else
			vec_push(&w, xasprintf("/usr%s", paths[i]));
	}
	vec_push(&w, NULL);
	return w;
}

/* What the program prints, to be read; NULL: it cannot be run. */
static FILE *ask(char *const *argv, pid_t *pid)
{
	char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C", *const environment[] = { path, locale, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	failed = posix_spawn(pid, "/usr/bin/dpkg-query", &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (!failed)
		return fdopen(ends[0], "r");
	close(ends[0]);
	return NULL;
}

/* Where Debian's rule for the names of such packages does not hold. */
static const struct { const char *package, *symbols; } exceptions[] = { { "libc6", "libc6-dbg" } };

static const char *symbols_of(struct arena *arena, const char *package)
{
	char *name;

	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (!strcmp(exceptions[i].package, package))
			return exceptions[i].symbols;
	name = arena_alloc(arena, strlen(package) + sizeof("-dbgsym"));
	strcpy(name, package);
	return strcat(name, "-dbgsym");
}

static int is_same(const char *path, const char *found)
{
	const char *plain = strncmp(path, "/usr/", 5) ? path : path + 4;

	return !strcmp(plain, strncmp(found, "/usr/", 5) ? found : found + 4);
}

/* "libfoo1:amd64: /usr/lib/libfoo.so.1" */
static void take_line(struct arena *arena, char *line, const char *const *paths, size_t n, const char **packages)
{
	char *path = strstr(line, ": /");

	line[strcspn(line, "\n")] = '\0';
	if (!path || !strncmp(line, "diversion ", 10))
		return;
	path += 2;
	line[strcspn(line, ":,")] = '\0';
	for (size_t i = 0; i < n; i++)
		if (!packages[i] && is_same(paths[i], path))
			packages[i] = symbols_of(arena, line);
}

static void read_answer(FILE *answer, struct arena *arena, const char *const *paths, size_t n, const char **packages)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, answer) > 0)
		take_line(arena, line, paths, n, packages);
	free(line);
}

void packages_of(struct arena *arena, const char *const *paths, size_t n, const char **packages)
{
	struct words asked = question(paths, n);
	FILE *answer = NULL;
	pid_t pid = -1;

	memset(packages, 0, n * sizeof(*packages));
	if (asked.n > 3)
		answer = ask(asked.v, &pid);
	if (answer) {
		read_answer(answer, arena, paths, n, packages);
		fclose(answer);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	for (size_t i = 0; i < asked.n; i++)
		free(asked.v[i]);
	vec_free(&asked);
}
