#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int dump_fail(struct dump_error *e, int code, uint64_t offset, const char *format, ...)
{
	if (!e)
		return code;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	e->code = code;
	e->offset = offset;
	return code;
}
