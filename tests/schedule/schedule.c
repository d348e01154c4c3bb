/* schedule.c - see schedule.h. */
#include "schedule.h"
#include "buffer.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { STACK_BYTES = 1 << 18, LOCAL_BYTES = 64, HANDLERS_DEEP = 2, POINTS_MAX = 50000000 };

struct thread {
	ucontext_t context;
	char *stack;
	void (*run)(unsigned), (*handler)(unsigned);
	unsigned deep;        /* handlers running */
	struct { uint64_t points, handled; } level[HANDLERS_DEEP + 1];  /* of the thread and of each; handled: when one ended */
	int ended;
	struct buffer buffer;
	unsigned char local[LOCAL_BYTES];
};

static struct schedule how;
static struct thread threads[SCHEDULE_THREADS_MAX];
static unsigned thread_count, current;
static int running;   /* a thread is, not the scheduler */
static ucontext_t outside;
static uint64_t random_state, points;
static char *local;
static size_t local_bytes;

void schedule_begin(struct schedule s)
{
	how = s;
	thread_count = 0;
	points = 0;
	random_state = s.seed * 0x9e3779b97f4a7c15ull;
}

void schedule_local(void *at, size_t bytes)
{
	local = at;
	local_bytes = bytes;
}

void schedule_thread(void (*run)(unsigned), void (*handler)(unsigned))
{
	struct thread *t = &threads[thread_count++];
	*t = (struct thread){ .run = run, .handler = handler };
	t->stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* splitmix64 */
uint32_t schedule_random(uint32_t n)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (uint32_t)(((z ^ z >> 31) & 0xffffffff) * n >> 32);
}

static int chance(unsigned one_in)
{
	return one_in && !schedule_random(one_in);
}

unsigned schedule_current(void)
{
	return current;
}

int schedule_handler_ended(unsigned within)
{
	int found = 0;
	for (unsigned i = 0; i < thread_count; i++)
		for (unsigned k = 0; k <= threads[i].deep; k++)
			found |= threads[i].level[k].handled && threads[i].level[k].points - threads[i].level[k].handled <= within;
	return found;
}

uintptr_t schedule_stack_top(void)
{
	return (uintptr_t)threads[current].stack + STACK_BYTES;
}

enum schedule_fault schedule_fault_now(void)
{
	return running ? how.fault : SCHEDULE_SOUND;
}

void schedule_fail(const char *text, ...)
{
	va_list args;
	fprintf(stderr, "SEED=%llu (point %llu): ", (unsigned long long)how.seed, (unsigned long long)points);
	va_start(args, text);
	vfprintf(stderr, text, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

/* Some of the stores that wait become visible. */
static void flush_some(struct thread *t, int is_running)
{
	unsigned most = schedule_random(t->buffer.count + 1);
	while (most-- > 0) {
		unsigned i = how.memory == SCHEDULE_WEAK ? schedule_random(t->buffer.count) : 0;
		if (buffer_may_flush(&t->buffer, i, how.memory != SCHEDULE_WEAK))
			buffer_flush(&t->buffer, i, is_running);
	}
}

static void flush_all(struct thread *t, int is_running)
{
	while (t->buffer.count)
		buffer_flush(&t->buffer, 0, is_running);
}

/* Leaves the current thread for `to`'s context; comes back when the thread is chosen again. */
static void leave(ucontext_t *to)
{
	struct thread *t = &threads[current];
	running = 0;
	memcpy(t->local, local, local_bytes);
	buffer_take_back(&t->buffer);
	swapcontext(&t->context, to);
	buffer_put_in(&t->buffer);
	memcpy(local, t->local, local_bytes);
	running = 1;
}

static void fiber(void)
{
	struct thread *t = &threads[current];
	memcpy(local, t->local, local_bytes);
	running = 1;
	t->run(current);
	flush_all(t, 1);
	t->ended = 1;
	leave(&outside);
}

int schedule_run(void)
{
	static unsigned alive[SCHEDULE_THREADS_MAX];
	for (unsigned i = 0; i < thread_count; i++) {
		struct thread *t = &threads[i];
		getcontext(&t->context);
		t->context.uc_stack.ss_sp = t->stack;
		t->context.uc_stack.ss_size = STACK_BYTES;
		makecontext(&t->context, fiber, 0);
	}
	for (;;) {
		unsigned n = 0;
		for (unsigned i = 0; i < thread_count; i++) {
			flush_some(&threads[i], 0);
			if (!threads[i].ended)
				alive[n++] = i;
		}
		int killed = how.kill_at && points >= how.kill_at;
		for (unsigned i = 0; killed && !how.unseen && i < thread_count; i++)
			flush_all(&threads[i], 0);
		if (!n || killed)
			return !n;
		current = alive[schedule_random(n)];
		swapcontext(&outside, &threads[current].context);
	}
}

void schedule_point(void)
{
	if (!running)
		return;
	struct thread *t = &threads[current];
	t->level[t->deep].points++;
	if (++points > POINTS_MAX)
		schedule_fail("comes to no end");
	if (t->handler && t->deep < HANDLERS_DEEP && chance(how.handler_in)) {
		t->level[++t->deep].points = 0;
		t->level[t->deep].handled = 0;
		t->handler(current);
		t->deep--;
		t->level[t->deep].handled = t->level[t->deep].points;
	}
	if (how.kill_at && points >= how.kill_at)
		leave(&outside);  /* for good */
	if (chance(how.switch_in))
		leave(&outside);
	else if (chance(4))
		flush_some(t, 1);
}

/* The thread's own memory needs no buffer, and its stack is also ours. */
static int is_private(const void *at)
{
	uintptr_t a = (uintptr_t)at;
	return a - (uintptr_t)threads[current].stack < STACK_BYTES || a - (uintptr_t)local < local_bytes;
}

void schedule_store(void *at, size_t bytes, int release)
{
	if (!running || how.memory == SCHEDULE_STRONG || is_private(at))
		return;
	buffer_add(&threads[current].buffer, at, bytes, release);
}

void schedule_swap(void *at, size_t bytes, int release)
{
	struct thread *t = &threads[current];
	if (!running)
		return;
	if (release || buffer_holds(&t->buffer, at, bytes))
		flush_all(t, 1);
}

/* ---- many runs ---- */

static int failed(void (*run)(uint64_t, enum schedule_fault), enum schedule_fault fault, uint64_t seed)
{
	int status;
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		if (fault != SCHEDULE_SOUND && !freopen("/dev/null", "w", stderr))
			_exit(2);
		how.seed = seed;
		run(seed, fault);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	if (WIFSIGNALED(status) && fault == SCHEDULE_SOUND)
		fprintf(stderr, "SEED=%llu: signal %d\n", (unsigned long long)seed, WTERMSIG(status));
	return status != 0;
}

unsigned schedule_seeds(void (*run)(uint64_t, enum schedule_fault), enum schedule_fault fault, unsigned count)
{
	const char *one = getenv("SEED"), *other_count = getenv("SEEDS");
	unsigned bad = 0;
	if (one)
		return (unsigned)failed(run, fault, strtoull(one, NULL, 10));
	if (other_count)
		count = (unsigned)strtoul(other_count, NULL, 10);
	for (uint64_t seed = 1; seed <= count && bad < (fault == SCHEDULE_SOUND ? 10 : 1); seed++)
		bad += (unsigned)failed(run, fault, seed);
	return bad;
}
