/* flags: -fno-builtin */
/*
 * Uses of locks and waits that have broken interposers: sync_odd HOW, one of
 *   clocks     waits until times of three clocks, whose struct timespec must stay as it is
 *   stdio      two threads print, under locks of libc's own
 *   unmapped   a mutex is unmapped in the moment in which it is given up
 *   shared     a mutex in shared memory, with a process that is not recorded
 *   errors     what fails answers with its result or in errno, as ever
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "tally.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sem_t sem;

static void expect_timeout(const char *what, int error, clockid_t clock, struct timespec until, struct timespec after)
{
	struct timespec now;
	clock_gettime(clock, &now);
	int late = now.tv_sec > until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec);
	int kept = until.tv_sec == after.tv_sec && until.tv_nsec == after.tv_nsec;
	tally(what, error == ETIMEDOUT && late && kept);
}

static struct timespec soon(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	t.tv_nsec += 5000000;
	if (t.tv_nsec >= 1000000000)
		t.tv_nsec -= 1000000000, t.tv_sec++;
	return t;
}

static void clocks(void)
{
	pthread_cond_t cond;
	pthread_condattr_t attr;
	sem_init(&sem, 0, 0);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&cond, &attr);
	pthread_mutex_lock(&mutex);
	struct timespec until = soon(CLOCK_MONOTONIC), t = until;
	expect_timeout("monotonic attribute", pthread_cond_timedwait(&cond, &mutex, &t), CLOCK_MONOTONIC, until, t);
	until = t = soon(CLOCK_REALTIME);
	expect_timeout("clockwait realtime", pthread_cond_clockwait(&cond, &mutex, CLOCK_REALTIME, &t), CLOCK_REALTIME, until, t);
	until = t = soon(CLOCK_MONOTONIC);
	expect_timeout("clockwait monotonic", pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &t), CLOCK_MONOTONIC, until, t);
	until = t = soon(CLOCK_MONOTONIC);
	expect_timeout("sem_clockwait", sem_clockwait(&sem, CLOCK_MONOTONIC, &t) ? errno : 0, CLOCK_MONOTONIC, until, t);
}

static void *print(void *name)
{
	FILE *f = fopen("/dev/null", "w");
	for (int i = 0; i < 2000; i++)
		fprintf(f, "%s %d\n", (char *)name, i), fflush(stdout);
	fclose(f);
	return NULL;
}

static void stdio(void)
{
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, print, "thread");
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	tally("printed", 4000);
}

struct mapped { pthread_mutex_t mutex; int holders; };

/* With unlock_unmaps in between, the page is gone when the real function returns. */
static void unmapped(void)
{
	for (int i = 0; i < 20; i++) {
		struct mapped *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		pthread_mutex_init(&m->mutex, NULL);
		if (i % 2) {
			pthread_mutex_lock(&m->mutex);
			pthread_mutex_unlock(&m->mutex);
		} else {
			pthread_mutex_destroy(&m->mutex);
		}
	}
	tally("rounds", 20);
}

static void count_up(struct mapped *m)
{
	for (int i = 0; i < 5000; i++) {
		pthread_mutex_lock(&m->mutex);
		m->holders++;
		pthread_mutex_unlock(&m->mutex);
	}
}

static struct mapped *attach(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, 4096))
		_exit(90);
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void start_other(const char *how)
{
	if (fork())
		return;
	unsetenv("LD_PRELOAD");
	execl("/proc/self/exe", "sync_odd", how, (char *)NULL);
}

static void shared(void)
{
	struct mapped *m = attach("shared.mutex");
	pthread_mutexattr_t attr;
	int status = -1;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&m->mutex, &attr);
	start_other("counts");
	count_up(m);
	wait(&status);
	tally("status", status);
	tally("counted", m->holders);
	start_other("dies");
	wait(NULL);
	tally("owner died", pthread_mutex_lock(&m->mutex));
	unlink("shared.mutex");
}

static void on_alarm(int signo) { (void)signo; }

static void errors(void)
{
	const struct timespec never = { 0, -1 }, past = { 1, 0 }, *volatile bad = &never;
	struct itimerval often = { { 0, 20000 }, { 0, 20000 } };
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm }, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	sem_init(&sem, 0, 0);
	errno = 0;
	tally("sem_wait", sem_wait(&sem)), tally("errno", errno);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	errno = 0;
	tally("sem_trywait", sem_trywait(&sem)), tally("errno", errno);
	tally("sem_timedwait", sem_timedwait(&sem, &past)), tally("errno", errno);
	tally("sem_timedwait", sem_timedwait(&sem, bad)), tally("errno", errno);
	errno = 77;
	pthread_mutex_lock(&mutex);
	tally("trylock", pthread_mutex_trylock(&mutex));
	tally("timedlock", pthread_mutex_timedlock(&mutex, &past));
	tally("timedlock", pthread_mutex_timedlock(&mutex, bad));
	pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
	pthread_rwlock_wrlock(&rw);
	tally("tryrdlock", pthread_rwlock_tryrdlock(&rw));
	tally("rdlock", pthread_rwlock_rdlock(&rw));
	tally("timedwrlock", pthread_rwlock_timedwrlock(&rw, &past));
	tally("join", pthread_join(pthread_self(), NULL));
	tally("errno is left alone", errno);
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "errors");
	if (is(how, "counts"))
		count_up(attach("shared.mutex"));
	if (is(how, "dies"))
		return pthread_mutex_lock(&attach("shared.mutex")->mutex);
	if (is(how, "clocks"))
		clocks();
	if (is(how, "stdio"))
		stdio();
	if (is(how, "unmapped"))
		unmapped();
	if (is(how, "shared"))
		shared();
	if (is(how, "errors"))
		errors();
}
