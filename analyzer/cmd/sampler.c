#include "cmd/sampler.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cmd/launch.h"
#include "dump/file.h"
#include "util/err.h"
#include "util/fmt.h"
#include "util/parse.h"

#define MS 1000000ull
enum {
	FIRST_MS = 10,          /* short programs are looked at more often: the time between grows by a quarter each time */
	FULL_MS = 1000,
	HALVE_AT = 1024,        /* samples at one time between, before it doubles */
	SHARE = 100,            /* full looks take no more than 1/SHARE of the time */
	SCAN_SHARE = 20,
	GROWN = 20,             /* by 1/GROWN */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- whom ---- */

/* A pid of another namespace means another process here. */
static int is_ours(const struct hp_header *h)
{
	struct stat st;

	return !h->pid_namespace || stat("/proc/self/ns/pid", &st) < 0 || h->pid_namespace == (uint64_t)st.st_ino;
}

int sampler_add(struct sampler *s, int fd)
{
	struct hp_header h;
	struct sampled *p;
	int begun = pread(fd, &h, sizeof h, 0) == sizeof h && memcmp(h.magic, HP_MAGIC, sizeof h.magic) == 0;

	if (!begun || h.version != HP_VERSION || !h.pid || !is_ours(&h) || !dump_file_held(fd)) {
		close(fd);
		return begun ? 0 : -1;
	}
	p = vec_add(&s->processes);
	p->to = (struct resident_writer){ .fd = fd, .pid = h.pid };
	fstat(fd, &p->dump);
	p->due_ns = now_ns();
	p->between_ns = s->between_ns < FIRST_MS * MS ? s->between_ns : FIRST_MS * MS;
	p->full_between_ns = FULL_MS * MS;
	return 0;
}

/* One that has no header yet is looked at again. */
static void add_file(struct sampler *s, int directory, const struct dirent *entry)
{
	struct stat st;
	int fd;

	if (!strstr(entry->d_name, ".hpd") || map64_get(&s->known, entry->d_ino) != MAP64_NONE)
		return;
	fd = openat(directory, entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		fd = -1;
	}
	if (fd < 0 || sampler_add(s, fd) == 0)
		map64_put(&s->known, entry->d_ino, 1);
}

void sampler_scan(struct sampler *s, const char *directory)
{
	uint64_t began = now_ns();
	DIR *d;

	if (!s->between_ns || began < s->scan_ns || !(d = opendir(directory)))
		return;
	for (const struct dirent *entry; (entry = readdir(d)); )
		add_file(s, dirfd(d), entry);
	closedir(d);
	s->scan_ns = now_ns() + (now_ns() - began) * SCAN_SHARE;
}

/* ---- looks ---- */

static void tell_limit(struct sampler *s, struct sampled *p, uint32_t rss)
{
	int over = s->max_rss && (uint64_t)rss * 1024 > s->max_rss;

	if (over && !p->over)
		err_warn("%s: process %u has %s in memory, more than %s", s->who, p->to.pid, fmt_bytes((uint64_t)rss * 1024).s, fmt_bytes(s->max_rss).s);
	p->over = over;
}

/* The next time; the times between get longer as the number of samples grows. */
static void plan(const struct sampler *s, struct sampled *p, uint64_t now)
{
	p->looks++;
	if (p->between_ns < s->between_ns) {
		p->between_ns += p->between_ns / 4;
	} else if (p->looks - p->halved_at >= HALVE_AT) {
		p->halved_at = p->looks - HALVE_AT / 2;
		p->between_ns *= 2;
		p->full_between_ns *= 2;
	}
	if (p->looks < HALVE_AT && p->between_ns > s->between_ns)
		p->between_ns = s->between_ns;
	p->due_ns = now + p->between_ns;
}

static int is_full_due(const struct sampled *p, const struct hp_r_resident *r, uint64_t now)
{
	if (now < p->full_due_ns && p->full_due_ns - now > p->full_between_ns)
		return 0;  /* the last one took long */
	return now >= p->full_due_ns || r->rss > p->full_rss + p->full_rss / GROWN;
}

static int look_fully(struct sampled *p, const struct hp_r_resident *r, struct resident_maps *maps)
{
	uint64_t began = now_ns(), took;
	int code = resident_maps((pid_t)p->to.pid, &p->dump, maps);

	took = now_ns() - began;
	p->full_rss = r->rss;
	p->full_due_ns = began + (took * SHARE > p->full_between_ns ? took * SHARE + p->full_between_ns : p->full_between_ns);
	return code;
}

/* 0; -1: it has ended. Another process may have its number by now: what counts is whether the dump was held afterwards. */
static int look_at(struct sampler *s, struct sampled *p, struct resident_maps *maps)
{
	struct hp_r_resident r;
	uint64_t now = now_ns();
	int full, code = resident_status((pid_t)p->to.pid, &r);

	full = code == 0 && is_full_due(p, &r, now) && look_fully(p, &r, maps) == 0;
	if (!dump_file_held(p->to.fd))
		return -1;
	plan(s, p, now);
	if (code < 0)
		return 0;  /* it is about to end, or not ours to look at */
	hp_put64(r.monotonic, now);
	tell_limit(s, p, r.rss);
	p->most = r.rss > p->most ? r.rss : p->most;
	s->samples += resident_put(&p->to, &r, full ? maps : NULL) == 0;
	return 0;
}

void sampler_look(struct sampler *s)
{
	struct resident_maps maps = { 0 };
	uint64_t now = now_ns();
	size_t left = 0;

	for (size_t i = 0; i < s->processes.n; i++) {
		struct sampled *p = &s->processes.v[i];

		if (p->due_ns > now || look_at(s, p, &maps) == 0)
			s->processes.v[left++] = *p;
		else
			close(p->to.fd);
	}
	s->processes.n = left;
	vec_free(&maps);
}

int sampler_wait(const struct sampler *s, int most)
{
	uint64_t now = now_ns(), next = UINT64_MAX, ms;

	if (!s->between_ns)
		return most;
	for (size_t i = 0; i < s->processes.n; i++)
		next = s->processes.v[i].due_ns < next ? s->processes.v[i].due_ns : next;
	if (next == UINT64_MAX)
		return most;
	ms = next > now ? (next - now + MS - 1) / MS : 0;
	return most >= 0 && ms > (uint64_t)most ? most : ms < INT32_MAX ? (int)ms : INT32_MAX;
}

/* ---- for commands ---- */

int sampler_parse(struct sampler *s, const char *text)
{
	uint64_t ms;

	if (strcmp(text, "off") == 0) {
		s->between_ns = 0;
		return 0;
	}
	if (parse_count(text, 3600 * 1000, &ms) == 0)
		s->between_ns = ms * MS;
	else if (parse_duration(text, &s->between_ns) < 0)
		return -1;
	return s->between_ns ? 0 : -1;
}

void sampler_attend(void *sampler, pid_t process, const char *directory)
{
	struct sampler *s = sampler;
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, process, 0), .events = POLLIN };  /* -1 before Linux 5.3 */

	while (s->between_ns && !launch_is_over(process)) {
		int most = s->between_ns < SAMPLER_MS * MS ? (int)(s->between_ns / MS) + 1 : SAMPLER_MS;

		sampler_scan(s, directory);
		sampler_look(s);
		poll(&ended, 1, sampler_wait(s, s->processes.n ? most : FIRST_MS));
	}
	if (ended.fd >= 0)
		close(ended.fd);
}

void sampler_free(struct sampler *s)
{
	for (size_t i = 0; i < s->processes.n; i++)
		close(s->processes.v[i].to.fd);
	vec_free(&s->processes);
	map64_free(&s->known);
}
