/*
 * threads.c - schedule.h with real threads, for builds by SAN=thread: the same tests, under ThreadSanitizer itself. The order
 * is the machine's, nothing is killed, and there are no handlers, which ThreadSanitizer would put off. What it sees is any
 * access that no atomic one orders, whether or not it did harm.
 */
#include "schedule.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNS = 8, TESTS_MAX = 32 };

static struct schedule how;
static struct { pthread_t id; void (*run)(unsigned); } threads[SCHEDULE_THREADS_MAX];
static unsigned thread_count;
static __thread unsigned current;
static __thread uint64_t random_state;
static pthread_barrier_t gate;

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "halt_on_error=1:exitcode=66";
}

/* hp_late stands in for every thread after its end: they all store there, and none relies on what it finds. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:^hp_late$\n";
}

void schedule_begin(struct schedule s)
{
	how = s;
	random_state = s.seed << 8;
}

void schedule_thread(void (*run)(unsigned), void (*handler)(unsigned))
{
	threads[thread_count++].run = run;
}

void schedule_local(void *at, size_t bytes) {}
void schedule_point(void) {}
void schedule_store(void *at, size_t bytes, int release) {}
void schedule_swap(void *at, size_t bytes, int release) {}
enum schedule_fault schedule_fault_now(void) { return SCHEDULE_SOUND; }
int schedule_handler_ended(unsigned within) { return 0; }
unsigned schedule_current(void) { return current; }

uintptr_t schedule_stack_top(void)
{
	return (uintptr_t)&threads[current] | (uintptr_t)1 << 46;  /* above any stack, and each thread's own */
}

uint32_t schedule_random(uint32_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((random_state >> 32) * n >> 32);
}

void schedule_fail(const char *text, ...)
{
	va_list args;
	fprintf(stderr, "SEED=%llu: ", (unsigned long long)how.seed);
	va_start(args, text);
	vfprintf(stderr, text, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

static void *start(void *number)
{
	current = (unsigned)(uintptr_t)number;
	random_state = (how.seed << 8) + current + 1;
	pthread_barrier_wait(&gate);
	threads[current].run(current);
	return NULL;
}

int schedule_run(void)
{
	pthread_barrier_init(&gate, NULL, thread_count);
	for (unsigned i = 0; i < thread_count; i++)
		if (pthread_create(&threads[i].id, NULL, start, (void *)(uintptr_t)i))
			schedule_fail("no thread");
	for (unsigned i = 0; i < thread_count; i++)
		pthread_join(threads[i].id, NULL);
	return 1;
}

/* Of the machine's faults this one has none. */
unsigned schedule_seeds(void (*run)(uint64_t, enum schedule_fault), enum schedule_fault fault, unsigned count)
{
	unsigned bad = 0;
	if (fault != SCHEDULE_SOUND)
		return 1;
	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		int status;
		fflush(NULL);
		pid_t pid = fork();
		if (pid == 0) {
			run(seed, fault);
			_exit(0);
		}
		bad += pid < 0 || waitpid(pid, &status, 0) != pid || status;
	}
	return bad;
}

/* ---- the tests ---- */

static struct { const char *name; void (*run)(void); } tests[TESTS_MAX];
static unsigned test_count, failed;

void plain_add(const char *name, void (*test)(void))
{
	tests[test_count].name = name;
	tests[test_count++].run = test;
}

void plain_expect(int as_expected, const char *what)
{
	if (as_expected)
		return;
	printf("not so: %s\n", what);
	failed++;
}

int main(void)
{
	for (unsigned i = 0; i < test_count; i++) {
		printf("%s\n", tests[i].name);
		tests[i].run();
	}
	return failed != 0;
}
