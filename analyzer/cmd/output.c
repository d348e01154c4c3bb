#include "cmd/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "hp_dump.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/text.h"

static int refuse(const char *path, const char *why)
{
	err_warn("%s: %s", text_shown(path), why);
	return CMD_UNUSABLE;
}

static bool is_dump(const char *path)
{
	uint8_t begin[sizeof(HP_MAGIC) - 1] = { 0 };
	FILE *in = fopen(path, "re");
	bool is = in && fread(begin, 1, sizeof(begin), in) == sizeof(begin) && !memcmp(begin, HP_MAGIC, sizeof(begin));

	if (in)
		fclose(in);
	return is;
}

static int open_beside(struct output *o)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	o->beside = xasprintf("%s.XXXXXX", o->path);
	fd = mkostemp(o->beside, O_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0666 & ~mask) < 0)
		return refuse(o->path, strerror(errno));
	o->file = fdopen(fd, "w");
	return CMD_DONE;
}

int output_open(struct output *o, const char *path, bool binary)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	*o = (struct output){ .path = path };
	if (!strcmp(o->path, "-")) {
		o->file = stdout;
		return binary && isatty(STDOUT_FILENO) ? refuse("standard output", "this is not for a terminal: send it to a file or a program") : CMD_DONE;
	}
	if (!exists || S_ISREG(st.st_mode))
		return exists && is_dump(o->path) ? refuse(o->path, "this is a dump; -o would overwrite it") : open_beside(o);
	o->file = fopen(o->path, "we");
	return o->file ? CMD_DONE : refuse(o->path, strerror(errno));
}

int output_close(struct output *o, int status)
{
	int failed = 0;

	if (o->file) {
		failed = fflush(o->file) || ferror(o->file);
		failed |= o->file != stdout && fclose(o->file);
	}
	if (!status && failed)
		status = refuse(o->path, strerror(errno));
	if (!status && o->beside && rename(o->beside, o->path) < 0)
		status = refuse(o->path, strerror(errno));
	if (status && o->beside)
		unlink(o->beside);
	free(o->beside);
	return status;
}
