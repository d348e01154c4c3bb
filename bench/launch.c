/*
 * launch FILE COMMAND...: runs a command, and writes what it took: nanoseconds from start to end, nanoseconds of CPU time with
 * all that it waited for, peak of the resident memory in KiB of the largest process. A program of its own, because a process
 * begins with the peak of the one that it was made from, and that of an interpreter is larger than what is measured.
 */
#include <sys/resource.h>
#include <sys/wait.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double nanoseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e9 + (double)t.tv_usec * 1e3;
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	if (argc < 3)
		return 2;
	double start = now();
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 1;
	double took = now() - start;
	double cpu = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
	FILE *file = fopen(argv[1], "w");
	if (!file || fprintf(file, "%.0f %.0f %ld\n", took, cpu, used.ru_maxrss) < 0 || fclose(file))
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
