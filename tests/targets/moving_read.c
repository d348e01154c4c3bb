/* flags: -shared -fPIC */
/* For moving_fibers.c: stands behind libhp.so and reads by calling what the program has set, as a runtime's own read does. */
#include <unistd.h>

ssize_t (*reads_by)(int, void *, size_t);

ssize_t read(int fd, void *to, size_t n)
{
	return reads_by ? reads_by(fd, to, n) : -1;
}
