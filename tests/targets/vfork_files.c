/* A vfork child puts another file where its parent's is, as programs do before an exec; then the parent writes. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tally.h"

int main(int argc, char **argv)
{
	const char *path = word_at(argc, argv, 1, "vfork_files.data");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	pid_t child = vfork();
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, fd);
		_exit(null < 0);
	}
	int status;
	waitpid(child, &status, 0);
	char text[100] = { 0 };
	tally("written", write(fd, text, sizeof text));
	close(fd);
	unlink(path);
	return status != 0;
}
