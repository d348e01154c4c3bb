/* Children that do nothing but exec or end: their first call of all. */
#include <sys/wait.h>
#include <unistd.h>

#include "tally.h"

static void child(int i)
{
	char *argv[] = { i ? "/bin/true" : "/nonexistent/program", NULL }, *empty[] = { NULL };
	if (i < 2)
		execve(argv[0], argv, empty);
	_exit(40 + i);
}

int main(void)
{
	int status, sum = 0;
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();
		if (!pid)
			child(i);
		waitpid(pid, &status, 0);
		sum += WEXITSTATUS(status);
	}
	tally("statuses", sum);
}
