/* flags: -fno-builtin -finstrument-functions -finstrument-functions-exclude-function-list=main,on_step,recorded,tally,after_fork,forked,waited_for,is,child_ends,in_thread */
/*
 * A signal handler forks at each instruction, or each n-th, of calls that are recorded. The child goes on from there, and is to record what it does
 * then and end well. Every other child has recorded something in the handler already.
 * usage: fork_at_each_step WHAT HOW [N]; what: see recorded(), or `thread`, the first event of a thread; how: fork, _Fork, or syscall, where
 * nothing of the handler is recorded in the parent
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "steps.h"
#include "tally.h"

extern pid_t _Fork(void);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile long forks, bad;
static volatile int stepping, in_child;
static volatile long steps, every;
static const char *how;
static int null;
static FILE *stream;

/* May stand in the middle of anything. */
__attribute__((noinline)) static void after_fork(void)
{
	close(-1);
}

__attribute__((noinline)) static pid_t forked_in_a_function(void)
{
	return is(how, "_Fork") ? _Fork() : fork();
}

static pid_t forked(void)
{
	return is(how, "syscall") ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : forked_in_a_function();
}

static int waited_for(pid_t child)
{
	int status = -1;
	pid_t got = is(how, "syscall") ? (pid_t)syscall(SYS_wait4, child, &status, 0, 0) : waitpid(child, &status, 0);
	return got == child && !status;
}

static void on_step(int number, siginfo_t *info, void *context)
{
	(void)number, (void)info;
	if (!stepping || ++steps % every)
		return;
	pid_t child = forked();
	if (child) {
		forks++;
		bad += !waited_for(child);
		return;
	}
	in_child = 1;
	if (forks % 2)
		after_fork();
#ifdef __x86_64__
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
#else
	(void)context;
#endif
}

__attribute__((noinline)) static void function(void)
{
}

static void child_ends(void)
{
	if (!(forks % 2))
		after_fork();
	_exit(0);
}

static void recorded(const char *what)
{
	char byte = 0;
	void *p = NULL;
	int fd = -1;
	step_on();
	if (is(what, "function")) {
		function();
	} else if (is(what, "heap")) {
		p = malloc(10);
		free(p);
	} else if (is(what, "realloc")) {
		p = realloc(NULL, 10);
		free(realloc(p, 1000));
	} else if (is(what, "lock")) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	} else if (is(what, "read")) {
		bad += write(null, &byte, 1) != 1;
		bad += read(null, &byte, 1) != 0;
	} else if (is(what, "open")) {
		fd = open("/dev/null", O_RDONLY);
		close(fd);
	} else if (is(what, "stdio")) {
		fwrite("line\n", 1, 5, stream);
		fflush(stream);
		fputc('c', stream);
	}
	step_off();
	if (in_child)
		child_ends();
}

static void *in_thread(void *unused)
{
	recorded("read");
	return unused;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	const char *what = word_at(argc, argv, 1, "heap");
	how = word_at(argc, argv, 2, "fork");
	every = number_at(argc, argv, 3, 1);
	null = open("/dev/null", O_RDWR);
	stream = fopen("/dev/null", "w");
	sigaction(SIGTRAP, &action, NULL);
	if (!is(what, "thread"))
		recorded(what);  /* once for what the first time needs */
	stepping = 1;
	if (is(what, "thread")) {
		pthread_t t;
		pthread_create(&t, NULL, in_thread, NULL);
		pthread_join(t, NULL);
	} else {
		recorded(what);
	}
	stepping = 0;
	tally("forks", forks);
	tally("bad", bad);
}
