/*
 * stdio_print.c - formatted output. A variable argument list can't be passed on as it is, so the variadic functions call
 * their v-form: the one place where a hook calls another function than its own.
 */
#include "hooks/io.h"

HP_EXPORT int fprintf(FILE *fp, const char *format, ...)
{
	va_list ap;
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, hp_fileno(fp), HP_CALLER());
	va_start(ap, format);
	int r = hp_real.vfprintf(fp, format, ap);
	va_end(ap);
	hp_io_end(&c, hp_fileno(fp), r);
	return r;
}

HP_EXPORT int printf(const char *format, ...)
{
	va_list ap;
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_PRINTF, hp_fileno(stdout), HP_CALLER());
	va_start(ap, format);
	int r = hp_real.vprintf(format, ap);
	va_end(ap);
	hp_io_end(&c, hp_fileno(stdout), r);
	return r;
}

HP_EXPORT int dprintf(int fd, const char *format, ...)
{
	va_list ap;
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, fd, HP_CALLER());
	va_start(ap, format);
	int r = hp_real.vdprintf(fd, format, ap);
	va_end(ap);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int vfprintf(FILE *fp, const char *format, va_list ap)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, hp_fileno(fp), HP_CALLER());
	int r = hp_real.vfprintf(fp, format, ap);
	hp_io_end(&c, hp_fileno(fp), r);
	return r;
}

HP_EXPORT int vprintf(const char *format, va_list ap)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_PRINTF, hp_fileno(stdout), HP_CALLER());
	int r = hp_real.vprintf(format, ap);
	hp_io_end(&c, hp_fileno(stdout), r);
	return r;
}

HP_EXPORT int vdprintf(int fd, const char *format, va_list ap)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, fd, HP_CALLER());
	int r = hp_real.vdprintf(fd, format, ap);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int __fprintf_chk(FILE *fp, int flag, const char *format, ...)
{
	va_list ap;
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, hp_fileno(fp), HP_CALLER());
	va_start(ap, format);
	int r = hp_real.__vfprintf_chk(fp, flag, format, ap);
	va_end(ap);
	hp_io_end(&c, hp_fileno(fp), r);
	return r;
}

HP_EXPORT int __printf_chk(int flag, const char *format, ...)
{
	va_list ap;
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_PRINTF, hp_fileno(stdout), HP_CALLER());
	va_start(ap, format);
	int r = hp_real.__vprintf_chk(flag, format, ap);
	va_end(ap);
	hp_io_end(&c, hp_fileno(stdout), r);
	return r;
}

HP_EXPORT int __dprintf_chk(int fd, int flag, const char *format, ...)
{
	va_list ap;
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, fd, HP_CALLER());
	va_start(ap, format);
	int r = hp_real.__vdprintf_chk(fd, flag, format, ap);
	va_end(ap);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int __vfprintf_chk(FILE *fp, int flag, const char *format, va_list ap)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, hp_fileno(fp), HP_CALLER());
	int r = hp_real.__vfprintf_chk(fp, flag, format, ap);
	hp_io_end(&c, hp_fileno(fp), r);
	return r;
}

HP_EXPORT int __vprintf_chk(int flag, const char *format, va_list ap)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_PRINTF, hp_fileno(stdout), HP_CALLER());
	int r = hp_real.__vprintf_chk(flag, format, ap);
	hp_io_end(&c, hp_fileno(stdout), r);
	return r;
}

HP_EXPORT int __vdprintf_chk(int fd, int flag, const char *format, va_list ap)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_stdio_begin(&c, HP_OP_FPRINTF, fd, HP_CALLER());
	int r = hp_real.__vdprintf_chk(fd, flag, format, ap);
	hp_io_end(&c, fd, r);
	return r;
}
