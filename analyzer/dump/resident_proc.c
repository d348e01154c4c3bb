/* resident_proc.c - a process's memory, as /proc tells it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resident.h"

/* glibc reserves this much for the arena of a thread, at a multiple of it, and makes use of its beginning. */
#define ARENA_BYTES 0x4000000ull

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
	return fopen(path, "re");
}

/* ---- sums ---- */

static const struct { const char *key; size_t at; } status_rows[] = {
	{ "VmRSS:", offsetof(struct hp_r_resident, rss) }, { "RssAnon:", offsetof(struct hp_r_resident, anonymous) },
	{ "RssFile:", offsetof(struct hp_r_resident, file) }, { "RssShmem:", offsetof(struct hp_r_resident, shared) },
	{ "VmSwap:", offsetof(struct hp_r_resident, swapped) }, { "VmHWM:", offsetof(struct hp_r_resident, peak) },
	{ "Threads:", offsetof(struct hp_r_resident, threads) },
};

static uint32_t kib(const char *text)
{
	unsigned long long value = strtoull(text, NULL, 10);

	return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

int resident_status(pid_t pid, struct hp_r_resident *r)
{
	FILE *f = open_proc(pid, "status");
	char line[512];

	*r = (struct hp_r_resident){ 0 };
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f))
		for (size_t i = 0; i < sizeof status_rows / sizeof *status_rows; i++)
			if (strncmp(line, status_rows[i].key, strlen(status_rows[i].key)) == 0)
				*(uint32_t *)((char *)r + status_rows[i].at) = kib(line + strlen(status_rows[i].key));
	fclose(f);
	return r->rss ? 0 : -1;  /* an ended one has no memory */
}

/* ---- mappings ---- */

struct area {
	uint64_t lo, hi, inode;
	uint32_t rss;
	enum hp_map_kind kind;
	int      readable, own;        /* own: of libhp.so */
};

static int begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static int is_library(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && begins(slash, "/libhp.so");
}

static enum hp_map_kind kind_of(const struct area *a, const char *path, const struct stat *dump)
{
	if (begins(path, "[heap]"))
		return HP_MAP_HEAP;
	if (begins(path, "[stack]"))
		return HP_MAP_STACK;
	if (begins(path, "[v") || begins(path, "[uprobes]"))
		return HP_MAP_KERNEL;
	if (a->own || (a->inode && a->inode == dump->st_ino && (strstr(path, ".hpd") || begins(path, "/memfd:"))))
		return HP_MAP_RECORDER;
	if (begins(path, "[anon_shmem") || begins(path, "/dev/shm/") || begins(path, "/memfd:") || begins(path, "/SYSV") || begins(path, "/dev/zero"))
		return HP_MAP_SHARED;
	return a->inode ? HP_MAP_FILE : HP_MAP_ANONYMOUS;
}

/* A mapping's first line. */
static int read_area(const char *line, const struct stat *dump, const struct area *before, struct area *a)
{
	unsigned long long lo, hi, inode;
	char rights[5];
	int path = 0;

	if (sscanf(line, "%llx-%llx %4s %*x %*s %llu %n", &lo, &hi, rights, &inode, &path) < 4 || !path)
		return 0;
	*a = (struct area){ .lo = lo, .hi = hi, .inode = inode, .readable = rights[0] == 'r' };
	/* What libhp.so has not in its file lies right behind it. */
	a->own = is_library(line + path) || (before->own && before->hi == lo && !inode && line[path] == '\0');
	a->kind = kind_of(a, line + path, dump);
	return 1;
}

/* Of its beginning, what is behind it tells. */
static int has_arena_shape(const struct area *a, const struct area *behind)
{
	uint64_t end = a->lo + ARENA_BYTES;

	return a->kind == HP_MAP_ANONYMOUS && a->lo % ARENA_BYTES == 0 &&
	       (a->hi == end || (behind->lo == a->hi && behind->hi == end && !behind->readable));
}

static void add_row(struct resident_maps *to, enum hp_map_kind kind, uint64_t lo, uint64_t hi, uint32_t rss)
{
	struct hp_resident_map *m = vec_add(to);

	hp_put64(m->lo, lo);
	hp_put64(m->hi, hi);
	m->rss = rss;
	m->kind = kind;
}

static void add_area(struct resident_maps *to, const struct area *a, uint32_t *sums)
{
	if (!a->rss)
		return;
	if (a->kind <= HP_MAP_STACK)
		add_row(to, a->kind, a->lo, a->hi, a->rss);
	else
		sums[a->kind] += a->rss;
}

static int by_rss(const void *a, const void *b)
{
	const struct hp_resident_map *x = a, *y = b;

	return x->rss < y->rss ? 1 : -(x->rss > y->rss);
}

static void add_sums(struct resident_maps *to, uint32_t *sums)
{
	if (to->n > RESIDENT_MAPS) {
		vec_sort(to, by_rss);
		while (to->n > RESIDENT_MAPS)
			sums[HP_MAP_ANONYMOUS] += to->v[--to->n].rss;
	}
	for (unsigned kind = 0; kind < HP_MAP_KINDS; kind++)
		if (sums[kind])
			add_row(to, kind, 0, 0, sums[kind]);
}

int resident_maps(pid_t pid, const struct stat *dump, struct resident_maps *to)
{
	FILE *f = open_proc(pid, "smaps");
	struct area a = { 0 }, next;
	uint32_t sums[HP_MAP_KINDS] = { 0 };
	char line[8192];

	to->n = 0;
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (begins(line, "Rss:")) {
			a.rss = kib(line + 4);
		} else if (begins(line, "VmFlags:")) {
			if (strstr(line, " wf"))  /* memory that a forked child finds wiped */
				a.kind = HP_MAP_RECORDER;
		} else if (read_area(line, dump, &a, &next)) {
			if (has_arena_shape(&a, &next))
				a.kind = HP_MAP_ARENA;
			add_area(to, &a, sums);
			a = next;
		}
	}
	add_area(to, &a, sums);
	fclose(f);
	add_sums(to, sums);
	return to->n ? 0 : -1;
}
