/* stdio.c - streams opened, closed and positioned. */
#include "hooks/io.h"

HP_EXPORT FILE *fopen(const char *path, const char *mode)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FOPEN, AT_FDCWD, HP_CALLER());
	FILE *fp = hp_real.fopen(path, mode);
	hp_io_end_paths(&c, AT_FDCWD, hp_fileno(fp), path, NULL);
	return fp;
}

HP_EXPORT FILE *fopen64(const char *path, const char *mode)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FOPEN, AT_FDCWD, HP_CALLER());
	FILE *fp = hp_real.fopen64(path, mode);
	hp_io_end_paths(&c, AT_FDCWD, hp_fileno(fp), path, NULL);
	return fp;
}

HP_EXPORT FILE *fdopen(int fd, const char *mode)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FDOPEN, fd, HP_CALLER());
	FILE *fp = hp_real.fdopen(fd, mode);
	hp_io_end(&c, fd, fp ? 0 : -1);
	return fp;
}

/* Closes the stream's descriptor, even when the new file cannot be opened. */

HP_EXPORT FILE *freopen(const char *path, const char *mode, FILE *fp)
{
	if (hp_too_early())
		return NULL;
	int old = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FREOPEN, old, HP_CALLER());
	FILE *r = hp_real.freopen(path, mode, fp);
	hp_io_end_paths(&c, old, hp_fileno(r), path, NULL);
	return r;
}

HP_EXPORT FILE *freopen64(const char *path, const char *mode, FILE *fp)
{
	if (hp_too_early())
		return NULL;
	int old = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FREOPEN, old, HP_CALLER());
	FILE *r = hp_real.freopen64(path, mode, fp);
	hp_io_end_paths(&c, old, hp_fileno(r), path, NULL);
	return r;
}

HP_EXPORT int fclose(FILE *fp)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FCLOSE, fd, HP_CALLER());
	hp_stdio_counted(&c);
	int r = hp_real.fclose(fp);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fflush(FILE *fp)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FFLUSH, fd, HP_CALLER());
	int r = hp_real.fflush(fp);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fflush_unlocked(FILE *fp)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FFLUSH, fd, HP_CALLER());
	int r = hp_real.fflush_unlocked(fp);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fseek(FILE *fp, long at, int whence)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FSEEK, fd, HP_CALLER());
	int r = hp_real.fseek(fp, at, whence);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fseeko(FILE *fp, off_t at, int whence)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FSEEK, fd, HP_CALLER());
	int r = hp_real.fseeko(fp, at, whence);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fseeko64(FILE *fp, off64_t at, int whence)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FSEEK, fd, HP_CALLER());
	int r = hp_real.fseeko64(fp, at, whence);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT FILE *popen(const char *command, const char *mode)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_POPEN, -1, HP_CALLER());
	FILE *fp = hp_real.popen(command, mode);
	hp_io_end_paths(&c, -1, hp_fileno(fp), command, NULL);
	return fp;
}

HP_EXPORT int pclose(FILE *fp)
{
	if (hp_too_early())
		return -1;
	int fd = hp_fileno(fp);
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_PCLOSE, fd, HP_CALLER());
	hp_stdio_counted(&c);
	int r = hp_real.pclose(fp);
	hp_io_end(&c, fd, r);
	return r;
}
