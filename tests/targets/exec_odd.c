/* flags: -fno-builtin */
/*
 * Executes itself by every call of exec, one after the other, with the same pid: exec_odd HOW
 *   chain      all of them, each with the next one's number
 *   search     in a PATH of many directories that do not have it
 *   many       with 10,000 arguments
 *   handler    from a signal handler in the middle of an allocation
 *   vfork      in a vfork child; cleared: without LD_PRELOAD; changed: with another library
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "tally.h"

extern char **environ;
static const char self[] = "/proc/self/exe";

static void go_on(char *number)
{
	char *argv[] = { "exec_odd", "chain", number, NULL };
	switch (atoi(number)) {
	case 1: execl(self, argv[0], argv[1], argv[2], (char *)NULL); break;
	case 2: execle(self, argv[0], argv[1], argv[2], (char *)NULL, environ); break;
	case 3: execlp(self, argv[0], argv[1], argv[2], (char *)NULL); break;
	case 4: execv(self, argv); break;
	case 5: execve(self, argv, environ); break;
	case 6: execvp(self, argv); break;
	case 7: execvpe(self, argv, environ); break;
	case 8: fexecve(open(self, O_RDONLY | O_CLOEXEC), argv, environ); break;
	case 9: execveat(AT_FDCWD, self, argv, environ, 0); break;
	case 10: execve(self, argv, NULL); break;  /* no environment is legal */
	}
}

static void on_signal(int signo)
{
	(void)signo;
	execl(self, "exec_odd", "end", (char *)NULL);
}

static int in_vfork_child(char *const env[])
{
	int status = -1;
	pid_t pid = vfork();
	if (!pid) {
		execle("/no/such/program", "exec_odd", "end", (char *)NULL, env);
		execle(self, "exec_odd", "end", (char *)NULL, env);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "chain");
	if (is(how, "end"))
		return 40;
	free(malloc(10));
	if (is(how, "chain")) {
		long number = number_at(argc, argv, 2, 0) + 1;
		char text[20];
		snprintf(text, sizeof text, "%ld", number);
		tally("program", number);
		go_on(text);
		tally("end", number);
	}
	if (is(how, "search")) {
		setenv("PATH", "/no1:/no2:/no3:/no4:/no5:/no6:/no7:/no8:/no9:/no10:/bin", 1);
		execlp("no-such-program", "x", (char *)NULL);
		execvp("true", (char *[]){ "true", NULL });
	}
	if (is(how, "many")) {
		static char *many[10002] = { "exec_odd", "end" };
		for (int i = 2; i < 10001; i++)
			many[i] = "argument";
		execv(self, many);
	}
	if (is(how, "handler")) {
		signal(SIGALRM, on_signal);
		ualarm(3000, 0);
		for (;;)
			free(malloc(100));
	}
	if (is(how, "vfork"))
		tally("status", in_vfork_child(environ));
	if (is(how, "cleared"))
		tally("status", in_vfork_child((char *[]){ NULL }));
	if (is(how, "changed"))
		tally("status", in_vfork_child((char *[]){ "LD_PRELOAD=", "OTHER=1", NULL }));
}
