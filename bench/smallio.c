/* Reads and writes that the kernel answers at once. An operation is one read of 64 bytes and one write of as many. */
#include <fcntl.h>
#include <unistd.h>
#include "bench.h"

static void *work(void *thread)
{
	char bytes[64];
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	for (long i = 0; i < ops; i++)
		if (read(zero, bytes, sizeof bytes) != sizeof bytes || write(null, bytes, sizeof bytes) != sizeof bytes)
			abort();
	close(zero);
	close(null);
	return thread;
}

int main(int argc, char **argv)
{
	return bench(argc, argv, work);
}
