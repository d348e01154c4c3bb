#include "util/limits.h"

#include <sys/resource.h>

enum { SPARE_FILES = 100 };

void limits_allow_files(unsigned n)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) || l.rlim_cur >= (rlim_t)n + SPARE_FILES)
		return;
	l.rlim_cur = l.rlim_max < (rlim_t)n + SPARE_FILES ? l.rlim_max : (rlim_t)n + SPARE_FILES;
	setrlimit(RLIMIT_NOFILE, &l);
}
