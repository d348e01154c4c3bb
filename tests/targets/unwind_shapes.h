/* unwind_shapes.h - call paths of many kinds, see unwind_steps.h. */
#ifndef UNWIND_SHAPES_H
#define UNWIND_SHAPES_H

#include <alloca.h>
#include <setjmp.h>
#include <stdarg.h>

#include "unwind_steps.h"

#define SHAPE static __attribute__((noinline, noclone, unused))

SHAPE int leaf(int n) { sink = n; return n + (int)sink; }
SHAPE int recorded(int n)
{
	step_off();
	close(-1);
	step_on();
	return leaf(n);
}
SHAPE int with_alloca(int n)
{
	volatile char *p = alloca((size_t)n * 16 + 1);
	p[n] = 1;
	return recorded(n) + p[n];
}
SHAPE int with_array(int n)
{
	volatile char a[n * 7 + 1];
	a[n] = 1;
	return with_alloca(n) + a[n];
}
SHAPE int realigned(int n)
{
	_Alignas(128) volatile char a[128];
	a[n & 127] = 1;
	return with_array(n) + a[n & 127];
}
SHAPE int realigned_with_alloca(int n)
{
	_Alignas(64) volatile char a[64];
	volatile char *p = alloca((size_t)n + 1);
	a[n & 63] = 1, p[n] = 2;
	return realigned(n) + p[n] + a[n & 63];
}
SHAPE int many_arguments(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
	recorded(a);
	return a + b + c + d + e + f + g + h + i;
}
SHAPE int tail_called(int n) { recorded(n); return with_alloca(n + 1); }
SHAPE int tail_calls(int n) { sink += n; return tail_called(n + 1); }
SHAPE int calls_many(int n)
{
	int a = many_arguments(n, 2, 3, 4, 5, 6, 7, 8, 9), b = many_arguments(a, a, a, n, n, n, a, a, 1);
	return a * b + many_arguments(1, a, b, a, b, a, b, a, b);
}
SHAPE int recursive(int n) { return n ? recursive(n - 1) + leaf(n) : recorded(n); }
SHAPE int variadic(int n, ...)
{
	va_list va;
	va_start(va, n);
	int sum = 0;
	while (n--)
		sum += va_arg(va, int);
	va_end(va);
	return sum + recorded(sum);
}
SHAPE int compare(const void *a, const void *b) { recorded(1); return *(const int *)a - *(const int *)b; }
SHAPE int through_libc(int n)
{
	int v[] = { 5, n, 9, 1 };
	char text[64];
	qsort(v, 4, sizeof *v, compare);
	return snprintf(text, sizeof text, "%d %s %.3f %p", v[0], "word", n / 3.0, (void *)v) + (int)strtol(text, NULL, 0);
}
SHAPE int jumps(int n)
{
	jmp_buf back;
	if (!setjmp(back)) {
		recorded(n);
		longjmp(back, 1);
	}
	return recorded(n);
}
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
SHAPE int hooked(int n)
{
	pthread_mutex_lock(&mutex);
	void *volatile p = malloc((size_t)n + 1);  /* the handler does not allocate */
	p = realloc(p, 100);
	free(p);
	pthread_mutex_unlock(&mutex);
	return recorded(n);
}

static void *all(void *turns)
{
	for (int i = 0; i < (int)(long)turns; i++) {
		step_on();
		sink += realigned_with_alloca(i) + with_array(3) + tail_calls(i) + calls_many(i) + recursive(5);
		sink += variadic(3, 1, 2, i) + jumps(i) + hooked(i) + through_libc(i);
		step_off();
	}
	return NULL;
}

#endif
