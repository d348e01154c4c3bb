/*
 * file_name.c - the name of the dump, from HP_OUT.
 */
#include "state.h"
#include "sys.h"
#include <errno.h>

static size_t put_number(char *to, uint64_t n)
{
	char digits[24];
	size_t len = 0, i = 0;
	do
		digits[len++] = (char)('0' + n % 10);
	while (n /= 10);
	while (len)
		to[i++] = digits[--len];
	to[i] = 0;
	return i;
}

static void directive(char c, char *to, size_t size)
{
	to[0] = 0;
	switch (c) {
	case 'p': put_number(to, (uint64_t)hp_sys0(SYS_getpid)); break;
	case 't': put_number(to, hp_clocks_now().realtime / 1000000000u); break;
	case 'h': hp_sys_slurp("/proc/sys/kernel/hostname", to, size); break;
	case 'e': hp_sys_slurp("/proc/self/comm", to, size); break;
	case '%': to[0] = '%', to[1] = 0; break;
	}
	for (; *to; to++)
		if (*to == '/' || *to == '\n')
			*to = *to == '\n' ? 0 : '_';
}

int hp_file_name(char *to, size_t size, unsigned n)
{
	size_t at = 0;
	char word[80];
	for (const char *f = hp_config.out; *f; f++) {
		word[0] = *f, word[1] = 0;
		if (*f == '%' && f[1])
			directive(*++f, word, sizeof word);
		size_t len = hp_strlen(word);
		if (at + len + 12 > size)
			return -ENAMETOOLONG;
		memcpy(to + at, word, len);
		at += len;
	}
	to[at] = 0;
	if (n) {
		to[at] = '.';
		put_number(to + at + 1, n);
	}
	return 0;
}
