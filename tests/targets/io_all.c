/* flags: -O0 -fno-builtin -Wno-deprecated-declarations */
/* Every I/O function on files and descriptors, with good and bad arguments (all_calls.h). */
#include "all_calls.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

static char buf[100];
static struct iovec v[2] = { { buf, 3 }, { buf + 3, 4 } };

static void opens(void)
{
	int fd = R(open("f", O_CREAT | O_RDWR, 0640));
	struct stat st;
	fstat(fd, &st);
	printf("mode %o\n", st.st_mode);
	close(fd);
	close(R(open64("g", O_CREAT | O_RDWR | O_EXCL, 0600)));
	R(open64("g", O_CREAT | O_RDWR | O_EXCL, 0600));
	R(open("missing", O_RDONLY));
	R(open(bad, O_RDONLY));
	R(open(none, O_RDONLY));
	R(open(bad, O_RDONLY | O_TMPFILE, 0600));
	close(R(open(".", O_RDWR | O_TMPFILE, 0600)));
	close(R(openat(AT_FDCWD, "h", O_CREAT | O_WRONLY, 0604)));
	close(R(openat64(AT_FDCWD, "h", O_WRONLY | O_TRUNC)));
	R(openat(BAD_FD, "h", O_RDONLY));
	R(openat64(BAD_FD, bad, O_RDONLY));
	close(R(__open_2("f", O_RDONLY)));
	close(R(__open64_2("f", O_RDONLY)));
	close(R(__openat_2(AT_FDCWD, "f", O_RDONLY)));
	close(R(__openat64_2(AT_FDCWD, "f", O_RDONLY)));
	R(__open_2(bad, O_RDONLY));
	close(R(creat("f", 0640)));
	close(R(creat64("g", 0640)));
	R(creat("no/such", 0640));
	R(creat64(bad, 0640));
}

static void descriptors(void)
{
	int pair[2] = { -1, -1 };
	sigset_t set;
	sigemptyset(&set);
	int fd = R(open("f", O_RDWR));
	R(dup(fd));
	R(dup2(fd, 50));
	R(dup3(fd, 51, O_CLOEXEC));
	R(dup(BAD_FD));
	R(dup2(BAD_FD, 50));
	R(dup3(fd, fd, 0));
	R(fcntl(fd, F_DUPFD, 60));
	R(fcntl64(fd, F_DUPFD_CLOEXEC, 61));
	R(fcntl(61, F_GETFD));
	R(fcntl(fd, F_SETFL, O_APPEND));
	R(fcntl64(fd, F_GETFL));
	R(fcntl(BAD_FD, F_GETFL));
	R(fcntl(fd, F_SETLK, bad));
	R(pipe(pair));
	printf("pipe %d %d\n", pair[0], pair[1]);
	R(pipe2(pair, O_NONBLOCK));
	printf("pipe2 %d %d\n", pair[0], pair[1]);
	R(pipe(bad));
	R(pipe2(pair, -1));
	R(eventfd(3, EFD_NONBLOCK));
	R(eventfd(3, -1));
	R(memfd_create("m", 0));
	R(memfd_create(bad, 0));
	R(timerfd_create(CLOCK_MONOTONIC, 0));
	R(timerfd_create(-5, 0));
	R(signalfd(-1, &set, 0));
	R(signalfd(BAD_FD, &set, 0));
	R(epoll_create(1));
	R(epoll_create(-1));
	R(epoll_create1(EPOLL_CLOEXEC));
	R(epoll_create1(-1));
	R(close(50));
	R(close(50));
	R(close(-1));
	R(close_range(60, 60, 0));
	R(close_range(61, 60, 0));
	R(close_range(61, 61, CLOSE_RANGE_CLOEXEC));
	R(fcntl(60, F_GETFD));
	closefrom(3);
	R(fcntl(61, F_GETFD));
	R(dup(1));
	close(3);
}

static volatile int minus = -1;

static void reads_and_writes(void)
{
	int fd = open("f", O_RDWR | O_TRUNC);
	R(write(fd, "abcdefghij", 10));
	R(pwrite(fd, "XY", 2, 4));
	R(pwrite64(fd, "Z", 1, 6));
	R(writev(fd, v, 2));
	R(pwritev(fd, v, 2, 20));
	R(pwritev64(fd, v, 2, 30));
	R(pwritev2(fd, v, 2, 40, 0));
	R(pwritev64v2(fd, v, 2, 50, 0));
	lseek(fd, 0, SEEK_SET);
	R(read(fd, buf, 4));
	R(__read_chk(fd, buf + 4, 4, 50));
	R(pread(fd, buf + 8, 1, 0));
	R(pread64(fd, buf + 9, 1, 1));
	R(__pread_chk(fd, buf + 10, 1, 2, 1));
	R(__pread64_chk(fd, buf + 11, 1, 3, 1));
	printf("%s\n", buf);
	R(readv(fd, v, 2));
	R(preadv(fd, v, 2, 0));
	R(preadv64(fd, v, 2, 1));
	R(preadv2(fd, v, 2, 2, 0));
	R(preadv64v2(fd, v, 2, 3, 0));
	printf("%.7s\n", buf);
	R(read(fd, bad, 4));
	R(write(fd, bad, 4));
	R(pread(fd, bad, 4, 0));
	R(pwrite64(fd, bad, 4, 0));
	R(readv(fd, bad, 2));
	R(writev(fd, bad, 2));
	R(readv(fd, v, minus));
	R(preadv2(fd, v, 2, 0, 0x4000));
	R(pread(fd, buf, 1, -1));
	R(read(BAD_FD, buf, 1));
	R(write(BAD_FD, buf, 1));
	R(read(fd, buf, 0));
	R(pread(fd, buf, 1, 1 << 20));
	close(fd);
}

static void copies(void)
{
	int in = open("f", O_RDONLY), out = open("g", O_RDWR | O_TRUNC), p[2], q[2];
	off_t at = 2;
	if (pipe(p) || pipe(q))
		exit(98);
	R(sendfile(out, in, &at, 5));
	R(sendfile64(out, in, none, 5));
	printf("at %ld\n", (long)at);
	R(splice(in, none, p[1], none, 8, 0));
	R(tee(p[0], q[1], 8, 0));
	R(splice(p[0], none, out, none, 3, 0));
	R(copy_file_range(in, none, out, none, 2, 0));
	R(sendfile(out, BAD_FD, none, 5));
	R(sendfile64(out, in, bad, 5));
	R(splice(in, none, out, none, 8, 0));
	R(tee(in, out, 8, 0));
	R(copy_file_range(in, bad, out, none, 2, 0));
	R(copy_file_range(in, none, BAD_FD, none, 2, 0));
	R(fsync(out));
	R(fdatasync(out));
	R(sync_file_range(out, 0, 4, SYNC_FILE_RANGE_WRITE));
	R(fsync(BAD_FD));
	R(flock(out, LOCK_EX));
	R(flock(out, LOCK_UN));
	R(flock(BAD_FD, LOCK_EX));
	R(lockf(out, F_LOCK, 4));
	R(lockf64(out, F_ULOCK, 4));
	R(lockf(BAD_FD, F_TLOCK, 0));
	R(fdatasync(p[0]));
	R(sync_file_range(p[0], 0, 4, 0));
	void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, out, 0);
	R(msync(map, 4096, MS_SYNC));
	R(msync((void *)1, 4096, MS_SYNC));
	munmap(map, 4096);
	R(ftruncate(out, 10));
	R(ftruncate64(out, 20));
	R(ftruncate(in, 20));
	R(ftruncate64(BAD_FD, 20));
	R(flock(out, LOCK_EX | LOCK_NB));
	R(flock(out, LOCK_UN));
	R(flock(out, 99));
	R(flock(BAD_FD, LOCK_SH));
	R(lockf(out, F_LOCK, 1));
	R(lockf(out, F_TEST, 0));
	R(lockf64(out, F_ULOCK, 0));
	R(lockf64(out, F_TLOCK, 3));
	R(lockf(in, F_TLOCK, 1));
	R(lockf(out, 99, 0));
	R(lockf64(BAD_FD, F_LOCK, 0));
	R(fallocate(out, 0, 0, 100));
	R(fallocate64(out, 0, 0, 200));
	R(fallocate(in, 0, 0, 100));
	R(posix_fallocate(out, 0, 300));
	R(posix_fallocate64(out, 0, 400));
	R(posix_fallocate(BAD_FD, 0, 300));
	R(posix_fallocate64(p[0], 0, 300));
	R(truncate("g", 7));
	R(truncate64("g", 8));
	R(truncate("missing", 7));
	R(truncate64(bad, 8));
	closefrom(3);
}

int main(void)
{
	enter_fresh_directory();
	opens();
	descriptors();
	reads_and_writes();
	copies();
	unlink("f"), unlink("g"), unlink("h");
	leave_directory();
	return 0;
}
