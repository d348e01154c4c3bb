/* flags: -shared -fPIC */
/* A library whose open() calls openat() by its public name, as fakeroot's and others do. */
#include <fcntl.h>
#include <stdarg.h>

int open(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	int mode = flags & O_CREAT ? va_arg(more, int) : 0;
	va_end(more);
	return openat(AT_FDCWD, path, flags, mode);
}
