/* Calls of exec that the kernel refuses: exec_refused pointer; filter (in a sandbox that kills for getpid and getppid), or fork there. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const nothing[] = { NULL };

static void forbid_getpid(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpid, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof f / sizeof *f, f };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0))
		puts("no filter");
}

int main(int argc, char **argv)
{
	char *volatile bad = (char *)(uintptr_t)16;
	if (argc > 1 && strcmp(argv[1], "pointer"))
		forbid_getpid();
	else
		printf("%d %d, ", execve(bad, nothing, nothing), errno);
	if (argc > 1 && !strcmp(argv[1], "pointer"))
		printf("%d %d, ", execl(bad, "x", (char *)NULL), errno);
	if (argc > 1 && !strcmp(argv[1], "fork")) {
		int status = -1;
		pid_t child = fork();
		if (!child)
			_exit(execve("/nonexistent", nothing, malloc(8)) == -1 ? 5 : 6);
		waitpid(child, &status, 0);
		printf("child %x, ", status);
	}
	printf("%d %d\n", execve("/nonexistent", nothing, nothing), errno);
	return 0;
}
