/*
 * run.h - runs programs for the end-to-end tests, plain or under libhp.so, and finds what they left behind.
 *
 * Every run has a directory of its own, of which `work` is the program's start directory and `dumps` is where HP_OUT
 * points, if it runs under hp. run_free() removes it; a test that fails leaves it for a look. Whatever cannot be done fails the test.
 * The program's environment is the test's, without anything of hp's and without a place for caches, plus `env`.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>

struct run_how {
	bool preload;                /* under libhp.so */
	bool default_out;            /* leave HP_OUT unset: the dump goes to the start directory */
	bool kill_when_blocked;      /* SIGKILL once it has printed "ready" and all its threads sleep */
	long kill_after_us;          /* SIGKILL that long after its start; 0: never */
	unsigned seconds;            /* a run that takes longer is killed and fails the test; 0: 120 */
	const char *const *env;      /* "NAME=value", ended by NULL */
	const char *input;           /* its standard input; NULL: /dev/null */
	const char *preload_before, *preload_after;  /* further libraries, around libhp.so */
	const char *cwd;             /* start directory; NULL: `work` of a new directory */
	void (*in_child)(void);      /* called before exec: limits, user, descriptors */
};

struct run {
	int status;                  /* exit status, -1 after a signal */
	int signal;                  /* the signal that ended it, or 0 */
	char *out, *err;             /* what it printed, each with a NUL */
	size_t out_bytes, err_bytes;
	long peak_kib;               /* the most memory that it had resident */
	char *top, *work, *dumps;    /* directories */
	char **dump;                 /* paths of the dumps, by name, ended by NULL */
	size_t dump_count;
};

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ENV(...)  ((const char *const[]){__VA_ARGS__, NULL})

struct run *run(struct run_how how, const char *const *argv);
/* Run under libhp.so, to exit status 0 with exactly one dump. */
struct run *run_recorded(const char *const *argv);
void run_free(struct run *r);

/* The one dump of a run; the one of the program of that name. */
const char *run_dump(const struct run *r);
const char *run_dump_of(const struct run *r, const char *program);
/* The value of the line "KEY VALUE" that a target printed: its own count of what it did. */
long long run_tally(const struct run *r, const char *key);

/*
 * build/NAME, or $HP_BUILD/NAME; the analyzer is $HP_ANALYZE if that is set. Absolute; valid until the test ends.
 * $HP_EMULATOR is the absolute path of what runs targets of another CPU, and its options: see scripts/aarch64.
 */
const char *built(const char *name);
const char *target(const char *name);
const char *analyzer(void);

/* Whether there is such a program in PATH. */
bool have_program(const char *name);
char *format(const char *text, ...) __attribute__((format(printf, 1, 2)));  /* malloced */
/* The whole of a file, with a NUL; the test fails if it cannot be read. */
char *file_text(const char *path, size_t *bytes);
void file_write(const char *path, const void *data, size_t bytes);

#endif
