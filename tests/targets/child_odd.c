/* flags: -fno-builtin */
/*
 * Children that have broken interposers: child_odd HOW, one of
 *   clones     by each call that makes a process, with its parent's memory or a copy
 *   vfork      by vfork, and killed in the middle of what they do
 *   storm      while other threads work and hold locks; some execute a program
 *   atfork     with handlers of pthread_atfork that use what we hook
 *   renamed    that give themselves a name
 *   chroot     that see no file and have no rights any more
 *   filter     in a sandbox that allows what they do themselves, and kills for anything else
 *   sandbox    none: the process itself enters that sandbox
 *   daemon     that let go of their parent and of its directory
 */
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tally.h"

static void *volatile kept;

__attribute__((noinline)) static void in_child(int blocks)
{
	for (int i = 0; i < blocks; i++)
		kept = malloc(10);
}

__attribute__((noinline)) static void in_parent(int blocks)
{
	for (int i = 0; i < blocks; i++)
		kept = malloc(10);
}

static int status_of(pid_t pid)
{
	int status = -1;
	waitpid(pid, &status, __WALL);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- clones ---- */

static int copied(void *unused) { (void)unused; in_child(30); return 31; }
static int shares(void *unused) { (void)unused; in_child(30); close(-1); _exit(32); }

static pid_t clone3_raw(unsigned long long flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

static void clones(void)
{
	static _Alignas(16) char stack[1 << 16];
	char *top = stack + sizeof stack;
	pid_t pid = _Fork();
	if (!pid)
		_exit(copied(NULL));
	tally("_Fork", status_of(pid));
	tally("clone", status_of(clone(copied, top, SIGCHLD, NULL)));
	if (!(pid = clone3_raw(0)))
		_exit(copied(NULL));
	tally("clone3", status_of(pid));
	tally("CLONE_VFORK", status_of(clone(copied, top, CLONE_VFORK | SIGCHLD, NULL)));
	tally("CLONE_VM|CLONE_VFORK", status_of(clone(shares, top, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL)));
	tally("CLONE_VM", status_of(clone(shares, top, CLONE_VM | SIGCHLD, NULL)));
	tally("CLONE_FILES", status_of(clone(copied, top, CLONE_FILES | CLONE_FS | SIGCHLD, NULL)));
}

/* ---- vfork ---- */

static void vforks(void)
{
	int pipes[2];
	static int killed;
	if (pipe(pipes))
		_exit(99);
	for (int i = 0; i < 20; i++) {
		pid_t pid = vfork();
		if (!pid) {
			/* a timer is a process's own: this one kills the child alone */
			signal(SIGALRM, SIG_DFL);
			setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { 0, 1000 } }, NULL);
			for (;;) {
				close(-1);
				if (write(pipes[1], "", 0) || fcntl(-1, F_GETFD) != -1)
					_exit(1);
			}
		}
		killed += status_of(pid) == 1000 + SIGALRM;
	}
	tally("killed", killed);
}

/* ---- storm ---- */

static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER, held = PTHREAD_MUTEX_INITIALIZER;
static volatile int over;

static void *work(void *arg)
{
	while (!over) {
		pthread_mutex_lock(&busy);
		free(malloc(100));
		pthread_mutex_unlock(&busy);
		close(-1);
	}
	return arg;
}

static void *hold(void *ready)
{
	pthread_mutex_lock(&held);
	__atomic_store_n((int *)ready, 1, __ATOMIC_RELEASE);
	while (!over)
		usleep(1000);
	pthread_mutex_unlock(&held);
	return NULL;
}

static void storm(void)
{
	enum { THREADS = 8, CHILDREN = 40 };
	pthread_t threads[THREADS], holder;
	int ready = 0;
	long sum = 0;
	pthread_create(&holder, NULL, hold, &ready);
	while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE))
		usleep(100);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();
		if (!pid) {
			in_child(25);
			if (i % 10 == 9)
				execl("/bin/sh", "sh", "-c", "exit 1", (char *)NULL);
			_exit(pthread_mutex_trylock(&held) ? 1 : 2);
		}
		in_parent(5);
		sum += status_of(pid);
	}
	over = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_join(holder, NULL);
	tally("sum", sum);
}

/* ---- atfork ---- */

static int prepared, in_parents, in_children;
static void use_all(void) { free(malloc(50)); pthread_mutex_lock(&busy); close(-1); pthread_mutex_unlock(&busy); }
static void prepare(void)   { use_all(); prepared++; }
static void parents(void)   { use_all(); in_parents++; }
static void children(void)  { use_all(); in_child(10); in_children++; }

static void atfork(void)
{
	pthread_atfork(prepare, parents, children);
	pthread_atfork(prepare, parents, children);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();
		if (!pid)
			_exit(10 * prepared + in_children);
		tally("child", status_of(pid));
	}
	tally("parent", in_parents);
}

/* ---- where a file can't be opened any more ---- */

static int confine_by_chroot(void)
{
	return mkdir("empty", 0700) || chroot("empty") || chdir("/") || setgroups(0, NULL) || setgid(65534) || setuid(65534);
}

static int confine_by_filter(void)
{
	static const int allowed[] = { SYS_write, SYS_close, SYS_exit_group, SYS_brk, SYS_mmap, SYS_munmap };
	enum { ALLOWED = sizeof allowed / sizeof *allowed };
	struct sock_filter f[2 * ALLOWED + 2];
	int n = 0;
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (int i = 0; i < ALLOWED; i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i], 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	struct sock_fprog program = { (unsigned short)n, f };
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

static int confine_not(void) { return 0; }

static void confined(int (*confine)(void), int blocks)
{
	in_parent(100);
	pid_t pid = fork();
	if (!pid) {
		in_child(3);
		if (confine())
			_exit(2);
		in_child(blocks);
		_exit(0);
	}
	tally("status", status_of(pid));
	in_parent(100);
}

static void in_sandbox(int blocks)
{
	in_parent(100);
	if (confine_by_filter())
		_exit(2);
	in_child(blocks);
	tally("blocks", blocks);
	_exit(0);
}

/* ---- daemon ---- */

static void make_daemon(void)
{
	int pipes[2];
	char byte;
	if (pipe(pipes))
		_exit(99);
	pid_t pid = fork();
	if (!pid) {
		close(pipes[0]);
		if (daemon(0, 0))
			_exit(1);
		in_child(20000);
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		_exit(0);
	}
	close(pipes[1]);
	tally("status", status_of(pid));
	tally("end of the daemon", read(pipes[0], &byte, 1));
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "clones");
	int blocks = (int)number_at(argc, argv, 2, 20000);
	if (is(how, "clones"))
		clones();
	if (is(how, "vfork"))
		vforks();
	if (is(how, "storm"))
		storm();
	if (is(how, "atfork"))
		atfork();
	if (is(how, "renamed")) {
		pid_t pid = fork();
		if (!pid) {
			prctl(PR_SET_NAME, "renamed");
			in_child(10);
			_exit(0);
		}
		tally("status", status_of(pid));
		tally("pid", pid);
	}
	if (is(how, "chroot"))
		confined(confine_by_chroot, blocks);
	/* two children that take a piece of the dump each, then six that find the rest of its chunk used up at different places */
	for (int i = 0; i < 8 && is(how, "filter"); i++)
		confined(i < 2 ? confine_not : confine_by_filter, i < 2 ? 10 : blocks);
	if (is(how, "sandbox"))
		in_sandbox(blocks);
	if (is(how, "daemon"))
		make_daemon();
}
