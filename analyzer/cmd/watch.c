#include "cmd/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/fmt.h"
#include "util/parse.h"
#include "util/text.h"

/* The file that a process maps as its dump; NULL: none that has a name, as those of `record --safe`. */
static char *dump_of(uint64_t pid)
{
	char *path = xasprintf("/proc/%llu/maps", (unsigned long long)pid), *found = NULL, line[8192];
	FILE *f = fopen(path, "re");

	while (f && !found && fgets(line, sizeof line, f)) {
		char rights[5];
		int at = 0;

		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%*s %4s %*s %*s %*s %n", rights, &at) == 1 && at && rights[3] == 's' && line[at] == '/' && strstr(line + at, ".hpd"))
			found = xstrdup(line + at);
	}
	if (f)
		fclose(f);
	free(path);
	return found;
}

static const char *add_dump(struct sampler *s, const char *path)
{
	size_t before = s->processes.n;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return strerror(errno);
	sampler_add(s, fd);
	return s->processes.n > before ? NULL : "it is not being recorded, or by a process that cannot be seen from here";
}

/* Why it cannot be watched; NULL: it is. */
static const char *add(struct sampler *s, const char *name)
{
	struct stat st;
	uint64_t pid;
	const char *why;
	char *path;

	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
		sampler_scan(s, name);
		return NULL;
	}
	if (stat(name, &st) == 0 || parse_count(name, INT32_MAX, &pid) < 0)
		return add_dump(s, name);
	path = dump_of(pid);
	if (!path)
		return "no process of this number writes a dump with a name";
	why = add_dump(s, path);
	free(path);
	return why;
}

int watch(struct sampler *s, char *const *names, size_t n)
{
	int status = CMD_DONE;

	for (size_t i = 0; i < n; i++) {
		const char *why = add(s, names[i]);

		if (why) {
			err_warn("%s: %s", text_shown(names[i]), why);
			status = CMD_UNUSABLE;
		}
	}
	if (status == CMD_DONE && !s->processes.n) {
		err_warn("nothing is being recorded there");
		status = CMD_UNUSABLE;
	}
	while (s->processes.n) {
		struct stat st;

		sampler_look(s);
		for (size_t i = 0; i < n; i++)
			if (stat(names[i], &st) == 0 && S_ISDIR(st.st_mode))
				sampler_scan(s, names[i]);
		poll(NULL, 0, sampler_wait(s, SAMPLER_MS));
	}
	if (status == CMD_DONE)
		printf("%s samples\n", fmt_count(s->samples).s);
	sampler_free(s);
	return status;
}
