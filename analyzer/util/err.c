#include "util/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void say(const char *format, va_list args)
{
	flockfile(stderr);
	fputs("hp-analyze: ", stderr);
	vfprintf(stderr, format, args);
	putc_unlocked('\n', stderr);
	funlockfile(stderr);
}

void err_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

_Noreturn void err_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(ERR_STATUS_UNUSABLE);
}
