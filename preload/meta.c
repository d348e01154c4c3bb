/* meta.c - metadata records, see meta.h. */
#include "meta.h"
#include "event.h"
#include "image.h"
#include "sys.h"
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

enum { STRINGS_MAX = 16384, MODULE_PATH_MAX = 1000 };

uint32_t *hp_meta_open(struct hp_thread *t, unsigned kind, unsigned words)
{
	/* Not live: an interrupted hook goes on in the child of a fork by a handler, with what is its parent's. */
	int shared = t->live && hp_live->alive && !hp_live->forked;
	uint32_t *r = shared ? hp_shared_reserve(&hp_live->meta, HP_CHUNK_META, words * 4) : NULL;
	if (!r && hp_live->forked)
		return hp_open(t, hp_ticks(), kind, words);
	if (!r)
		r = (uint32_t *)t->scratch;
	*(volatile uint32_t *)r = hp_word(HP_R_OPEN, kind, words);
	HP_BARRIER();
	return r;
}

void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags)
{
	hp_modules_note(t, pc);
	uint32_t *r = hp_meta_open(t, HP_R_NODE, 4);
	r[1] = (uint32_t)pc;
	r[2] = id;
	r[3] = parent;
	hp_commit(r, hp_word(HP_R_NODE, flags, (unsigned)(pc >> 32 & 0xffff)));
}

void hp_meta_thread(struct hp_thread *t, uint64_t now)
{
	struct hp_r_thread *r = (void *)hp_meta_open(t, HP_R_THREAD, sizeof *r / 4);
	r->uid = t->uid, r->tid = t->tid, r->pid = t->pid;
	hp_put64(r->pthread, t->pthread);
	hp_put64(r->ticks, now);
	hp_put64(r->stack_lo, t->stack_lo);
	hp_put64(r->stack_hi, t->stack_hi);
	r->created_uid = 0;
	memset(r->name, 0, sizeof r->name);
	if (!hp_sandboxed)
		hp_sys2(SYS_prctl, PR_GET_NAME, r->name);
	r->reserved = 0;
	hp_commit(&r->w, hp_word(HP_R_THREAD, 0, 0));
}

void hp_meta_name(struct hp_thread *t, uint64_t pthread, const char *name)
{
	uint64_t now = hp_ticks();
	unsigned words = (sizeof(struct hp_r_name) + 16) / 4;
	struct hp_r_name *r = (void *)hp_open(t, now, HP_R_THREAD_NAME, words);
	r->t32 = (uint32_t)now;
	hp_put64(r->pthread, pthread);
	char *to = (char *)(r + 1);
	unsigned i = 0;
	for (; i < 15 && name[i]; i++)
		to[i] = name[i];
	for (; i < 16; i++)
		to[i] = 0;
	hp_commit(&r->w, hp_word(HP_R_THREAD_NAME, 0, words));
}

/* Appends a string with its NUL; what does not fit is cut. */
static size_t append(char *to, size_t at, const char *s)
{
	while (*s && at + 2 < STRINGS_MAX)
		to[at++] = *s++;
	to[at++] = 0;
	return at;
}

static size_t process_strings(char *to, uint32_t *argc)
{
	size_t at = 0;
	long n = hp_sys4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", to, HP_PATH_BYTES);
	to[n > 0 ? n : 0] = 0;
	at = append(to, 0, to);
	n = hp_sys2(SYS_getcwd, to + at, HP_PATH_BYTES);
	if (n <= 0)
		to[at] = 0;
	at += hp_strlen(to + at) + 1;
	char host[80];
	n = hp_sys_slurp("/proc/sys/kernel/hostname", host, sizeof host);
	if (n > 0 && host[n - 1] == '\n')
		host[n - 1] = 0;
	at = append(to, at, n > 0 ? host : "");
	n = hp_sys_slurp("/proc/self/cmdline", to + at, STRINGS_MAX - at);
	*argc = 0;
	for (long i = 0; i < n; i++)
		*argc += !to[at + (size_t)i];
	return at + (n > 0 ? (size_t)n : 0);
}

static void write_process(struct hp_thread *t, const char *strings, size_t bytes, uint32_t argc)
{
	unsigned words = (unsigned)(sizeof(struct hp_r_process) + bytes + 3) / 4;
	struct hp_r_process *r = (void *)hp_meta_open(t, HP_R_PROCESS, words);
	if ((char *)r == t->scratch)
		return;  /* no room in the dump, and the strings may be longer than the scratch area */
	struct hp_clocks c = hp_clocks_now();
	r->pid = hp_live->pid;
	r->ppid = hp_sandboxed ? hp_state.header->pid : (uint32_t)hp_sys0(SYS_getppid);
	r->flags = hp_live->forked ? HP_OWNER_FORKED : 0;
	r->parent_pid = hp_live->forked ? r->ppid : 0;
	r->parent_uid = 0;
	memcpy(r->clocks, &c, sizeof c);
	r->strings_bytes = (uint32_t)bytes;
	r->argc = argc;
	memcpy(r + 1, strings, bytes);
	hp_commit(&r->w, hp_word(HP_R_PROCESS, 0, words));
}

void hp_meta_option(struct hp_thread *t, const char *text, size_t n)
{
	unsigned words = (unsigned)(sizeof(struct hp_r_option) + n + 3) / 4;
	struct hp_r_option *r = (void *)hp_meta_open(t, HP_R_OPTION, words);
	r->text_bytes = (uint32_t)n;
	memcpy(r + 1, text, n);
	hp_commit(&r->w, hp_word(HP_R_OPTION, 0, words));
}

static void write_bad_options(struct hp_thread *t)
{
	const char *line = hp_config.bad;
	while (*line) {
		size_t n = 0;
		while (line[n] && line[n] != '\n')
			n++;
		hp_meta_option(t, line, n);
		line += n + (line[n] == '\n');
	}
}

static void write_filter(struct hp_thread *t)
{
	enum { FILTER_BYTES_MAX = 8192 };
	size_t n = hp_config.filter ? hp_strlen(hp_config.filter) : 0;
	if (!n && !hp_config.min_ns)
		return;
	if (n > FILTER_BYTES_MAX)
		n = FILTER_BYTES_MAX;
	unsigned words = (unsigned)(sizeof(struct hp_r_filter) + n + 3) / 4;
	struct hp_r_filter *r = (void *)hp_meta_open(t, HP_R_FILTER, words);
	if ((char *)r == t->scratch)
		return;
	hp_put64(r->min_ns, hp_config.min_ns);
	r->text_bytes = (uint32_t)n;
	memcpy(r + 1, hp_config.filter, n);
	hp_commit(&r->w, hp_word(HP_R_FILTER, 0, words));
}

void hp_meta_process(struct hp_thread *t)
{
	if (hp_live->forked) {
		write_process(t, "", 0, 0);  /* its strings are its parent's, and its piece is small */
		return;
	}
	char *strings = hp_sys_anonymous(STRINGS_MAX + HP_PATH_BYTES, 0);
	if (!strings)
		return;
	uint32_t argc;
	size_t bytes = process_strings(strings, &argc);
	write_process(t, strings, bytes, argc);
	hp_sys2(SYS_munmap, strings, STRINGS_MAX + HP_PATH_BYTES);
	write_bad_options(t);
	write_filter(t);
}

/* What dlopen was given may be relative to the current directory, which is the same still if the file is there. */
static size_t absolute_path(char *to, size_t size, const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	size_t n = hp_strlen(path);
	long cwd = hp_sys2(SYS_getcwd, to, size);  /* with its NUL */
	if (cwd <= 1 || to[0] != '/' || (size_t)cwd + n > size)
		return 0;
	to[cwd - 1] = '/';
	memcpy(to + cwd, path, n);
	return (size_t)cwd + n;
}

void hp_meta_module(struct hp_thread *t, uint64_t base, const struct hp_image *s, const char *path)
{
	static char absolute[MODULE_PATH_MAX];  /* one thread at a time notes modules */
	size_t path_bytes = hp_strlen(path), bytes;
	struct stat st;
	int have = !hp_sandboxed && path_bytes && !hp_sys4(SYS_newfstatat, AT_FDCWD, path, &st, 0);
	if (have && path[0] != '/' && (bytes = absolute_path(absolute, sizeof absolute, path))) {
		path = absolute;
		path_bytes = bytes;
	}
	if (path_bytes > MODULE_PATH_MAX)
		path_bytes = MODULE_PATH_MAX;
	unsigned words = (unsigned)(sizeof(struct hp_r_module) + s->id_bytes + path_bytes + 3) / 4;
	struct hp_r_module *r = (void *)hp_meta_open(t, HP_R_MODULE, words);
	r->pid = hp_live->pid;
	hp_put64(r->ticks, hp_ticks());
	hp_put64(r->base, base);
	hp_put64(r->lo, s->lo);
	hp_put64(r->hi, s->hi);
	hp_put64(r->dev, have ? st.st_dev : 0);
	hp_put64(r->ino, have ? st.st_ino : 0);
	r->build_id_bytes = s->id_bytes;
	r->path_bytes = (uint32_t)path_bytes;
	memcpy(r + 1, s->id, s->id_bytes);
	memcpy((char *)(r + 1) + s->id_bytes, path, path_bytes);
	hp_commit(&r->w, hp_word(HP_R_MODULE, 0, words));
}

void hp_meta_module_gone(struct hp_thread *t, uint64_t base)
{
	struct hp_r_module_gone *r = (void *)hp_meta_open(t, HP_R_MODULE_GONE, sizeof *r / 4);
	hp_put64(r->ticks, hp_ticks());
	hp_put64(r->base, base);
	hp_commit(&r->w, hp_word(HP_R_MODULE_GONE, 0, 0));
}

static void write_descriptor(struct hp_thread *t, const char *number)
{
	char link[64] = "/proc/self/fd/", path[512];
	unsigned fd = 0;
	memcpy(link + 14, number, hp_strlen(number) + 1);
	for (; *number >= '0' && *number <= '9'; number++)
		fd = fd * 10 + (unsigned)(*number - '0');
	long n = hp_sys4(SYS_readlinkat, AT_FDCWD, link, path, sizeof path);
	if (n <= 0)
		return;
	unsigned words = (unsigned)(sizeof(struct hp_r_fd) + (size_t)n + 3) / 4;
	struct hp_r_fd *r = (void *)hp_meta_open(t, HP_R_FD, words);
	r->fd = (int)fd;
	r->path_bytes = (uint32_t)n;
	memcpy(r + 1, path, (size_t)n);
	hp_commit(&r->w, hp_word(HP_R_FD, 0, words));
}

void hp_meta_descriptors(struct hp_thread *t)
{
	struct entry { uint64_t ino, off; unsigned short length; unsigned char type; char name[]; };
	_Alignas(8) char buf[1024];
	long dir = hp_sys4(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), n;
	if (dir < 0)
		return;
	while ((n = hp_sys3(SYS_getdents64, dir, buf, sizeof buf)) > 0) {
		for (long at = 0; at < n; at += ((struct entry *)(buf + at))->length) {
			const char *name = ((struct entry *)(buf + at))->name;
			unsigned fd = 0;
			for (const char *c = name; *c >= '0' && *c <= '9'; c++)
				fd = fd * 10 + (unsigned)(*c - '0');
			if (name[0] != '.' && fd != (unsigned)dir)
				write_descriptor(t, name);
		}
	}
	hp_sys1(SYS_close, dir);
}
