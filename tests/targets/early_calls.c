/* flags: -shared -fPIC */
/* A library whose constructor is the first to call anything hooked: early_calls=dlopen, or a calloc inside of atexit. Status 3: wrong. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void nothing(void) {}

__attribute__((constructor)) static void early(void)
{
	const char *what = getenv("early_calls");
	if (what && !strcmp(what, "dlopen")) {
		void *self = dlopen(NULL, RTLD_NOW);
		if (!self || !dlsym(self, "dlopen"))
			_exit(3);
	} else if (what && !strcmp(what, "syscall")) {
		if (syscall(SYS_close, -1) != -1 || errno != EBADF)
			_exit(3);
	}
	for (int i = 0; what && !strcmp(what, "atexit") && i < 100; i++)
		if (atexit(nothing))
			_exit(3);
}
