/* flags: -fno-inline -fno-optimize-sibling-calls */
/*
 * every_hook [EVENTS [KIND]]: so many events of every kind, or of one, each kind after a tenth of them to warm up. Prints a
 * line a kind: nanoseconds an event, hooked calls in an event, 1 if an event enters the kernel, name. Under callgrind it
 * dumps each kind's count of instructions under the kind's name: what scripts/ratchet reads.
 */
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <ucontext.h>
#include <valgrind/callgrind.h>
#include "hp.h"
#include "tally.h"

enum { MOST = 100000, DEEP = 20, TOP = 3, PLACES = 8 };
static long events = 20000;
static void *blocks[MOST], **block = blocks;
static int zero, null, pair[2];
static FILE *in, *out;
static char bytes[64];

/* ---- function calls: what a compiler puts into an instrumented function ---- */
void __cyg_profile_func_enter(void *fn, void *site);
void __cyg_profile_func_exit(void *fn, void *site);

static void instrumented(long depth)
{
	__cyg_profile_func_enter((void *)instrumented, __builtin_return_address(0));
	if (depth > 1)
		instrumented(depth - 1);
	__cyg_profile_func_exit((void *)instrumented, __builtin_return_address(0));
}

static void call(long n)
{
	for (; n > 0; n -= 10)
		instrumented(10);
}

/* ---- memory ---- */
static void give_back(long n) { while (n-- > 0) free(block[n]); }
static void get(long n) { while (n-- > 0) block[n] = malloc(24); }
static void get_zeroed(long n) { while (n-- > 0) block[n] = calloc(1, 24); }
static void enlarge(long n) { while (n-- > 0) block[n] = realloc(block[n], 40); }

static void get_aligned(long n)
{
	while (n-- > 0)
		if (posix_memalign(&block[n], 64, 64))
			exit(1);
}

static void map(long n)
{
	while (n-- > 0)
		munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
}

/* With so much more of the stack in use. */
static void at_depth(size_t room, void (*what)(long), long n)
{
	char *volatile p = __builtin_alloca(room);
	what(n);
	*p = 0;
}

/* Frames of a call path; the lowest bit of `path` says from which of two places each level calls the next. */
static void down(int depth, unsigned path, void (*what)(long), long n)
{
	if (depth == 0) {
		what(n);
	} else if (path & 1) {
		down(depth - 1, path >> 1, what, n);
		__asm__ volatile("# after an odd call");
	} else {
		down(depth - 1, path >> 1, what, n);
		__asm__ volatile("# after an even call");
	}
}

static void get_one(long i) { block[i] = malloc(24); }
static void get_deep(long n) { down(DEEP, 0, get, n); }

/* The paths repeat after eight, and differ by the frames that are made anew for each. */
static void get_from_changing_top(long n)
{
	for (unsigned i = 0; i < n; i++)
		down(TOP, i, get_one, i);
}

static void get_deep_from_changing_top(long n) { down(DEEP - TOP, 0, get_from_changing_top, n); }

static void get_from_changing_paths(long n)
{
	for (unsigned i = 0; i < n; i++)
		down(DEEP, (i & 7) * 0x249249, get_one, i);
}

/* At more stack pointers than a thread keeps shapes of stacks for. */
static void get_at_any_depth(long n)
{
	for (unsigned i = 0; i < n; i++)
		at_depth(i * 7919 % 4001 * 16 + 16, get_one, i);
}

static void get_deep_at_any_depth(long n) { down(DEEP - 1, 0, get_at_any_depth, n); }

/* On a stack that is not the thread's own, nothing is remembered. */
static ucontext_t thread_context, coroutine_context;
static long to_get;
static void coroutine(void) { down(DEEP, 0, get, to_get); }

static void get_in_coroutine(long n)
{
	static char stack[65536];
	to_get = n;
	getcontext(&coroutine_context);
	coroutine_context.uc_stack.ss_sp = stack, coroutine_context.uc_stack.ss_size = sizeof stack;
	coroutine_context.uc_link = &thread_context;
	makecontext(&coroutine_context, coroutine, 0);
	swapcontext(&thread_context, &coroutine_context);
}

/* ---- locks ---- */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, taken = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static sem_t sem;
static const struct timespec past = { -1, 0 };  /* given up without a system call */

static void lock(long n) { while (n-- > 0) pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex); }
static void try_taken(long n) { while (n-- > 0) pthread_mutex_trylock(&taken); }
static void wait_for_taken(long n) { while (n-- > 0) pthread_mutex_timedlock(&taken, &past); }
static void lock_to_read(long n) { while (n-- > 0) pthread_rwlock_rdlock(&rwlock), pthread_rwlock_unlock(&rwlock); }
static void lock_to_write(long n) { while (n-- > 0) pthread_rwlock_wrlock(&rwlock), pthread_rwlock_unlock(&rwlock); }
static void lock_spin(long n) { while (n-- > 0) pthread_spin_lock(&spin), pthread_spin_unlock(&spin); }
static void signal_cond(long n) { while (n-- > 0) pthread_cond_signal(&cond); }
static void wait_for_cond(long n) { while (n-- > 0) pthread_cond_timedwait(&cond, &taken, &past); }
static void post(long n) { while (n-- > 0) sem_post(&sem), sem_wait(&sem); }
static void pass_barrier(long n) { while (n-- > 0) pthread_barrier_wait(&barrier); }

/* ---- I/O and waits ---- */
static void read_zero(long n) { while (n-- > 0 && read(zero, bytes, sizeof bytes) > 0) ; }
static void write_null(long n) { while (n-- > 0 && write(null, bytes, sizeof bytes) > 0) ; }
static void open_null(long n) { while (n-- > 0) close(open("/dev/null", O_RDONLY)); }
static void stat_null(long n) { struct stat s; while (n-- > 0 && !stat("/dev/null", &s)) ; }
static void pass_message(long n) { while (n-- > 0 && send(pair[0], "x", 1, 0) == 1 && recv(pair[1], bytes, 1, 0) == 1) ; }
static void poll_nothing(long n) { while (n-- > 0 && !poll(NULL, 0, 0)) ; }
static void fwrite_null(long n) { while (n-- > 0 && fwrite(bytes, 8, 1, out)) ; }
static void fread_zero(long n) { while (n-- > 0 && fread(bytes, 8, 1, in)) ; }
static void print(long n) { while (n-- > 0 && fprintf(out, "%ld\n", n) > 0) ; }
static void put_characters(long n) { while (n-- > 0 && putc('x', out) == 'x') ; }
static void get_characters(long n) { while (n-- > 0 && getc(in) == 0) ; }

static void mark(long n) { while (n-- > 0) hp_mark("moment"); }

enum { USER, KERNEL };
static const struct {
	const char *name;
	int hooks, enters;  /* hooked calls in an event, and whether it enters the kernel without hp, too */
	void (*before)(long n), (*run)(long n), (*after)(long n);
} kinds[] = {
	{ "function call: entry and exit", 2, USER, NULL, call, NULL },
	{ "malloc", 1, USER, NULL, get, give_back },
	{ "calloc", 1, USER, NULL, get_zeroed, give_back },
	{ "realloc", 1, USER, get, enlarge, give_back },
	{ "posix_memalign", 1, USER, NULL, get_aligned, give_back },
	{ "free", 1, USER, get, give_back, NULL },
	{ "malloc, 20 frames, all as before", 1, USER, NULL, get_deep, give_back },
	{ "malloc, 20 frames, 3 made anew", 1, USER, NULL, get_deep_from_changing_top, give_back },
	{ "malloc, 20 frames, all made anew", 1, USER, NULL, get_from_changing_paths, give_back },
	{ "malloc, 20 frames, at new stack pointers", 1, USER, NULL, get_deep_at_any_depth, give_back },
	{ "malloc, 20 frames of a coroutine", 1, USER, NULL, get_in_coroutine, give_back },
	{ "mmap and munmap", 2, KERNEL, NULL, map, NULL },
	{ "mutex: lock and unlock", 2, USER, NULL, lock, NULL },
	{ "mutex: trylock of a taken one", 1, USER, NULL, try_taken, NULL },
	{ "mutex: waiting in vain", 1, USER, NULL, wait_for_taken, NULL },
	{ "rwlock: rdlock and unlock", 2, USER, NULL, lock_to_read, NULL },
	{ "rwlock: wrlock and unlock", 2, USER, NULL, lock_to_write, NULL },
	{ "spin lock: lock and unlock", 2, USER, NULL, lock_spin, NULL },
	{ "condition: signal", 1, USER, NULL, signal_cond, NULL },
	{ "condition: waiting in vain", 1, USER, NULL, wait_for_cond, NULL },
	{ "semaphore: post and wait", 2, USER, NULL, post, NULL },
	{ "barrier of one", 1, USER, NULL, pass_barrier, NULL },
	{ "read", 1, KERNEL, NULL, read_zero, NULL },
	{ "write", 1, KERNEL, NULL, write_null, NULL },
	{ "open and close", 2, KERNEL, NULL, open_null, NULL },
	{ "stat", 1, KERNEL, NULL, stat_null, NULL },
	{ "send and recv", 2, KERNEL, NULL, pass_message, NULL },
	{ "poll", 1, KERNEL, NULL, poll_nothing, NULL },
	{ "fwrite", 1, USER, NULL, fwrite_null, NULL },
	{ "fread", 1, USER, NULL, fread_zero, NULL },
	{ "fprintf", 1, USER, NULL, print, NULL },
	{ "putc", 1, USER, NULL, put_characters, NULL },
	{ "getc", 1, USER, NULL, get_characters, NULL },
	{ "hp_mark", 1, USER, NULL, mark, NULL },
};

/*
 * At several depths of the stack: it is chance where in the recorder's tables a stack has its place, and whether another
 * one has taken it; so that moves of the code by a few bytes make no difference.
 */
static void run_at_places(void (*run)(long n), long n)
{
	for (unsigned i = 0; i < PLACES; i++) {
		block = blocks + (size_t)(n * i);
		at_depth(i * 112 + 16, run, n);
	}
	block = blocks;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void once(unsigned k, long n)
{
	if (kinds[k].before)
		kinds[k].before(n);
	CALLGRIND_ZERO_STATS;
	double start = now();
	run_at_places(kinds[k].run, n / PLACES);
	double took = now() - start;
	CALLGRIND_DUMP_STATS_AT(kinds[k].name);
	if (kinds[k].after)
		kinds[k].after(n);
	if (n == events)
		printf("%.2f %d %d %s\n", took / (double)n, kinds[k].hooks, kinds[k].enters, kinds[k].name);
}

/* Not in the main thread: under valgrind that one's stack is not where the kernel says. */
static void *run_kinds(void *only)
{
	pthread_mutex_lock(&taken);
	for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		if (only && !is(only, kinds[k].name))
			continue;
		once(k, events / 10);
		once(k, events);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	events = number_at(argc, argv, 1, events);
	if (events < 10 * PLACES || events > MOST || events % (10 * PLACES))  /* each tenth and each place gets as many */
		return 2;
	mallopt(M_TRIM_THRESHOLD, INT_MAX);  /* what was freed stays: fresh pages cost more than hooks */
	zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	in = fdopen(dup(zero), "r"), out = fdopen(dup(null), "w");
	if (!in || !out || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	pthread_spin_init(&spin, 0);
	pthread_barrier_init(&barrier, NULL, 1);
	sem_init(&sem, 0, 0);
	return pthread_create(&thread, NULL, run_kinds, argc > 2 ? argv[2] : NULL) || pthread_join(thread, NULL);
}
