/* posix_spawn of a script without an interpreter line: version 2.2.5 has the shell run it, 2.15 does not. Elsewhere there is one. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tally.h"

#ifdef __x86_64__
extern __typeof__(posix_spawn) old_spawn;
extern __typeof__(posix_spawnp) old_spawnp;
__asm__(".symver old_spawn,posix_spawn@GLIBC_2.2.5");
__asm__(".symver old_spawnp,posix_spawnp@GLIBC_2.2.5");
#else
#define old_spawn posix_spawn
#define old_spawnp posix_spawnp
#endif

extern char **environ;

static void spawn(const char *what, __typeof__(posix_spawn) *how)
{
	char *argv[] = {"script", NULL};
	int status = 0;
	pid_t pid = -1;
	tally(what, how(&pid, "./script", NULL, NULL, argv, environ));
	if (pid > 0)
		waitpid(pid, &status, 0);
	tally("status", status);
}

int main(void)
{
	int fd = open("script", O_WRONLY | O_CREAT | O_TRUNC, 0700);
	if (write(fd, "exit 3\n", 7) != 7 || close(fd))
		return 1;
	spawn("new", posix_spawn);
	spawn("new_p", posix_spawnp);
	spawn("old", old_spawn);
	spawn("old_p", old_spawnp);
}
