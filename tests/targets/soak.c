/* flags: -fno-builtin -finstrument-functions */
/*
 * Sixteen threads that do all that is recorded, at random and for so long: soak SECONDS PAUSE_US FIRST OTHER [toggle].
 * Each rests for PAUSE_US after a burst of calls. FIRST and OTHER are plugin_first and plugin_other. What its forked children
 * do needs no lock that another thread may have held; many of them are killed at any time.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hp.h"
#include "tally.h"

enum { THREADS = 16, SLOTS = 512, BURST = 24, MUTEXES = 4 };
static _Atomic(char *) slots[SLOTS];  /* blocks, for whoever comes next to free */
static pthread_mutex_t mutexes[MUTEXES] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER };
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t all_begun, all_done;
static sem_t tickets;
static long queued, guarded[MUTEXES];
static atomic_int over;
static atomic_long allocated, forked, delivered, loaded, detached;
static int null_fd, pipe_fds[2], toggles;
static const char *self, *plugins[2];
static pthread_t workers[THREADS];
static useconds_t pause_us;
static __thread uint32_t seed;
static __thread sigjmp_buf back;
static __thread volatile sig_atomic_t may_jump;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

static struct timespec in_a_ms(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	t.tv_nsec += 1000000;
	if (t.tv_nsec >= 1000000000)
		t = (struct timespec){ t.tv_sec + 1, t.tv_nsec - 1000000000 };
	return t;
}

static void must(int good) { if (!good) _exit(124); }

/* ---- what threads do ---- */

static char *new_block(void)
{
	size_t n = 1 + dice(dice(8) ? 300 : 20000);
	void *aligned = NULL;
	switch (dice(5)) {
	case 0:  return calloc(3, n);
	case 1:  return realloc(malloc(n), 2 * n);
	case 2:  return aligned_alloc(64, (n + 63) / 64 * 64);
	case 3:  return posix_memalign(&aligned, 128, n) ? NULL : aligned;
	default: return malloc(n);
	}
}

static void use_heap(void)
{
	char *block = new_block();
	block[0] = 1;
	atomic_fetch_add(&allocated, 1);
	free(atomic_exchange(&slots[dice(SLOTS)], block));
}

static void use_pages(void)
{
	char *pages = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pages[5000] = 1;
	munmap(pages, 65536);
}

static void use_locks(void)
{
	uint32_t i = dice(MUTEXES);
	struct timespec t = in_a_ms(CLOCK_REALTIME);
	if (dice(4) ? !pthread_mutex_lock(&mutexes[i]) : dice(2) ? !pthread_mutex_trylock(&mutexes[i]) : !pthread_mutex_timedlock(&mutexes[i], &t)) {
		guarded[i]++;
		if (!dice(16))
			usleep(dice(50));
		pthread_mutex_unlock(&mutexes[i]);
	}
	if (dice(3))
		pthread_rwlock_rdlock(&rwlock);
	else
		pthread_rwlock_wrlock(&rwlock);
	pthread_rwlock_unlock(&rwlock);
	pthread_spin_lock(&spin);
	pthread_spin_unlock(&spin);
}

static void use_condition(void)
{
	struct timespec t = in_a_ms(CLOCK_REALTIME);
	pthread_mutex_lock(&queue_lock);
	if (dice(2)) {
		queued++;
		pthread_cond_signal(&queue_filled);
	} else if (queued || !pthread_cond_timedwait(&queue_filled, &queue_lock, &t)) {
		queued -= queued > 0;
	}
	pthread_mutex_unlock(&queue_lock);
}

static void use_semaphore(void)
{
	struct timespec t = in_a_ms(CLOCK_REALTIME);
	if (dice(2))
		sem_post(&tickets);
	else if (sem_trywait(&tickets))
		sem_timedwait(&tickets, &t);
}

static void use_files(void)
{
	char bytes[512] = "soak";
	int fd = open("soak.data", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;
	must(fd >= 0 && pwrite(fd, bytes, sizeof bytes, dice(4096)) > 0 && fstat(fd, &st) == 0 && stat("soak.data", &st) == 0);
	if (pread(fd, bytes, sizeof bytes, 0) < 0 || write(pipe_fds[1], bytes, 1 + dice(64)) < 0 || read(pipe_fds[0], bytes, 64) < 0)
		must(errno == EAGAIN || errno == EINTR);
	close(fd);
}

static void use_stdio(void)
{
	char name[32], line[64];
	snprintf(name, sizeof name, "soak.%d", (int)syscall(SYS_gettid) % 64);
	FILE *f = fopen(name, "w+e");
	must(f != NULL);
	fprintf(f, "%s %u\n", name, dice(1000));
	putc('x', f);
	rewind(f);
	if (fgets(line, sizeof line, f))
		getc(f);
	fclose(f);
	unlink(name);
}

static int deep(int n) { return n ? deep(n - 1) + 1 : write(null_fd, "", 1) > 0; }
static void use_calls(void) { deep((int)dice(dice(10) ? 12 : 200)); }

/* A handler may leave this by a jump. */
static void use_jumps(void)
{
	if (!sigsetjmp(back, 1)) {
		may_jump = 1;
		for (uint32_t i = dice(20); i-- > 0;)
			deep(3);
	}
	may_jump = 0;
}

static void use_library(void)
{
	static const char *const makers[] = { "first_make", "other_make" };
	uint32_t i = dice(2);
	void *plugin = dlopen(plugins[i], RTLD_NOW);
	must(plugin != NULL);
	char *(*make)(size_t) = (char *(*)(size_t))dlsym(plugin, makers[i]);
	free(atomic_exchange(&slots[dice(SLOTS)], make(100)));
	dlclose(plugin);
	atomic_fetch_add(&loaded, 1);
}

static void use_signal(void) { pthread_kill(workers[dice(THREADS)], SIGUSR1); }

static void use_switch(void)
{
	if (toggles && dice(2))
		hp_disable();
	else if (toggles)
		hp_enable();
	else
		hp_mark("soak");
}

static void burst(int of_child, uint32_t calls);

static void *short_thread(void *is_detached)
{
	seed = (uint32_t)syscall(SYS_gettid) * 2654435761u;
	burst(0, 4);
	if (is_detached)
		atomic_fetch_sub(&detached, 1);
	return NULL;
}

static void use_thread(void)
{
	pthread_t thread;
	int detach = dice(2) && atomic_load(&detached) < THREADS;
	if (detach)
		atomic_fetch_add(&detached, 1);
	must(pthread_create(&thread, NULL, short_thread, detach ? slots : NULL) == 0);
	if (detach)
		pthread_detach(thread);
	else
		pthread_join(thread, NULL);
}

/* ---- children ---- */

static void execute(void) { execl(self, self, "child", (char *)NULL); }

static pid_t new_child(uint32_t kind)
{
	extern char **environ;
	pid_t pid, parent = getpid();
	if (kind == 0)
		return posix_spawn(&pid, self, NULL, NULL, (char *[]){ (char *)self, "child", NULL }, environ) ? -1 : pid;
	if (kind == 1) {
		pid = vfork();
		if (!pid)
			execute(), _exit(123);
		return pid;
	}
	pid = fork();
	if (pid)
		return pid;
	burst(1, 4 + dice(kind == 2 ? 2000 : 40));
	if (kind == 3)
		execute();
	while (kind == 4 && getppid() == parent)
		burst(1, BURST);
	_exit(0);
}

static void use_child(void)
{
	uint32_t kind = dice(6);
	pid_t pid = new_child(kind);
	must(pid > 0);
	atomic_fetch_add(&forked, 1);
	if (kind == 4 || !dice(3)) {
		usleep(dice(5000));
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- all of it ---- */

static void burst(int of_child, uint32_t calls)
{
	static const struct { void (*use)(void); uint32_t share; int of_child; } families[] = {
		{ use_heap, 400, 1 }, { use_calls, 200, 1 }, { use_files, 80, 1 }, { use_stdio, 40, 1 }, { use_pages, 20, 1 },
		{ use_locks, 400, 0 }, { use_condition, 150, 0 }, { use_semaphore, 150, 0 }, { use_jumps, 60, 0 }, { use_signal, 40, 0 },
		{ use_library, 20, 0 }, { use_thread, 10, 0 }, { use_switch, 5, 0 }, { use_child, 1, 0 },
	};
	for (; calls > 0; calls--) {
		uint32_t at = dice(of_child ? 740 : 1576), i = 0;
		for (; at >= families[i].share; i++)
			at -= families[i].share;
		families[i].use();
	}
}

static void handle(int number)
{
	int error = errno;
	atomic_fetch_add(&delivered, 1);
	deep(2);
	sem_post(&tickets);
	errno = error;
	if (may_jump && number == SIGUSR1 && delivered % 4 == 0)
		siglongjmp(back, 1);
}

static void *work(void *index)
{
	seed = (uint32_t)(uintptr_t)index * 2654435761u + (uint32_t)getpid();
	pthread_barrier_wait(&all_begun);  /* nobody signals a thread that is not there yet ... */
	while (!over) {
		burst(0, BURST);
		if (pause_us)
			usleep(pause_us / 2 + dice(pause_us));
	}
	pthread_barrier_wait(&all_done);  /* ... or that has ended */
	return NULL;
}

static void begin(void)
{
	struct sigaction act = { .sa_handler = handle, .sa_flags = SA_RESTART };
	sigaction(SIGUSR1, &act, NULL);
	sigaction(SIGALRM, &act, NULL);
	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	pthread_barrier_init(&all_begun, NULL, THREADS + 1);
	pthread_barrier_init(&all_done, NULL, THREADS);
	sem_init(&tickets, 0, 0);
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	must(null_fd >= 0 && pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC) == 0);
}

int main(int argc, char **argv)
{
	self = "/proc/self/exe";
	begin();
	if (is(word_at(argc, argv, 1, ""), "child")) {
		burst(1, 50);
		return 0;
	}
	pause_us = (useconds_t)number_at(argc, argv, 2, 0);
	plugins[0] = word_at(argc, argv, 3, "");
	plugins[1] = word_at(argc, argv, 4, "");
	toggles = is(word_at(argc, argv, 5, ""), "toggle");
	for (long i = 0; i < THREADS; i++)
		must(pthread_create(&workers[i], NULL, work, (void *)i) == 0);
	pthread_barrier_wait(&all_begun);
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 20000 }, { 0, 20000 } }, NULL);
	for (struct timespec t = { number_at(argc, argv, 1, 1), 0 }; nanosleep(&t, &t) && errno == EINTR;)
		;
	over = 1;
	for (long i = 0; i < THREADS; i++)
		pthread_join(workers[i], NULL);
	while (atomic_load(&detached))
		usleep(1000);
	tally("allocated", allocated);
	tally("forked", forked);
	tally("delivered", delivered);
	tally("loaded", loaded);
}
