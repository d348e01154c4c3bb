/* libc_types.h - the prototypes of all hooked functions: libc's own headers, and what they do not declare. */
#ifndef HP_LIBC_TYPES_H
#define HP_LIBC_TYPES_H

#include "preload.h"
/* Headers promise the compiler that some arguments are not NULL; our callers have promised nothing. */
#include <sys/cdefs.h>
#undef __nonnull
#define __nonnull(arguments)
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <string.h>
#include <unistd.h>
#include "libc_io.h"

/* Gone from the headers with glibc 2.26, and still exported. */
void cfree(void *p);

#endif
