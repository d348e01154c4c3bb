/* flags: -fno-builtin */
/* A file under one name wherever it is opened from: in the start directory, below and above it, and in a forked child. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tally.h"

static void put(const char *path, int bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (write(fd, "0123456789abcdef", (size_t)bytes) != bytes)
		_exit(1);
	close(fd);
}

int main(void)
{
	mkdir("sub", 0700), mkdir("sub/deep", 0700);
	if (symlink("sub/deep", "link"))
		return 1;
	int start = open(".", O_RDONLY | O_DIRECTORY);
	put("top", 1);
	put("sub/file", 2);
	if (chdir("sub"))
		return 1;
	put("file", 4);
	if (!chdir("missing") || chdir("../link"))
		return 1;
	put("inner", 3);
	if (chdir(".."))  /* of what the link leads to */
		return 1;
	put("file", 8);
	if (fchdir(start))
		return 1;
	put("top", 5);
	if (!fork()) {
		if (chdir("/tmp"))
			_exit(1);
		put("hp-moves-about", 7);
		unlink("hp-moves-about");
		_exit(0);
	}
	wait(NULL);
	put("top", 6);
	return 0;
}
