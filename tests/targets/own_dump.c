/*
 * Does something to the dump that is made of it, then allocates: own_dump cut|delete|rename|remove-directory|shutdown [DIR].
 * Under `record --safe` the dump is a memory file, which the parent has open.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "tally.h"

static char maps[1 << 20], path[4096];

/* The path of the mapping; "": there is none. */
static void find_mapped(void)
{
	size_t have = 0;
	int fd = open("/proc/self/maps", O_RDONLY);
	for (ssize_t n; (n = read(fd, maps + have, sizeof maps - 1 - have)) > 0; )
		have += (size_t)n;
	close(fd);
	char *hit = strstr(maps, ".hpd");
	if (!hit)
		return;
	while (hit > maps && hit[-1] != '\n')
		hit--;
	hit = strchr(hit, '/');
	strncat(path, hit, strcspn(hit, "\n"));
}

static void find_in_parent(void)
{
	char directory[64], target[4096];
	snprintf(directory, sizeof directory, "/proc/%d/fd", (int)getppid());
	DIR *d = opendir(directory);
	for (struct dirent *e; d && (e = readdir(d)); ) {
		snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
		ssize_t n = readlink(path, target, sizeof target - 1);
		target[n > 0 ? n : 0] = 0;
		if (strstr(target, "memfd:hp.hpd"))
			break;
		path[0] = 0;
	}
	if (d)
		closedir(d);
}

static long act(const char *what, const char *directory)
{
	if (is(what, "cut")) {
		int fd = open(path, O_RDWR);
		int r = fd < 0 ? -1 : ftruncate(fd, 0);
		return r ? errno : 0;
	}
	if (is(what, "delete"))
		return unlink(path) ? errno : 0;
	if (is(what, "rename"))
		return rename(path, "renamed") ? errno : 0;
	if (is(what, "remove-directory"))
		return unlink(path) || rmdir(directory) ? errno : 0;
	if (is(what, "shutdown")) {  /* as after an I/O error: nothing is written any more */
		uint32_t without_log = 2;
		int fd = open(directory, O_RDONLY);
		return ioctl(fd, _IOR('X', 125, uint32_t), &without_log) ? errno : 0;
	}
	return -1;
}

static void *volatile kept;

int main(int argc, char **argv)
{
	const char *what = word_at(argc, argv, 1, "cut");
	long allocs = number_at(argc, argv, 3, 100000);
	for (int tries = 0; tries < 1000 && !path[0]; tries++) {  /* the parent takes it when it comes to it */
		maps[0] = 0;
		find_mapped();
		if (!strncmp(path, "/memfd:", 7)) {
			path[0] = 0;
			find_in_parent();
			if (!path[0])
				usleep(1000);
		} else if (!path[0]) {
			break;
		}
	}
	tally("found", path[0] != 0);
	tally("error", path[0] ? act(what, word_at(argc, argv, 2, ".")) : -1);
	for (long i = 0; i < allocs; i++) {
		kept = malloc(24);
		free(kept);
	}
	tally("allocs", allocs);
	return 3;
}
