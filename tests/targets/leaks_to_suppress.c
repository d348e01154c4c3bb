/*
 * Leaks that suppressions are made for: each function's are out of reach. `-fsanitize=leak` builds it for LeakSanitizer, which is
 * the judge (lsan_leaks.c). It tells suppressions of its own, as programs do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((used)) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:of_the_program\n# a comment\nleak:^nothing$\n"; }

static char *volatile sink;

#define LEAKS(name, size) \
	__attribute__((noinline, noclone)) static void name(int times) \
	{ \
		for (int i = 0; i < times; i++) \
			sink = malloc(size); \
		sink = NULL; \
	}
LEAKS(leak_first, 100)
LEAKS(leak_second, 20)
LEAKS(second_leak, 3000)
LEAKS(of_the_program, 7)
LEAKS(at_the_end_of_a_name, 40)

/* What is left of them in registers and on the stack is no way to reach them. */
__attribute__((noinline, noclone)) static void wipe(void)
{
	volatile char stack[4096];
	for (size_t i = 0; i < sizeof stack; i++)
		stack[i] = 0;
}

int main(void)
{
	leak_first(5);
	leak_second(7);
	second_leak(3);
	of_the_program(11);
	at_the_end_of_a_name(2);
	wipe();
	return 0;
}
