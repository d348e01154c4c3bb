/* flags: -fno-builtin */
/*
 * A signal handler at every single instruction of the recorder's hooks, or each STRIDE-th, one in each round:
 * signal_steps HOW [STRIDE], where it
 *   work     makes recorded calls of its own
 *   jump     leaves by siglongjmp
 * Where there is no recorder, or no way to go by single steps, nothing happens.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#include "tally.h"

static uintptr_t lo, hi;
static int null_fd, jumping;
static long handled, until, inner, writes, allocs;
static sigjmp_buf back;
static void *volatile kept;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#if defined(__x86_64__)
static uintptr_t pc_of(const ucontext_t *c) { return (uintptr_t)c->uc_mcontext.gregs[REG_RIP]; }
static void steps_end_in(ucontext_t *c) { c->uc_mcontext.gregs[REG_EFL] &= ~0x100; }
static void steps_begin(void) { __asm__ volatile("sub $128, %%rsp; pushfq; orq $0x100, (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc"); }
static void steps_end(void)   { __asm__ volatile("sub $128, %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc"); }
#else
static uintptr_t pc_of(const ucontext_t *c) { (void)c; return 0; }
static void steps_end_in(ucontext_t *c) { (void)c; }
static void steps_begin(void) { }
static void steps_end(void) { }
#endif

static void find_recorder(void)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		char rights[8];
		if (strstr(line, "libhp.so") && sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && rights[2] == 'x')
			lo = from, hi = to;
	}
	fclose(maps);
}

static void on_step(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)info;
	uintptr_t pc = pc_of(context);
	if (pc < lo || pc >= hi)
		return;
	handled++;
	if (until--)
		return;
	if (jumping)
		siglongjmp(back, 1);
	steps_end_in(context);
	inner++;
	void *volatile block = malloc(24);  /* no lock of libc's is held here */
	free(block);
	if (write(null_fd, "x", 1) != 1)
		_exit(9);
}

__attribute__((noinline)) static void operation(int which)
{
	if (which == 0)
		allocs++, kept = malloc(100);
	if (which == 1)
		close(-1);
	if (which == 2 && (writes++, write(null_fd, "abc", 3)) != 3)
		_exit(8);
	if (which == 3 && pthread_mutex_trylock(&mutex) == 0)
		pthread_mutex_unlock(&mutex);
	if (which == 4) {
		free(kept);
		kept = NULL;
	}
}

int main(int argc, char **argv)
{
	enum { OPERATIONS = 5, TURNS = 4 };
	struct sigaction action = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	const long stride = number_at(argc, argv, 2, 1);
	jumping = is(word_at(argc, argv, 1, "work"), "jump");
	find_recorder();
	null_fd = open("/dev/null", O_WRONLY);
	sigaction(SIGTRAP, &action, NULL);
	static volatile long rounds, jumps, n;
	static volatile int which;
	for (which = 0; which < OPERATIONS - jumping; which++) {  /* what is half freed must not be freed again */
		volatile int ended = 0;
		for (n = which; !ended; n += stride) {
			until = n;
			if (sigsetjmp(back, 1)) {
				steps_end();
				jumps++;
				continue;
			}
			for (int turn = 0; turn < TURNS; turn++) {  /* the first ones after a jump take thousands of steps */
				if (which == 4)
					allocs++, kept = malloc(10);
				if (turn == TURNS - 1)
					steps_begin();
				operation(which);
			}
			steps_end();
			rounds++;
			ended = until >= 0;
		}
	}
	for (int i = 0; i < 1000; i++)
		fsync(-1);
	tally("stepped", handled);
	tally("inner", inner);
	tally("jumps", jumps);
	tally("writes", writes + inner + 5);  /* and these lines */
	tally("allocs", allocs + inner);
}
