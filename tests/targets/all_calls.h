/*
 * all_calls.h - for targets that call every function once with good and bad arguments, and print what came back: plain and
 * preloaded outputs must be the same. No addresses, no times.
 */
#ifndef ALL_CALLS_H
#define ALL_CALLS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../preload/libc_io.h"

/* Result and errno of one call; the value is the result. */
#define R(call) ({ errno = 0; long r_ = (long)(call); int e_ = errno; printf("%s = %ld, errno %d\n", #call, r_, e_); r_; })
/* The same of a call whose result is a pointer: only whether it is NULL. */
#define P(call) ({ errno = 0; __auto_type p_ = (call); int e_ = errno; printf("%s %s, errno %d\n", #call, p_ ? "ok" : "NULL", e_); p_; })

enum { BAD_FD = 777 };
/* Not constants, so that the compiler does not know what it is passing. */
static void *volatile bad = (void *)8;
static void *volatile none = NULL;

static inline void enter_fresh_directory(void)
{
	char dir[] = "/tmp/hp-all-XXXXXX";
	if (!mkdtemp(dir) || chdir(dir))
		exit(99);
}

static inline void leave_directory(void)
{
	char dir[200];
	if (!getcwd(dir, sizeof dir) || chdir("/") || rmdir(dir))
		printf("directory is not empty\n");
}

#endif
