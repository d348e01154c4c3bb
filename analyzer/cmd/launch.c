#include "cmd/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/buf.h"

/* ---- signals ---- */

static volatile pid_t child;

/* What the kernel sends, a terminal's hang-up for one, reaches the program without us. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	int saved = errno;

	if (info->si_code <= 0 && child > 0)
		kill(child, number);
	errno = saved;
}

static const int handled[] = { SIGINT, SIGQUIT, SIGCHLD, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
enum { HANDLED = sizeof handled / sizeof *handled };

/* What we came with, and what the program gets. */
struct inherited {
	struct sigaction actions[HANDLED];
	sigset_t         mask;
};

static struct sigaction action_for(int number)
{
	struct sigaction action = { .sa_flags = SA_RESTART };

	if (number == SIGINT || number == SIGQUIT) {
		action.sa_handler = SIG_IGN;
	} else if (number == SIGCHLD) {
		action.sa_handler = SIG_DFL;  /* ignored, it would leave nothing to wait for */
	} else {
		action.sa_sigaction = pass_on;
		action.sa_flags |= SA_SIGINFO;
	}
	return action;
}

/* All signals are blocked from here until `child` is known: one that comes in between must reach it. */
static void take_signals(struct inherited *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before->mask);
	for (int i = 0; i < HANDLED; i++) {
		struct sigaction action = action_for(handled[i]);

		sigaction(handled[i], NULL, &before->actions[i]);
		if (before->actions[i].sa_handler != SIG_IGN || handled[i] == SIGCHLD)  /* else nohup, or a script's & */
			sigaction(handled[i], &action, NULL);
	}
}

static void unblock_signals(const struct inherited *before)
{
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

static void give_signals_back(const struct inherited *before)
{
	for (int i = 0; i < HANDLED; i++)
		sigaction(handled[i], &before->actions[i], NULL);
	unblock_signals(before);
}

/* ---- the directory ---- */

/* A new directory hp.NAME.PID; with .1, .2 behind it where pids come again, as they do in containers. */
static int make_default(const char *program, pid_t pid, struct launched *out)
{
	const char *slash = strrchr(program, '/');

	for (int i = 0; i < 10000; i++) {
		free(out->directory);
		out->directory = xasprintf(i ? "hp.%.200s.%ld.%d" : "hp.%.200s.%ld", slash ? slash + 1 : program, (long)pid, i);
		out->made_directory = mkdir(out->directory, 0777) == 0;
		if (out->made_directory || errno != EEXIST)
			break;
	}
	return out->made_directory ? 0 : -1;
}

static int make_directory(const struct launch *l, pid_t pid, struct launched *out)
{
	struct stat st;

	if (!l->directory)
		return make_default(l->argv[0], pid, out);
	out->directory = xstrdup(l->directory);
	out->made_directory = mkdir(l->directory, 0777) == 0;
	if (out->made_directory || (errno == EEXIST && stat(l->directory, &st) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	errno = errno == EEXIST ? ENOTDIR : errno;
	return -1;
}

/* ---- the child ---- */

/* Adds to a variable whose parts are separated by colons. */
static void add_to(const char *name, const char *text, int in_front)
{
	const char *had = getenv(name);
	struct buf b = { 0 };

	if (!had || !*had)
		buf_adds(&b, text);
	else
		buf_addf(&b, "%s:%s", in_front ? text : had, in_front ? had : text);
	setenv(name, b.s, 1);
	buf_free(&b);
}

/*
 * Behind libasan, libhp.so would not see its allocations; in front of it, libasan refuses to start unless told not to.
 * Preloading libasan too would put it into every child.
 */
static void set_preload(const struct launch *l)
{
	if (l->library)
		add_to("LD_PRELOAD", l->library, 1);
	if (l->library && l->asan)
		add_to("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
}

static void set_out(const char *directory)
{
	struct buf b = { 0 };

	for (const char *p = directory; *p; p++)
		buf_adds(&b, *p == '%' ? "%%" : (char[]){ *p, '\0' });
	buf_adds(&b, "/hp.%e.%p.hpd");
	setenv("HP_OUT", b.s, 1);
	buf_free(&b);
}

static void set_run_id(void)
{
	unsigned char id[16] = { 0 };
	char text[33];

	if (getrandom(id, sizeof id, 0) < 0)
		memcpy(id, (pid_t[]){ getpid() }, sizeof(pid_t));
	for (size_t i = 0; i < sizeof id; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	setenv("HP_RUN_ID", text, 1);
}

/* Waits for the directory's path, which has our pid in it; then becomes the program. `done` closes with that, or gets errno. */
static _Noreturn void run_child(const struct launch *l, const struct inherited *before, int path, int done)
{
	char directory[PATH_MAX];
	ssize_t n = read(path, directory, sizeof directory - 1);

	if (n <= 0)
		_exit(127);
	directory[n] = '\0';
	set_preload(l);
	set_out(directory);
	set_run_id();
	if (l->keeper)
		setenv("HP_KEEPER", l->keeper, 1);
	else
		unsetenv("HP_KEEPER");  /* of a record around us */
	give_signals_back(before);
	execvp(l->argv[0], l->argv);
	n = write(done, &(int){ errno }, sizeof(int));
	_exit(n < 0 ? 126 : 127);
}

/* ---- the parent ---- */

static int fail(struct launched *out, const char *what)
{
	out->failed = what;
	out->error = errno;
	return -1;
}

/* Makes the directory and lets the child go on; returns when that runs the program, or cannot. */
static int start(const struct launch *l, int path, int done, struct launched *out)
{
	char *absolute;
	ssize_t n;
	int code;

	out->no_directory = 1;
	if (make_directory(l, child, out) < 0)
		return fail(out, "the directory for its dumps cannot be made");
	absolute = realpath(out->directory, NULL);
	if (!absolute)
		return fail(out, "the directory for its dumps cannot be entered");
	out->no_directory = 0;
	n = write(path, absolute, strlen(absolute));
	free(absolute);
	if (n < 0)
		return fail(out, "it cannot be told where its dumps go");
	while ((n = read(done, &code, sizeof code)) < 0 && errno == EINTR)
		;
	if (n == 0)
		return 0;
	errno = n == sizeof code ? code : EIO;
	return fail(out, "it cannot be run");
}

int launch_is_over(pid_t process)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid;
}

static void wait_for_child(struct launched *out)
{
	while (waitpid(child, &out->wait_status, 0) < 0 && errno == EINTR)
		;
	child = 0;
}

int launch(const struct launch *l, struct launched *out)
{
	struct inherited before;
	int path[2], done[2], started = -1;

	*out = (struct launched){ 0 };
	if (pipe2(path, O_CLOEXEC) < 0)
		return fail(out, "no pipe can be made");
	if (pipe2(done, O_CLOEXEC) < 0) {
		close(path[0]);
		close(path[1]);
		return fail(out, "no pipe can be made");
	}
	fflush(NULL);
	take_signals(&before);
	child = fork();
	if (child == 0) {
		close(path[1]);
		run_child(l, &before, path[0], done[1]);
	}
	close(path[0]);
	close(done[1]);
	unblock_signals(&before);
	if (child < 0)
		fail(out, "no process can be made");
	else
		started = start(l, path[1], done[0], out);
	if (started == 0 && l->attend)
		l->attend(l->attend_with, child, out->directory);
	close(path[1]);
	close(done[0]);
	if (child > 0)
		wait_for_child(out);
	give_signals_back(&before);
	return started;
}
