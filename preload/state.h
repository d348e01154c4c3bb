/*
 * state.h - what the process has one of: the dump's mapping, the configuration, and the life cycle.
 *
 * Two lifetimes. `hp_state` is set up by the constructor and constant after it, except where said. `hp_live` points into
 * memory that a forked child finds wiped: it holds what belongs to one incarnation of the process (threads, ids, the
 * current shared chunks). A child is known by hp_live->alive == 0.
 */
#ifndef HP_STATE_H
#define HP_STATE_H

#include "event.h"
#include <string.h>

enum { HP_WINDOWS_MAX = 4096, HP_IDLE_MAX = 512, HP_PATH_BYTES = 4096 };

/* A chunk that several threads fill: metadata, or late records. pos: chunk index << 32 | bytes handed out. */
struct hp_shared_chunk { uint64_t pos, committed; };

struct hp_live {
	uint32_t alive;
	uint32_t pid;
	uint32_t forked;              /* still writing into the parent's dump */
	uint32_t opening;             /* a thread of a forked child is opening its dump */
	uint32_t threads;             /* attached now */
	uint32_t spare_taken;         /* the one state of a sandboxed child, see thread.c */
	struct hp_shared_chunk meta, late;
	struct hp_thread *idle[HP_IDLE_MAX];  /* states of ended threads, with the rest of their chunks */
	struct hp_thread *more_idle;  /* those that found no place in idle */
	uint32_t module_scan;         /* uid of the thread that is registering modules, 0: none */
	uintptr_t module_scan_frame;  /* where on its stack, 0: not yet known */
	uint32_t *owner_flags;        /* while forked: of the last segment's OWNER record */
};

struct hp_config {
	uint32_t kinds;               /* HP_HOOKS */
	uint32_t start_off;
	uint32_t stack_mode, depth;
	uint32_t follow_fork, follow_exec, verbose;
	uint64_t max_bytes, duration_ns;
	char out[HP_PATH_BYTES];      /* HP_OUT, absolute, with its % directives */
	char run_id_set;
	uint8_t run_id[16];
	char keeper[108];             /* HP_KEEPER, a socket's path: the dump is a memory file that goes there; empty: a file */
	const char *filter;           /* HP_FILTER, which can be understood; NULL: none */
	uint64_t min_ns;              /* HP_MIN_NS */
	char bad[512];                /* variables that were not understood: NAME=value, newline separated */
};

struct hp_state {
	struct hp_header *header;     /* chunk 0 */
	char *window[HP_WINDOWS_MAX]; /* where each part of the file is mapped; grows, atomically */
	uint64_t committed[HP_WINDOWS_MAX];  /* bytes of the window that are readable and writable, from its start */
	uint64_t window_bytes;
	uint32_t chunks_max;          /* chunks in the file */
	uint32_t page;                /* bytes */
	uint32_t key, key_valid;      /* the pthread key whose destructor ends threads */
	uintptr_t main_stack_hi;
	uint32_t tid_offset;          /* of the thread id in libc's thread block, 0: unknown */
	uint64_t rate;                /* ticks per second */
	struct hp_clocks start;
	uint64_t deadline;            /* ticks, 0: none (HP_DURATION) */
};

extern HP_HIDDEN struct hp_state hp_state;
extern HP_HIDDEN struct hp_config hp_config;
extern HP_HIDDEN struct hp_live *hp_live;
/* The process has entered a sandbox: no system call but mprotect and clock_gettime. Set by hooks, never cleared. */
extern HP_HIDDEN uint8_t hp_sandboxed;
/* One whose filter ends the program even for one of these: no system call at all. Set by hooks, never cleared. */
extern HP_HIDDEN uint8_t hp_sandbox_closed;
/* What a function hook must look at besides the control word: HP_FN_*. */
extern HP_HIDDEN uint8_t hp_fn_flags;
enum {
	HP_FN_WIDE = 1,    /* low 32 bits no longer tell functions apart */
	HP_FN_CHECK = 2,   /* dlopen was called */
	HP_FN_FILTER = 4,  /* HP_FILTER or HP_MIN_NS: fn_filter.h */
	HP_FN_CLOCK = 8,   /* there is no hardware clock */
	HP_FN_NAMES = 16,  /* HP_FILTER, with HP_FN_FILTER */
};
extern HP_HIDDEN uint64_t hp_early_count;
/* Bits 36.. of the addresses that near records can have: around the heap's start, and around the mappings. */
extern HP_HIDDEN uint64_t hp_near[2];

/* A hook was called before the constructor: runs its work now where the loader is ready for it. 1: hp_ready is set. */
HP_HIDDEN HP_COLD int hp_start_early(void);

/* ---- file.c: the file and its mapping. 0 or -errno; nothing is left behind on failure. ---- */
/* Creates the dump for the calling process and maps it; fills hp_state. */
HP_HIDDEN int hp_file_create(void);
/* The name that it got, or was to get. */
extern HP_HIDDEN char hp_file_path[HP_PATH_BYTES];
/* The address of a chunk, mapping and making it writable where needed; NULL when it cannot be had. */
HP_HIDDEN char *hp_file_chunk(uint32_t index);
/* Maps and makes accessible the window after the one in use: the last chance before a sandbox. */
HP_HIDDEN void hp_file_reserve(void);
/*
 * Commits pages so that a store cannot raise SIGBUS. 0 or -errno (-EFAULT: disk full). In a sandbox it writes to them:
 * they must not be in use yet.
 */
HP_HIDDEN int hp_file_commit(char *at, size_t bytes);
/* Chunk `index` was just handed out: those far before it leave the resident set (one still in use faults back in). */
HP_HIDDEN void hp_file_release(uint32_t index);
/* Expands HP_OUT's % directives; n > 0 appends .n. 0, or -ENAMETOOLONG. */
HP_HIDDEN int hp_file_name(char *to, size_t size, unsigned n);

/* ---- chunk.c ---- */
/* Takes the next chunk of the file, committed up to `bytes` and with its header written. NULL: stopped, see reason. */
HP_HIDDEN char *hp_chunk_new(enum hp_chunk_kind kind, size_t bytes);
/* Gives the thread a place to write in, and starts a segment there. 0, or -1. */
HP_HIDDEN int hp_chunk_turn(struct hp_thread *t);
/*
 * cpu_time.c: the calling thread's CPU time, so that what it did between two waits can be told from being kept off the CPU; and the
 * process's largest resident size, 0 if that was not asked for. hp_cpu_waited: after a wait, if it was a long one.
 */
HP_HIDDEN void hp_cpu_event(struct hp_thread *t, uint64_t now, long maxrss_kib);
HP_HIDDEN void hp_cpu_waited(struct hp_thread *t, uint64_t start, uint64_t now);
/* Starts a segment of this thread in what an ended one left of its chunk, if that is worth it. */
HP_HIDDEN void hp_chunk_inherit(struct hp_thread *t, char *at, char *limit);
/* 1: HP_DURATION is over, and nothing is recorded from now on. */
HP_HIDDEN int hp_over(uint64_t now);
/* No more recording, for this reason; the first one wins. */
HP_HIDDEN void hp_stop(enum hp_stop reason, int error);
/* The same: pages could not be committed. */
HP_HIDDEN void hp_stop_uncommitted(int error);

/* ---- shared.c ---- */
/* Room in a chunk that all threads share; NULL: none. Commit the first word last. */
HP_HIDDEN uint32_t *hp_shared_reserve(struct hp_shared_chunk *c, enum hp_chunk_kind kind, size_t bytes);

/* ---- init.c, thread.c, fork.c ---- */
/* Has a recorded program executed this one, which HP_FOLLOW leaves out? If not, what this one executes will be known by it. */
HP_HIDDEN int hp_left_out(void);
/*
 * Before and after the real fork, in the hooks of it: the calling thread may be a signal handler's that has interrupted a hook. Its child
 * goes back there, where the recording of that event goes on with a state that is not live, without a fault and without effect. The second one returns pid.
 */
HP_HIDDEN struct hp_thread *hp_fork_begins(void);
HP_HIDDEN long hp_fork_over(struct hp_thread *t, long pid);
/* The first event after a fork: starts this incarnation's own state. 0, or -1: records nothing. */
HP_HIDDEN int hp_forked(void);
/* The child's piece is full: opens its own dump. 0, or -1: goes on in the parent's. */
HP_HIDDEN int hp_fork_own_dump(void);
/* The same at any other time, between two records. */
HP_HIDDEN int hp_fork_leave(struct hp_thread *t);
/* New private state of this incarnation: hp_live and the tables. 0 or -errno. */
HP_HIDDEN int hp_live_init(void);
/* Writes header and process metadata into the new dump. parent: the dump that this one is linked to, or NULL. */
HP_HIDDEN void hp_header_write(const struct hp_header *parent);
/* The program is about to enter a sandbox, with a struct sock_fprog if that is how: takes what only a free process can, then sets hp_sandboxed. */
HP_HIDDEN void hp_note_sandbox(int strict, const void *filter);
/* The process is about to end; async-signal-safe. how: HP_END_*. */
HP_HIDDEN void hp_process_end(unsigned how, int status);
/* The key's destructor: runs in each round of destructors and ends the thread in the last one. */
HP_HIDDEN void hp_thread_key_destructor(void *state);
/* An exec is about to be tried. 0: by a vfork child in its parent's memory, which must not speak for the parent. */
HP_HIDDEN int hp_note_exec(const char *path, struct hp_caller caller);
/* Writes a segment's last records: the thread has ended. */
HP_HIDDEN void hp_thread_end(struct hp_thread *t);
/* Reads HP_* from the environment. 0: this program is not to be recorded (HP_EXE). */
HP_HIDDEN int hp_config_read(char **envp);
/* Makes states for threads to come: in a sandbox there is no more memory to be had. */
HP_HIDDEN void hp_threads_reserve(unsigned n);
/* The calling thread's id. */
HP_HIDDEN uint32_t hp_own_tid(void);
/* Registers the calling thread with a fresh state. NULL: nothing can be recorded. */
HP_HIDDEN struct hp_thread *hp_thread_new(void);
/* The calling thread, in a forked child's own dump: new slot, new uid, metadata. */
HP_HIDDEN void hp_thread_renew(struct hp_thread *t);
/* Records nothing from now on, in this process. */
HP_HIDDEN void hp_off(void);

#endif
