/*
 * libc_io.h - prototypes of I/O functions that libc exports and its headers do not declare (fortified names, names for
 * old binaries), or not in every version that hp is built with.
 */
#ifndef HP_LIBC_IO_H
#define HP_LIBC_IO_H

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>

/* function-like macros of some versions */
#undef getc
#undef putc
#undef fread_unlocked
#undef fwrite_unlocked

/* fortified */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
ssize_t __read_chk(int fd, void *buf, size_t n, size_t room);
ssize_t __pread_chk(int fd, void *buf, size_t n, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *buf, size_t n, off64_t at, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t n, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t room, int flags, __SOCKADDR_ARG from, socklen_t *length);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room);
size_t __fread_chk(void *buf, size_t room, size_t size, size_t n, FILE *fp);
size_t __fread_unlocked_chk(void *buf, size_t room, size_t size, size_t n, FILE *fp);
char *__fgets_chk(char *buf, size_t room, int n, FILE *fp);
char *__fgets_unlocked_chk(char *buf, size_t room, int n, FILE *fp);
int __printf_chk(int flag, const char *format, ...);
int __vprintf_chk(int flag, const char *format, va_list ap);
int __fprintf_chk(FILE *fp, int flag, const char *format, ...);
int __vfprintf_chk(FILE *fp, int flag, const char *format, va_list ap);
int __dprintf_chk(int fd, int flag, const char *format, ...);
int __vdprintf_chk(int fd, int flag, const char *format, va_list ap);

/* what headers' inline functions call, and names for binaries built against an older libc */
ssize_t __getdelim(char **line, size_t *size, int delimiter, FILE *fp);
int _IO_getc(FILE *fp);
int _IO_putc(int c, FILE *fp);
int __xstat(int version, const char *path, struct stat *st);
int __xstat64(int version, const char *path, struct stat64 *st);
int __lxstat(int version, const char *path, struct stat *st);
int __lxstat64(int version, const char *path, struct stat64 *st);
int __fxstat(int version, int fd, struct stat *st);
int __fxstat64(int version, int fd, struct stat64 *st);
int __fxstatat(int version, int dir, const char *path, struct stat *st, int flags);
int __fxstatat64(int version, int dir, const char *path, struct stat64 *st, int flags);

/* newer than some libcs */
int close_range(unsigned first, unsigned last, int flags);
void closefrom(int first);
int epoll_pwait2(int epoll, struct epoll_event *events, int n, const struct timespec *timeout, const sigset_t *mask);

#endif
