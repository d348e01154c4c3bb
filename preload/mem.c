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

typedef uint64_t __attribute__((may_alias)) word;

/* Eight bytes at a time, aligned: no page is touched that the string does not reach. A line of fgets is often long. */
__attribute__((no_sanitize("address"))) size_t hp_strlen(const char *s)
{
	const char *end = s;
	for (; (uintptr_t)end % sizeof(word); end++)
		if (!*end)
			return (size_t)(end - s);
	const word *w = (const void *)end;
	while (!((*w - 0x0101010101010101) & ~*w & 0x8080808080808080))
		w++;
	for (end = (const void *)w; *end; end++)
		;
	return (size_t)(end - s);
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
