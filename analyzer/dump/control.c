#include "dump/control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dump/file.h"

static int write_word(int fd, size_t at, uint32_t word)
{
	return pwrite(fd, &word, sizeof word, (off_t)at) == sizeof word;
}

/*
 * Aligned words, each written whole: the recorder's mapping shows the same page. What was off for a while is noted first: what was
 * held or live then is not certain any more.
 */
static int write_control(const struct dump_file *f, const char *path, uint32_t kinds, struct dump_error *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), code = 0;

	if (fd < 0)
		return dump_fail(e, DUMP_E_SYSTEM, 0, "cannot be written to: %s", strerror(errno));
	kinds &= f->header.kinds;
	if (!write_word(fd, offsetof(struct hp_header, control_off), f->header.control_off | (f->header.kinds & ~kinds))
	    || !write_word(fd, offsetof(struct hp_header, control), kinds))
		code = dump_fail(e, DUMP_E_SYSTEM, 0, "cannot be written to: %s", strerror(errno));
	close(fd);
	return code;
}

int dump_control(const char *path, uint32_t kinds, struct dump_error *e)
{
	struct dump_file f;
	int code = dump_file_open(&f, path, e);

	if (code < 0)
		return code;
	code = f.running ? write_control(&f, path, kinds, e)
	                 : dump_fail(e, DUMP_E_SYSTEM, 0, "is no longer being recorded");
	dump_file_close(&f);
	return code;
}
