#include "sym/program.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sym/object.h"
#include "util/alloc.h"

enum { MOST_SCRIPTS = 5, FIRST_LINE = 256 };

/* ---- finding it ---- */

static int is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *program_find(const char *name)
{
	const char *path = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return is_program(name) ? xstrdup(name) : NULL;
	for (path = path ? path : "/usr/local/bin:/bin:/usr/bin"; *name; path = end + 1) {
		end = strchrnul(path, ':');
		char *full = end == path ? xstrdup(name) : xasprintf("%.*s/%s", (int)(end - path), path, name);

		if (is_program(full))
			return full;
		free(full);
		if (!*end)
			break;
	}
	return NULL;
}

/* ---- scripts ---- */

/* The first line of a file, without its newline; "" when it is none or unreadable. */
static void first_line(const char *path, char line[FIRST_LINE])
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? 0 : read(fd, line, FIRST_LINE - 1);

	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The program behind "#!/usr/bin/env [-S] [NAME=VALUE...] NAME". */
static char *named_by_env(char *words)
{
	for (char *save, *word = strtok_r(words, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
		if (*word != '-' && !strchr(word, '='))
			return program_find(word);
	return NULL;
}

/* The interpreter that `path` names in its first line; NULL: it is no script. */
static char *interpreter_of(const char *path)
{
	char line[FIRST_LINE], *name, *rest, *found = NULL;

	first_line(path, line);
	if (strncmp(line, "#!", 2) != 0)
		return NULL;
	name = line + 2 + strspn(line + 2, " \t");
	rest = name + strcspn(name, " \t");
	if (*rest)
		*rest++ = '\0';
	if (strcmp(name, "/usr/bin/env") == 0 || strcmp(name, "/bin/env") == 0)
		found = named_by_env(rest);
	return found ? found : program_find(name);
}

/* ---- executables ---- */

static void note_sanitizer(void *opaque, const char *library)
{
	struct program *p = opaque;

	if (strncmp(library, "libasan.so", 10) == 0 || strncmp(library, "libclang_rt.asan", 16) == 0)
		p->sanitizer = PROGRAM_ASAN;
	else if (strncmp(library, "libtsan.so", 10) == 0 || strncmp(library, "libclang_rt.tsan", 16) == 0)
		p->sanitizer = PROGRAM_TSAN;
}

static void read_elf(struct program *p, struct object *o)
{
	struct object self;
	const char *why;

	p->is_elf = 1;
	p->loader = object_loader(o);
	object_needed(o, note_sanitizer, p);
	if (object_open(&self, "/proc/self/exe", &why) == 0) {
		p->foreign = o->machine != self.machine || o->bits != self.bits;
		object_close(&self);
	}
}

/* The loader then ignores LD_PRELOAD. */
static int is_privileged(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	return (st.st_mode & S_ISUID && st.st_uid != getuid()) || (st.st_mode & S_ISGID && st.st_gid != getgid())
	       || getxattr(path, "security.capability", NULL, 0) > 0;
}

void program_inspect(struct program *p, const char *path)
{
	struct object o;
	const char *why;
	char *next;

	*p = (struct program){ .path = xstrdup(path) };
	while (p->scripts < MOST_SCRIPTS && (next = interpreter_of(p->path))) {
		free(p->path);
		p->path = next;
		p->scripts++;
	}
	p->privileged = is_privileged(p->path) != 0;
	if (object_open(&o, p->path, &why) < 0)
		return;
	read_elf(p, &o);
	object_close(&o);
}

void program_free(struct program *p)
{
	free(p->path);
	free(p->loader);
}
