#include "cmd/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/keep_file.h"
#include "cmd/launch.h"
#include "dump/file.h"
#include "dump/trim.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/limits.h"
#include "util/text.h"

enum { BACKLOG = 4096, LOOK_MS = 100, PROCESSES = 1 << 20 };

static const char *temporary(void)
{
	const char *named = getenv("TMPDIR");

	return named && *named && strlen(named) < 60 ? named : "/tmp";
}

int keeper_open(struct keeper *k)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*k = (struct keeper){ .listener = -1, .place = xasprintf("%s/hp.XXXXXX", temporary()) };
	if (!mkdtemp(k->place)) {
		free(k->place);
		k->place = NULL;
		return -1;
	}
	k->path = xasprintf("%s/keeper", k->place);
	strncpy(address.sun_path, k->path, sizeof address.sun_path - 1);
	k->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k->listener < 0 || bind(k->listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(k->listener, BACKLOG) < 0) {
		keeper_close(k);
		return -1;
	}
	return 0;
}

/* ---- taking ---- */

/* The sender's open file holds a lock for as long as it is mapped anywhere; ours must be another one to see that. */
static int opened_anew(int fd)
{
	char *path = xasprintf("/proc/self/fd/%d", fd);
	int again = open(path, O_RDWR | O_CLOEXEC);

	free(path);
	close(fd);
	return again;
}

/* 0: nothing has come yet. */
static int take(struct keeper *k, int from)
{
	char name[4096];
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec text = { name, sizeof name - 1 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n = recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	const char *slash;
	int fd;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(int)))
		return 1;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	name[n] = '\0';
	slash = strrchr(name, '/');
	fd = opened_anew(fd);
	if (fd >= 0)
		vec_push(&k->dumps, (struct kept_dump){ .fd = fd, .name = xstrdup(slash ? slash + 1 : name) });
	return 1;
}

static void take_all(struct keeper *k)
{
	size_t left = 0;
	int from;

	while ((from = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		vec_push(&k->callers, from);
	for (size_t i = 0; i < k->callers.n; i++) {
		if (take(k, k->callers.v[i]))
			close(k->callers.v[i]);
		else
			k->callers.v[left++] = k->callers.v[i];
	}
	k->callers.n = left;
}

/* ---- writing ---- */

/* In the directory that the user wants; else a new one beside other temporary files, which is told at the end. */
static int write_file(struct keeper *k, const struct kept_dump *d)
{
	char *made;

	if (keep_file(d->fd, k->directory, d->name) == 0)
		return 0;
	if (!k->told)
		err_warn("record: a dump cannot be written to '%s': %s", text_shown(k->directory), strerror(errno));
	k->told = 1;
	made = k->elsewhere ? NULL : xasprintf("%s/hp.kept.XXXXXX", temporary());
	if (made && mkdtemp(made))
		k->elsewhere = made;
	else
		free(made);
	return k->elsewhere && keep_file(d->fd, k->elsewhere, d->name) == 0 ? 0 : -1;
}

static int has_ended(const struct kept_dump *d)
{
	return !dump_file_held(d->fd) && flock(d->fd, LOCK_EX | LOCK_NB) == 0;
}

/* Writes what has ended, and forgets it. `again`: also what could not be written before. */
static void collect(struct keeper *k, int again)
{
	size_t left = 0;

	for (size_t i = 0; i < k->dumps.n; i++) {
		struct kept_dump *d = &k->dumps.v[i];

		if ((!d->failed || again) && has_ended(d)) {
			d->failed = write_file(k, d) < 0;
			if (!d->failed) {
				close(d->fd);
				free(d->name);
				continue;
			}
			flock(d->fd, LOCK_UN);  /* the report takes what is locked for running */
		}
		k->dumps.v[left++] = *d;
	}
	k->dumps.n = left;
}

/* Dumps are sent before they begin: until they have, they are tried again. */
static void sample(struct keeper *k)
{
	for (size_t i = 0; k->sampler && k->sampler->between_ns && i < k->dumps.n; i++)
		if (!k->dumps.v[i].sampled)
			k->dumps.v[i].sampled = sampler_add(k->sampler, fcntl(k->dumps.v[i].fd, F_DUPFD_CLOEXEC, 3)) == 0;
	if (k->sampler)
		sampler_look(k->sampler);
}

void keeper_attend(void *keeper, pid_t process, const char *directory)
{
	struct keeper *k = keeper;
	struct pollfd on[2] = {
		{ .fd = k->listener, .events = POLLIN },
		{ .fd = (int)syscall(SYS_pidfd_open, process, 0), .events = POLLIN },  /* -1 before Linux 5.3: passed over */
	};

	k->directory = directory;
	limits_allow_files(PROCESSES);  /* one for each that runs */
	while (!launch_is_over(process)) {
		int wait = k->callers.n ? 1 : k->dumps.n || on[1].fd < 0 ? LOOK_MS : -1;

		poll(on, 2, k->sampler ? sampler_wait(k->sampler, wait) : wait);
		take_all(k);
		sample(k);
		collect(k, 0);
	}
	if (on[1].fd >= 0)
		close(on[1].fd);
}

size_t keeper_finish(struct keeper *k)
{
	size_t running;

	take_all(k);
	collect(k, 1);
	running = k->callers.n;
	for (size_t i = 0; i < k->dumps.n; i++)
		running += !k->dumps.v[i].failed;
	return running;
}

void keeper_list(const struct keeper *k, struct dumps *to)
{
	for (size_t i = 0; i < k->dumps.n; i++)
		vec_push(to, xasprintf("/proc/self/fd/%d", k->dumps.v[i].fd));
}

/* ---- the end ---- */

static void trim_all(const char *directory)
{
	struct dumps there = { 0 };

	dumps_in(&there, directory);
	for (size_t i = 0; i < there.n; i++)
		dump_trim(there.v[i], NULL, NULL);
	dumps_free(&there);
}

/* Nobody waits for us, nor for the ends of what we have inherited. */
static void detach(void)
{
	int nothing = open("/dev/null", O_RDWR);

	setsid();
	signal(SIGHUP, SIG_IGN);
	for (int fd = 0; nothing >= 0 && fd <= 2; fd++)
		dup2(nothing, fd);
}

int keeper_stay(struct keeper *k)
{
	int detached[2];
	pid_t pid;

	if (pipe2(detached, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid != 0)
		close(detached[1]);
	if (pid > 0)  /* until then, what kills our group kills it, too */
		while (read(detached[0], &(char){ 0 }, 1) < 0 && errno == EINTR)
			;
	close(detached[0]);
	if (pid < 0)
		return -1;
	if (pid > 0) {
		free(k->place);
		k->place = NULL;  /* the socket stays */
		return 0;
	}
	detach();
	close(detached[1]);
	do {
		poll(&(struct pollfd){ .fd = k->listener, .events = POLLIN }, 1, LOOK_MS);
	} while (keeper_finish(k));
	trim_all(k->directory);
	keeper_close(k);
	_exit(0);
}

void keeper_close(struct keeper *k)
{
	for (size_t i = 0; i < k->dumps.n; i++) {
		close(k->dumps.v[i].fd);
		free(k->dumps.v[i].name);
	}
	vec_free(&k->dumps);
	for (size_t i = 0; i < k->callers.n; i++)
		close(k->callers.v[i]);
	vec_free(&k->callers);
	if (k->listener >= 0)
		close(k->listener);
	if (k->place) {
		unlink(k->path);
		rmdir(k->place);
	}
	free(k->place);
	free(k->path);
	free(k->elsewhere);
}
