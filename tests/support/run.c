/* run.c - starts programs in the background of a test and waits for their end; see run.h. */
#include "run.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"

enum { SECONDS_ALLOWED = 120, LOOK_EVERY_MS = 5, QUIET_LOOKS = 4 };

static bool is_set_by(const char *const *env, const char *variable)
{
	size_t name = strcspn(variable, "=") + 1;
	for (; env && *env; env++)
		if (!strncmp(*env, variable, name))
			return true;
	return false;
}

static char **environment_of(const struct run_how *how, const struct run *r)
{
	extern char **environ;
	size_t n = 0, extra = 0;
	while (environ[n])
		n++;
	while (how->env && how->env[extra])
		extra++;
	char **env = calloc(n + extra + 4, sizeof *env), **end = env;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "HP_", 3) && strncmp(environ[i], "LD_PRELOAD=", 11) && strncmp(environ[i], "XDG_CACHE_HOME=", 15)
		    && !is_set_by(how->env, environ[i]))
			*end++ = environ[i];
	if (how->preload)
		*end++ = format("LD_PRELOAD=%s%s%s%s%s", how->preload_before ? how->preload_before : "",
		                how->preload_before ? ":" : "", built("libhp.so"),
		                how->preload_after ? ":" : "", how->preload_after ? how->preload_after : "");
	else if (how->preload_before || how->preload_after)
		*end++ = format("LD_PRELOAD=%s:%s", how->preload_before ? how->preload_before : "",
		                how->preload_after ? how->preload_after : "");
	if (!how->default_out && (how->preload || how->preload_before || how->preload_after))
		*end++ = format("HP_OUT=%s/%%e.%%p.hpd", r->dumps);
	if (!is_set_by(how->env, "XDG_CACHE_HOME="))
		*end++ = "XDG_CACHE_HOME=/dev/null";  /* no report is made from what another one has found */
	for (size_t i = 0; i < extra; i++)
		*end++ = (char *)how->env[i];
	return env;
}

/* What $HP_EMULATOR's words are for: a target of another CPU. */
static bool needs_emulator(const char *program)
{
	const char *targets = built("targets/");
	return getenv("HP_EMULATOR") && !strncmp(program, targets, strlen(targets));
}

/*
 * The emulator's command line; it is given the preload as an option, since its own loader can't use it. It runs by a link
 * with the target's name, which the kernel takes for the program's.
 */
static const char *const *emulated(const char *const *argv, char **env, const struct run *r)
{
	static const char *all[64];
	char *words = strdup(getenv("HP_EMULATOR")), *emulator = strsep(&words, " "), *name = strrchr(argv[0], '/') + 1;
	size_t n = 0;
	all[n++] = format("%s/%s", r->top, name);
	cr_assert(symlink(emulator, all[0]) == 0, "%s: %s", all[0], strerror(errno));
	for (const char *word; n < 16 && (word = strsep(&words, " ")); )
		all[n++] = word;
	for (char **e = env; *e; e++) {
		if (strncmp(*e, "LD_PRELOAD=", 11))
			continue;
		all[n++] = "-E";
		all[n++] = *e;
		*e = "HP_EMULATED=1";
	}
	for (; *argv && n < 63; argv++)
		all[n++] = *argv;
	all[n] = NULL;
	return all;
}

static void redirect(const char *path, int flags, int fd)
{
	int opened = open(path, flags | O_CLOEXEC, 0600);
	if (opened < 0 || dup2(opened, fd) < 0)
		_exit(126);
}

static pid_t start(const struct run_how *how, const char *const *argv, const struct run *r)
{
	char **env = environment_of(how, r);
	if (needs_emulator(argv[0]))
		argv = emulated(argv, env, r);
	char *in = format("%s/stdin", r->top), *out = format("%s/stdout", r->top), *err = format("%s/stderr", r->top);
	if (how->input)
		file_write(in, how->input, strlen(how->input));
	file_write(out, "", 0);  /* they are there even if it is killed at once */
	file_write(err, "", 0);
	pid_t pid = fork();
	cr_assert(pid >= 0, "fork: %s", strerror(errno));
	if (pid == 0) {
		setpgid(0, 0);
		redirect(how->input ? in : "/dev/null", O_RDONLY, 0);
		redirect(out, O_WRONLY | O_CREAT | O_TRUNC, 1);
		redirect(err, O_WRONLY | O_CREAT | O_TRUNC, 2);
		closefrom(3);
		if (chdir(how->cwd ? how->cwd : r->work))
			_exit(126);
		if (how->in_child)
			how->in_child();
		execvpe(argv[0], (char *const *)argv, env);
		_exit(127);
	}
	free(in);
	free(out);
	free(err);
	free(env);
	return pid;
}

static bool has_printed_ready(const struct run *r)
{
	char *path = format("%s/stdout", r->top), *text = file_text(path, NULL);
	bool ready = strstr(text, "ready") != NULL;
	free(path);
	free(text);
	return ready;
}

/* Waits until the process ends, or for `ms`. */
static bool ends_within(int pidfd, long ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	return poll(&p, 1, (int)ms) == 1;
}

/* True if it ended by itself. */
static bool wait_as_told(const struct run_how *how, const struct run *r, pid_t pid, int pidfd)
{
	long allowed_ms = (how->seconds ? how->seconds : SECONDS_ALLOWED) * 1000L;
	if (how->kill_after_us) {
		usleep((useconds_t)how->kill_after_us);
		kill(pid, SIGKILL);
	}
	if (!how->kill_when_blocked)
		return ends_within(pidfd, allowed_ms);
	unsigned quiet = 0;
	for (long ms = 0; ms < allowed_ms && quiet < QUIET_LOOKS; ms += LOOK_EVERY_MS) {
		if (ends_within(pidfd, LOOK_EVERY_MS))
			return true;
		quiet = has_printed_ready(r) && all_threads_sleep(pid) ? quiet + 1 : 0;
	}
	kill(pid, SIGKILL);
	return quiet == QUIET_LOOKS && ends_within(pidfd, allowed_ms);
}

struct run *run(struct run_how how, const char *const *argv)
{
	struct run *r = calloc(1, sizeof *r);
	r->top = new_directory();
	r->work = format("%s/work", r->top);
	r->dumps = format("%s/dumps", r->top);
	cr_assert(mkdir_open(r->work) && mkdir_open(r->dumps), "%s: %s", r->top, strerror(errno));

	pid_t pid = start(&how, argv, r);
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status;
	cr_assert(pidfd >= 0, "pidfd_open: %s", strerror(errno));
	bool ended = wait_as_told(&how, r, pid, pidfd);
	kill(-pid, SIGKILL);  /* and children that it left behind */
	close(pidfd);
	struct rusage used;
	cr_assert(wait4(pid, &status, 0, &used) == pid);
	r->peak_kib = used.ru_maxrss;
	r->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	r->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	char *out = format("%s/stdout", r->top), *err = format("%s/stderr", r->top);
	r->out = file_text(out, &r->out_bytes);
	r->err = file_text(err, &r->err_bytes);
	free(out);
	free(err);
	r->dump = list_files(how.default_out ? (how.cwd ? how.cwd : r->work) : r->dumps, ".hpd", &r->dump_count);
	cr_assert(ended, "%s did not end by itself in time; it printed: %s%s", argv[0], r->out, r->err);
	return r;
}

struct run *run_recorded(const char *const *argv)
{
	struct run *r = run((struct run_how){.preload = true}, argv);
	cr_assert(r->status == 0, "%s: exit status %d, signal %d; it printed: %s%s", argv[0], r->status, r->signal, r->out, r->err);
	run_dump(r);
	return r;
}

const char *run_dump(const struct run *r)
{
	cr_assert(r->dump_count == 1, "%zu dumps in %s", r->dump_count, r->top);
	return r->dump[0];
}

const char *run_dump_of(const struct run *r, const char *program)
{
	const char *found = NULL;
	char *start = format("%s/%s.", r->dumps, program);
	for (size_t i = 0; i < r->dump_count; i++)
		if (!strncmp(r->dump[i], start, strlen(start))) {
			cr_assert(found == NULL, "both %s and %s", found, r->dump[i]);
			found = r->dump[i];
		}
	cr_assert(found != NULL, "no dump of %s in %s", program, r->dumps);
	free(start);
	return found;
}

long long run_tally(const struct run *r, const char *key)
{
	size_t n = strlen(key);
	for (const char *line = r->out; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (!strncmp(line, key, n) && line[n] == ' ')
			return atoll(line + n);
	cr_assert(false, "the program printed no line `%s N`: %s", key, r->out);
	return -1;
}

void run_free(struct run *r)
{
	remove_tree(r->top);
	for (size_t i = 0; i < r->dump_count; i++)
		free(r->dump[i]);
	free(r->dump);
	free(r->out);
	free(r->err);
	free(r->work);
	free(r->dumps);
	free(r->top);
	free(r);
}
