/* flags: -O0 -fno-builtin -Wno-deprecated-declarations -Wno-unused-result -Wno-nonnull */
/*
 * Cancels a thread at every call that is or may be a cancellation point, and prints what became of it. The cancellation
 *   cancel_points pending    is deferred, and there before the call
 *   cancel_points blocked    is deferred, and comes while the call waits
 *   cancel_points async      is asynchronous, and comes while the call waits
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../../preload/libc_io.h"
#include "tally.h"

static char bytes[100], *line;
static size_t line_size;
static struct iovec iov = { bytes, 1 };
static struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
static struct mmsghdr messages = { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } };
static struct flock lock = { .l_type = F_WRLCK };
static struct stat status;
static struct stat64 status64;
static struct epoll_event event;
static const struct timespec at_once, long_time = { 1000, 0 }, far_away = { 9000000000, 0 };
static const struct sockaddr_un name = { AF_UNIX, "socket" };
static sigset_t no_signals;
static va_list no_arguments;
static pthread_t sleeper;
static pthread_mutex_t spare = PTHREAD_MUTEX_INITIALIZER, mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static mtx_t mutex_too;
static cnd_t never_too;
static sem_t full, empty;
static int signal_number, silent, choked, silent_socket, choked_socket, listening, locked_file, epoll;

static int cleaned, destroyed;
static volatile int tid;
static pthread_key_t key;

static FILE *file(const char *mode) { return fopen("file", mode); }
static DIR *directory(void) { return opendir("."); }
static FILE *silent_file(void) { return fdopen(dup(silent), "r"); }
static FILE *choked_file(void)
{
	FILE *f = fdopen(dup(choked), "w");
	fputs("text", f);
	return f;
}

static void unlock(void *unused) { (void)unused; pthread_mutex_unlock(&mutex); mtx_unlock(&mutex_too); }
#define guarded(call) ({ \
	pthread_mutex_lock(&mutex), mtx_lock(&mutex_too); \
	pthread_cleanup_push(unlock, NULL); \
	(void)(call); \
	pthread_cleanup_pop(1); 0; })

#define CALL(name, code) static void call_##name(void) { (void)(code); }
#define WAIT(name, code) static void wait_##name(void) { (void)(code); }
#include "cancel_points.def"
#undef CALL
#undef WAIT

struct call { const char *name; void (*run)(void); };
static const struct call calls[] = {
#define CALL(name, code) { #name, call_##name },
#include "cancel_points.def"
#undef CALL
}, waits[] = {
#define WAIT(name, code) { #name, wait_##name },
#include "cancel_points.def"
};

static void cleanup(void *unused) { (void)unused; cleaned++; fsync(-1); }
static void destroy(void *unused) { (void)unused; destroyed++; free(malloc(100)); }

enum { PENDING, BLOCKED, ASYNCHRONOUS } how;

static void *in_thread(void *arg)
{
	pthread_setspecific(key, arg);
	pthread_cleanup_push(cleanup, NULL);
	if (how == PENDING)
		pthread_cancel(pthread_self());
	if (how == ASYNCHRONOUS)
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	__atomic_store_n(&tid, gettid(), __ATOMIC_RELEASE);
	((const struct call *)arg)->run();
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cleanup_pop(0);
	return NULL;
}

/* Or has ended, where it was to wait. */
static int sleeps(void)
{
	char path[64], text[200] = "";
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	const char *state = n > 0 ? strrchr(text, ')') : NULL;
	return fd < 0 || (state && state[2] == 'S');
}

static void cancel_at(const struct call *c)
{
	pthread_t thread;
	void *result = NULL;
	char text[100];
	tid = cleaned = destroyed = 0;
	pthread_create(&thread, NULL, in_thread, (void *)c);
	if (how != PENDING) {
		while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE) || !sleeps())
			usleep(50);
		pthread_cancel(thread);
	}
	pthread_join(thread, &result);
	int n = snprintf(text, sizeof text, "%s %s, cleaned %d, destroyed %d\n", c->name,
		result == PTHREAD_CANCELED ? "cancelled" : "returned", cleaned, destroyed);
	write(1, text, (size_t)n);
}

static void *sleep_long(void *arg)
{
	for (;;)
		sleep(1000);
	return arg;
}

static void prepare(void)
{
	int p[2], q[2], s[2];
	static char many[1 << 16];
	close(creat("file", 0600));
	mkfifo("fifo", 0600);
	pipe(p), pipe2(q, O_NONBLOCK), socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	silent = p[0], choked = q[1], silent_socket = s[0], choked_socket = s[1];
	while (write(choked, many, sizeof many) > 0)
		;
	fcntl(choked, F_SETFL, 0);
	while (send(choked_socket, many, sizeof many, MSG_DONTWAIT) > 0)
		;
	silent_socket = socket(AF_UNIX, SOCK_DGRAM, 0);
	epoll = epoll_create1(0);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(listening, (const void *)&name, sizeof name.sun_family), listen(listening, 1);
	int crowded = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(crowded, (const void *)&name, sizeof name), listen(crowded, 0);
	while (!connect(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), (const void *)&name, sizeof name))
		;
	locked_file = open("file", O_RDWR);
	fcntl(open("file", O_RDWR), F_OFD_SETLK, &lock);
	sigemptyset(&no_signals);
	sem_init(&full, 0, 1000), sem_init(&empty, 0, 0);
	mtx_init(&mutex_too, mtx_plain), cnd_init(&never_too);
	pthread_create(&sleeper, NULL, sleep_long, NULL);
	pthread_key_create(&key, destroy);
}

int main(int argc, char **argv)
{
	const char *word = word_at(argc, argv, 1, "pending");
	how = is(word, "pending") ? PENDING : is(word, "blocked") ? BLOCKED : ASYNCHRONOUS;
	prepare();
	for (size_t i = 0; how == PENDING && i < sizeof calls / sizeof *calls; i++)
		cancel_at(&calls[i]);
	if (how != PENDING && !fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	for (size_t i = 0; how != PENDING && i < sizeof waits / sizeof *waits; i++)
		cancel_at(&waits[i]);
	for (int i = 0; i < 100; i++)
		fdatasync(-1);
	_exit(0);  /* in stdio's buffers may be anything by now */
}
