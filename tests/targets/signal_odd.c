/* flags: -fno-builtin */
/*
 * Signals and stacks that have broken interposers: signal_odd HOW, one of
 *   state      prints all that a process can know of its signals, timers and the like
 *   safe       a handler makes every call that a handler may make, amid allocations and prints
 *   stacks     handlers on an alternate stack that changes stacks once more, and comes back in another order
 *   stop       works, and says "ready" once
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>

#include "tally.h"

static volatile sig_atomic_t handled;
static sem_t sem;

static void state(void)
{
	sigset_t mask, pending;
	stack_t alternate;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigpending(&pending);
	for (int s = 1; s < NSIG; s++) {
		struct sigaction a = { .sa_flags = 0 };
		int r = sigaction(s, NULL, &a);
		if (r || a.sa_handler != SIG_DFL || a.sa_flags || sigismember(&mask, s) || sigismember(&pending, s))
			printf("signal %d: %d, default %d, flags %x, blocked %d, pending %d\n", s, r, a.sa_handler == SIG_DFL,
			       (unsigned)a.sa_flags, sigismember(&mask, s), sigismember(&pending, s));
	}
	sigaltstack(NULL, &alternate);
	printf("alternate %d\n", alternate.ss_flags);
	for (int t = 0; t < 3; t++) {
		struct itimerval v;
		getitimer(t, &v);
		printf("timer %ld %ld\n", (long)v.it_value.tv_sec, (long)v.it_value.tv_usec);
	}
	printf("slack %d, dumpable %d, no new rights %d, seccomp %d, subreaper %d, priority %d, policy %d\n", prctl(PR_GET_TIMERSLACK),
	       prctl(PR_GET_DUMPABLE), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_SECCOMP), 0, getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
	for (int l = 0; l < RLIM_NLIMITS; l++) {
		struct rlimit v;
		getrlimit((__rlimit_resource_t)l, &v);
		printf("limit %d: %lx %lx\n", l, (unsigned long)v.rlim_cur, (unsigned long)v.rlim_max);
	}
	char name[16] = "", cwd[4096];
	prctl(PR_GET_NAME, name);
	printf("name %s, umask %o, in a directory %d, leader %d\n", name, umask(0), getcwd(cwd, sizeof cwd) != NULL, getpid() == getpgid(0));
	fflush(stdout);
	system("ls /proc/$PPID/task | wc -l");
}

static void safe(int signo)
{
	(void)signo;
	char byte;
	int p[2], s[2], fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct stat st;
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	fd_set set;
	FD_ZERO(&set);
	if (fd < 0 || pipe(p) || socketpair(AF_UNIX, SOCK_STREAM, 0, s))
		_exit(3);
	write(p[1], "xy", 2), read(p[0], &byte, 1), read(p[0], &byte, 1);
	send(s[0], "z", 1, 0), recv(s[1], &byte, 1, 0), shutdown(s[0], SHUT_RDWR);
	lseek(fd, 0, SEEK_SET), fcntl(fd, F_GETFL), fsync(fd), fdatasync(fd), fstat(fd, &st), stat("/dev/null", &st), lstat("/dev/null", &st);
	poll(&pfd, 1, 0), select(0, &set, NULL, NULL, &(struct timeval){ 0, 0 }), dup2(fd, p[0]), close(dup(fd));
	mkdir("safe.dir", 0700), rmdir("safe.dir"), rename("no", "no"), unlink("no"), chdir("."), ftruncate(fd, 0);
	sem_post(&sem), nanosleep(&(struct timespec){ 0, 1 }, NULL), waitpid(-1, NULL, WNOHANG), raise(0);
	if (handled % 20 == 0) {
		pid_t pid = fork();
		if (!pid) {
			if (handled % 40 == 0)
				execl("/no/such/program", "x", (char *)NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	close(p[0]), close(p[1]), close(s[0]), close(s[1]), close(fd);
	handled++;
}

static void start_timer(void (*handler)(int), long us, int flags)
{
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = handler, .sa_flags = SA_RESTART | flags }, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, us }, { 0, us } }, NULL);
}

static void stop_timer(void) { setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL); }

/* ---- stacks ---- */

static ucontext_t in_handler, elsewhere;
static long turns;

__attribute__((noinline)) static void on_third_stack(void)
{
	for (;;) {
		void *volatile block = malloc(30);
		free(block);
		turns++;
		swapcontext(&elsewhere, &in_handler);
	}
}

static void changes_stacks(int signo)
{
	(void)signo;
	close(-1);
	swapcontext(&in_handler, &elsewhere);
	close(-1);
	handled++;
}

static void stacks(void)
{
	static char alternate[1 << 16], third[1 << 16];
	sigaltstack(&(stack_t){ .ss_sp = alternate, .ss_size = sizeof alternate }, NULL);
	getcontext(&elsewhere);
	elsewhere.uc_stack.ss_sp = third;
	elsewhere.uc_stack.ss_size = sizeof third;
	makecontext(&elsewhere, on_third_stack, 0);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = changes_stacks, .sa_flags = SA_ONSTACK }, NULL);
	for (int i = 0; i < 300; i++) {
		raise(SIGUSR1);
		void *volatile block = malloc(20);
		free(block);
	}
	tally("turns", turns);
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "state");
	sem_init(&sem, 0, 0);
	if (is(how, "state"))
		state();
	if (is(how, "safe")) {
		FILE *f = fopen("/dev/null", "w");
		start_timer(safe, 300, 0);
		while (handled < 300) {
			void *volatile block = malloc(16 + (size_t)handled);
			fprintf(f, "%p\n", block);
			free(block);
		}
		stop_timer();
		int posts = 0;
		sem_getvalue(&sem, &posts);
		tally("posts are as many", posts == handled);
	}
	if (is(how, "stacks"))
		stacks();
	if (is(how, "stop")) {
		tally("ready", getpid());
		for (int i = 0; access("go", F_OK); i++) {
			void *volatile block = malloc(100);
			free(block);
		}
	}
	for (int i = 0; i < 1000; i++)
		fsync(-1);
	if (is(how, "safe"))
		_exit(handled < 300);
	tally("handled", handled);
}
