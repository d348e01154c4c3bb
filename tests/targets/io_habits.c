/*
 * Habits of I/O that cost more than they need to, each a known number of times: io_habits FILE. Its calls are told as one works
 * through a file byte by byte, and so on; each habit has a function of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tally.h"

enum { BYTES = 20000, JUMPS = 20000, OPENS = 120, LOOKUPS = 60, PROBES = 30, SYNCS = 25, PASSES = 2, SPINS = 200, PAGE = 4096, PAGES = 64 };

#define NOT_INLINED __attribute__((noinline))

static char page[PAGE];

static NOT_INLINED void put_bytes(int fd)
{
	for (int i = 0; i < BYTES; i++)
		if (write(fd, "x", 1) != 1)
			_exit(1);
}

static NOT_INLINED void jump(int fd)
{
	for (unsigned i = 0; i < JUMPS; i++)
		if (pread(fd, page, 512, (off_t)(i * 7919 % (PAGES * 8)) * 512) != 512)
			_exit(1);
}

static NOT_INLINED void reopen(const char *path)
{
	for (int i = 0; i < OPENS; i++)
		close(open(path, O_RDONLY));
}

static NOT_INLINED void look_up(const char *path)
{
	struct stat s;
	for (int i = 0; i < LOOKUPS; i++)
		stat(path, &s);
	for (int i = 0; i < PROBES; i++)
		access("no.such.file", R_OK);
}

static NOT_INLINED void sync_each(int fd)
{
	for (int i = 0; i < SYNCS; i++) {
		pwrite(fd, page, PAGE, (off_t)i * PAGE);
		fsync(fd);
	}
}

static NOT_INLINED void read_all(const char *path)
{
	for (int i = 0; i < PASSES; i++) {
		int fd = open(path, O_RDONLY);
		while (read(fd, page, PAGE) > 0)
			;
		close(fd);
	}
}

static NOT_INLINED long spin(void)
{
	int ends[2];
	long vain = 0;
	if (pipe2(ends, O_NONBLOCK))
		return 0;
	for (int i = 0; i < SPINS; i++)
		vain += read(ends[0], page, 1) < 0 && errno == EAGAIN;
	return vain;
}

int main(int argc, char **argv)
{
	const char *path = word_at(argc, argv, 1, "io_habits.data");
	int log = open("io_habits.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || log < 0 || ftruncate(fd, PAGES * PAGE))
		return 1;
	put_bytes(log);
	jump(fd);
	reopen(path);
	look_up(path);
	sync_each(fd);
	read_all(path);
	tally("would_block", spin());
	tally("bytes", BYTES);
	tally("jumps", JUMPS);
	tally("opens", OPENS + PASSES + 1);
	tally("lookups", LOOKUPS);
	tally("probes", PROBES);
	tally("syncs", SYNCS);
	tally("passes", PASSES);
}
