/* A known number of calls and bytes on descriptors, with some errors: io_counts FILE ROUNDS. */
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tally.h"

int main(int argc, char **argv)
{
	const char *path = word_at(argc, argv, 1, "io_counts.data");
	long rounds = number_at(argc, argv, 2, 100), errors = 0, again = 0;
	char block[1000];
	memset(block, 'x', sizeof block);
	for (long i = 0; i < rounds; i++) {
		int fd = openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (write(fd, block, sizeof block) != sizeof block || pwrite(fd, block, 500, 2000) != 500)
			return 1;
		fsync(fd);
		lseek(fd, 0, SEEK_SET);
		if (read(fd, block, 700) != 700 || read(fd, block, 10) != 10 || pread(fd, block, 100, 2000) != 100)
			return 1;
		close(fd);
		errors += read(fd, block, 1) == -1 && errno == EBADF;
		errors += openat(AT_FDCWD, "/no/such/file", O_RDONLY) == -1 && errno == ENOENT;
	}
	int pipes[2];
	if (pipe2(pipes, O_NONBLOCK))
		return 1;
	again += read(pipes[0], block, 1) == -1 && errno == EAGAIN;
	struct iovec parts[2] = {{block, 3}, {block, 4}};
	if (writev(pipes[1], parts, 2) != 7 || readv(pipes[0], parts, 2) != 7)
		return 1;
	close(pipes[0]);
	close(pipes[1]);
	unlink(path);
	tally("openat", 2 * rounds);
	tally("read", 3 * rounds + 1);
	tally("read_bytes", 710 * rounds);
	tally("write_bytes", 1000 * rounds);
	tally("fsync", rounds);
	tally("close", rounds + 2);
	tally("errors", errors);
	tally("would_block", again);
}
