/* mem.c - memcpy and friends: libc's are IFUNCs, and the compiler may emit calls to them. */
#include "sys.h"

#ifdef __clang__
#define PLAIN_LOOP __attribute__((no_builtin))
#else
#define PLAIN_LOOP __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

HP_HIDDEN void *memcpy(void *restrict to, const void *restrict from, size_t n);
HP_HIDDEN void *memmove(void *to, const void *from, size_t n);
HP_HIDDEN void *memset(void *to, int c, size_t n);
HP_HIDDEN int memcmp(const void *a, const void *b, size_t n);

PLAIN_LOOP void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;
	while (n--)
		*t++ = *f++;
	return to;
}

PLAIN_LOOP void *memmove(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;
	if (t <= f)
		return memcpy(to, from, n);
	while (n--)
		t[n] = f[n];
	return to;
}

PLAIN_LOOP void *memset(void *to, int c, size_t n)
{
	char *t = to;
	while (n--)
		*t++ = (char)c;
	return to;
}

PLAIN_LOOP int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

PLAIN_LOOP size_t hp_strlen(const char *s)
{
	size_t n = 0;
	while (s[n])
		n++;
	return n;
}

int hp_streq(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

int hp_starts(const char *s, const char *prefix)
{
	while (*prefix && *s == *prefix)
		s++, prefix++;
	return !*prefix;
}
