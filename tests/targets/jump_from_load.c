/* flags: -fno-builtin -ldl */
/*
 * A library's first call in the recorder is left by siglongjmp, at some instructions of it: jump_from_load LIBRARY [STRIDE]. Then the
 * library makes 100 blocks. Without a recorder, or a way to go by single steps, only that.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#include "tally.h"

static uintptr_t lo, hi;
static sigjmp_buf back;
static volatile long until;

#if defined(__x86_64__)
#define PC(c) ((uintptr_t)(c)->uc_mcontext.gregs[REG_RIP])
#define STEPS(operation) __asm__ volatile("sub $128, %%rsp; pushfq; " operation ", (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc")
#else
#define PC(c) ((void)(c), (uintptr_t)0)
#define STEPS(operation) (void)0
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
	uintptr_t pc = PC((ucontext_t *)context);
	if (pc >= lo && pc < hi && !until--)
		siglongjmp(back, 1);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	static long stride;
	stride = number_at(argc, argv, 2, 500);
	void *(*volatile make)(size_t) = NULL;
	static volatile long jumps;
	static volatile int whole;
	sigaction(SIGTRAP, &action, NULL);
	find_recorder();
	for (volatile long n = 100; !whole; n += stride) {
		void *library = dlopen(argv[1], RTLD_NOW);
		make = (void *(*)(size_t))dlsym(library, "plugin_make");
		until = n;
		if (sigsetjmp(back, 1)) {
			STEPS("andq $~0x100");
			jumps++;
			dlclose(library);
			continue;
		}
		STEPS("orq $0x100");
		free(make(10));
		STEPS("andq $~0x100");
		whole = 1;
	}
	for (int i = 0; i < 100; i++)
		free(make(10));
	tally("jumps", jumps);
}
