/* flags: -O0 -fno-builtin -Wno-deprecated-declarations */
/* Every function on paths and directories, with good and bad arguments (all_calls.h). */
#include "all_calls.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct stat st;
static struct stat64 st64;

static void shown(const char *what)
{
	printf("%s: size %ld mode %o; size %ld mode %o\n", what, (long)st.st_size, st.st_mode, (long)st64.st_size, st64.st_mode);
	memset(&st, 0, sizeof st);
	memset(&st64, 0, sizeof st64);
}

static void stats(int fd)
{
	R(stat("f", &st));
	R(stat64("f", &st64));
	shown("stat");
	R(lstat("l", &st));
	R(lstat64("l", &st64));
	shown("lstat");
	R(fstat(fd, &st));
	R(fstat64(fd, &st64));
	shown("fstat");
	R(fstatat(AT_FDCWD, "l", &st, AT_SYMLINK_NOFOLLOW));
	R(fstatat64(AT_FDCWD, "l", &st64, 0));
	shown("fstatat");
	R(__xstat(1, "f", &st));
	R(__xstat64(1, "f", &st64));
	shown("xstat");
	R(__lxstat(1, "l", &st));
	R(__lxstat64(1, "l", &st64));
	shown("lxstat");
	R(__fxstat(1, fd, &st));
	R(__fxstat64(1, fd, &st64));
	shown("fxstat");
	R(__fxstatat(1, AT_FDCWD, "f", &st, 0));
	R(__fxstatat64(1, AT_FDCWD, "f", &st64, 0));
	shown("fxstatat");
	struct statx x = { 0 };
	R(statx(AT_FDCWD, "f", 0, STATX_SIZE, &x));
	printf("statx: size %ld\n", (long)x.stx_size);
}

static void bad_stats(void)
{
	R(stat("missing", &st));
	R(stat(bad, &st));
	R(stat64(none, &st64));
	R(lstat("f", bad));
	R(lstat64("", &st64));
	R(fstat(BAD_FD, &st));
	R(fstat64(-1, &st64));
	R(fstatat(BAD_FD, "f", &st, 0));
	R(fstatat64(AT_FDCWD, bad, &st64, 0));
	R(fstatat(AT_FDCWD, bad, &st, 1));
	R(__xstat(77, "f", &st));
	R(__xstat64(1, bad, &st64));
	R(__lxstat(1, "missing", &st));
	R(__lxstat64(1, bad, &st64));
	R(__fxstat(1, BAD_FD, &st));
	R(__fxstat64(1, BAD_FD, &st64));
	R(__fxstatat(1, BAD_FD, "f", &st, 0));
	R(__fxstatat64(1, AT_FDCWD, bad, &st64, 0));
	R(statx(AT_FDCWD, bad, -1, STATX_SIZE, bad));
	R(statx(AT_FDCWD, "f", 0, STATX_SIZE, bad));
	R(access("f", R_OK));
	R(access("missing", F_OK));
	R(access(bad, F_OK));
	R(access("f", 1000));
	R(faccessat(AT_FDCWD, "f", W_OK, AT_EACCESS));
	R(faccessat(BAD_FD, "f", R_OK, 0));
	R(faccessat(AT_FDCWD, "f", R_OK, -1));
	R(faccessat(AT_FDCWD, bad, R_OK, 0));
}

static void names(void)
{
	char longest[5000];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	R(mkdir("d", 0700));
	R(mkdir("d", 0700));
	R(mkdirat(AT_FDCWD, "e", 0700));
	R(mkdirat(BAD_FD, "e", 0700));
	R(mkdir(bad, 0700));
	R(mkdir(longest, 0700));
	R(mkfifo("fifo", 0600));
	R(mkfifo("fifo", 0600));
	R(mkfifo("missing/fifo", 0600));
	R(mkfifo(bad, 0600));
	R(mkfifo(longest, 0600));
	R(mkfifoat(AT_FDCWD, "second", 0600));
	R(mkfifoat(BAD_FD, "second", 0600));
	R(mkfifoat(AT_FDCWD, bad, 0600));
	R(unlink("fifo"));
	R(unlink("second"));
	int d = open("d", O_RDONLY | O_DIRECTORY);
	R(fchdir(d));
	R(chdir(".."));
	R(chdir("missing"));
	R(chdir(bad));
	R(fchdir(BAD_FD));
	close(d);
	R(rename("f", "g"));
	R(renameat(AT_FDCWD, "g", AT_FDCWD, "f"));
	R(renameat2(AT_FDCWD, "f", AT_FDCWD, "g", 0));
	R(renameat2(AT_FDCWD, "g", AT_FDCWD, "d", 1));
	R(renameat2(AT_FDCWD, "g", AT_FDCWD, bad, -1));
	R(rename("missing", "g"));
	R(rename("g", bad));
	R(rename(bad, bad));
	R(renameat(BAD_FD, "g", AT_FDCWD, "f"));
	R(rename(longest, "g"));
	R(unlink("missing"));
	R(unlink(bad));
	R(unlinkat(AT_FDCWD, bad, -1));
	R(unlink("l"));
	R(unlinkat(AT_FDCWD, "g", 0));
	R(unlinkat(AT_FDCWD, "e", 0));
	R(unlinkat(AT_FDCWD, "e", AT_REMOVEDIR));
	R(rmdir("missing"));
	R(rmdir(bad));
}

static int entries(DIR *dir)
{
	int n = 0;
	while (readdir(dir))
		n++;
	return n;
}

static void directories(void)
{
	DIR *dir = P(opendir("d"));
	printf("fd %d, entries %d\n", dirfd(dir), entries(dir));
	errno = 5;
	P(readdir64(dir));
	printf("errno %d\n", errno);
	rewinddir(dir);
	P(readdir64(dir));
	R(closedir(dir));
	int fd = open("d", O_RDONLY | O_DIRECTORY);
	dir = P(fdopendir(fd));
	printf("fd %d, entries %d\n", dirfd(dir), entries(dir));
	R(closedir(dir));
	R(closedir(none));
	P(opendir("missing"));
	P(opendir(""));
	P(fdopendir(BAD_FD));
	P(fdopendir(1));
	R(rmdir("d"));
}

int main(void)
{
	enter_fresh_directory();
	int fd = open("f", O_CREAT | O_RDWR, 0640);
	if (write(fd, "four", 4) != 4 || symlink("f", "l"))
		return 98;
	stats(fd);
	bad_stats();
	names();
	directories();
	leave_directory();
	return 0;
}
