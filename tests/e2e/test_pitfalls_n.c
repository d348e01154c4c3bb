/* The analyzer on dumps that change under it, and on many at once. See docs/pitfalls.md. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

/* Overwrites words of the file, cuts it and lets it grow again, until it is killed. */
static pid_t changing(const char *path, const char *whole, size_t bytes, unsigned seed)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	int fd = open(path, O_WRONLY);
	srand(seed);
	for (;;) {
		size_t at = (size_t)rand() % bytes;
		uint32_t word = rand() % 2 ? (uint32_t)rand() : 0xffffffffu << rand() % 32;
		if (rand() % 100 == 0) {
			if (ftruncate(fd, (off_t)at))
				_exit(1);
		} else if (rand() % 20 == 0) {
			if (pwrite(fd, whole, bytes, 0) < 0)
				_exit(1);
		} else if (pwrite(fd, &word, sizeof word, (off_t)(at & ~3ul)) < 0) {
			_exit(1);
		}
	}
}

Test(pitfalls_n, n3_a_dump_that_somebody_overwrites_cuts_and_extends_while_it_is_read)
{
	static const char *const views[] = { "report", "info", "events", "tree" };
	struct run *r = run_recorded(ARGV(target("heap_calls"), "1500"));
	json_free(report(run_dump(r)));  /* which cuts its tail */
	size_t bytes;
	char *whole = file_text(run_dump(r), &bytes), *path = format("%s/changing.hpd", r->work);
	for (unsigned seed = 1; seed <= 8; seed++) {
		file_write(path, whole, bytes);
		pid_t changer = changing(path, whole, bytes, seed);
		struct run *read = run((struct run_how){.seconds = 30}, ARGV(analyzer(), views[seed % 4], path));
		kill(changer, SIGKILL);
		waitpid(changer, NULL, 0);
		cr_expect(read->status == 0 || read->status == 2 || read->status == 3, "%s, seed %u: status %d, signal %d: %s",
		          views[seed % 4], seed, read->status, read->signal, read->err);
		expect(read->peak_kib, <, 400000);
		run_free(read);
	}
	run_free(r);
}

static void few_descriptors(void)
{
	struct rlimit l;
	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_cur = 32;
	setrlimit(RLIMIT_NOFILE, &l);
}

Test(pitfalls_n, n11_more_dumps_of_one_run_than_there_may_be_open_files)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "--no-report", "-o", "dumps", "--",
		"sh", "-c", "i=0; while [ $i -lt 60 ]; do /bin/true; i=$((i+1)); done"));
	expect(r->status, ==, 0);
	struct run *read = run((struct run_how){.in_child = few_descriptors}, ARGV(analyzer(), "report", "--json", format("%s/dumps", r->work)));
	cr_assert_eq(read->status, 0, "%s", read->err);
	json *j = json_parse(read->out);
	expect(json_length(j, "processes"), >=, 61);
	json_free(j);
	run_free(read);
	run_free(r);
}
