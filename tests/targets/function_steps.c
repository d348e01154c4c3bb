/* flags: -fno-builtin -finstrument-functions -finstrument-functions-exclude-file-list=tally.h,steps.h */
/*
 * A signal handler that makes calls at each instruction, or each STRIDE-th, of the hooks of function calls, one in each round:
 * function_steps HOW AFTER [STRIDE], where it
 *   work   returns
 *   jump   leaves by siglongjmp, out of the functions that it came in
 *   hop    jumps within itself, over calls of its own
 * AFTER: `jump`, the steps are those of the first call after such a jump, which tells of the calls that are gone.
 */
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "steps.h"
#include "tally.h"

#define PLAIN __attribute__((no_instrument_function))

static const char *how, *after;
static volatile long until, rounds, handled, sink;
static sigjmp_buf back;
static jmp_buf before_calls;

__attribute__((noinline)) void innermost(void) { sink++; }
__attribute__((noinline)) void in_handler(void) { innermost(); }
__attribute__((noinline)) void inner(void) { sink++; }
__attribute__((noinline)) void behind(void) { sink++; }

__attribute__((noinline)) void jumps_in_handler(void)
{
	innermost();
	longjmp(before_calls, 1);
}

PLAIN static void calls_of_handler(void)
{
	handled++;
	in_handler();
	if (is(how, "hop") && !setjmp(before_calls))
		jumps_in_handler();
	in_handler();
}

PLAIN static void on_step(int number, siginfo_t *info, void *context)
{
	(void)number, (void)info;
	if (until--)
		return;
#ifdef __x86_64__
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
#else
	(void)context;
#endif
	calls_of_handler();
	if (is(how, "jump"))
		siglongjmp(back, 1);
}

__attribute__((noinline)) void jumps(int depth)
{
	if (depth)
		jumps(depth - 1);
	else
		siglongjmp(back, 1);
	sink++;
}

/* Is to end in each round, whatever happens inside of it. */
__attribute__((noinline)) void around(void)
{
	if (is(after, "jump") && !sigsetjmp(back, 1))
		jumps(2);
	if (!sigsetjmp(back, 1)) {
		step_on();
		inner();
		step_off();
	}
	behind();
}

PLAIN int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	how = word_at(argc, argv, 1, "work");
	after = word_at(argc, argv, 2, "");
	sigaction(SIGTRAP, &action, NULL);
	const long stride = number_at(argc, argv, 3, 1);
	calls_of_handler();
	rounds = 2;  /* for what the first time needs */
	until = -1, around();
	until = -1, around();
	for (long n = 0, ended = 0; !ended; rounds++, n += stride) {
		until = n;
		around();
		ended = until >= 0;
	}
	tally("rounds", rounds);
	tally("handled", handled);
}
