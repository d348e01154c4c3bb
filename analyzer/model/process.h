/* process.h - the processes and threads of a run. */
#ifndef HP_MODEL_PROCESS_H
#define HP_MODEL_PROCESS_H

#include "dump/dump.h"
#include "waits.h"

/* MOVED: it went on in a dump of its own, which is not among those of the run. */
enum process_end { PROCESS_RUNNING, PROCESS_EXIT, PROCESS_EXEC, PROCESS_KILLED, PROCESS_MOVED };
#define PROCESS_NONE UINT32_MAX
#define THREAD_NONE  UINT32_MAX

/*
 * One recording of a process. A forked child is one process whether it wrote into its parent's dump, its own, or first the
 * one and then the other; after an exec it is another.
 */
struct process {
	uint32_t pid, ppid;
	uint32_t parent;            /* index of the process that forked it, or PROCESS_NONE */
	const char *exe;            /* "" unknown; raw bytes, as are the following */
	const char *host, *cwd;
	const char *cmdline;        /* argc arguments, each with its NUL; cmdline_bytes in all */
	uint32_t cmdline_bytes, argc;
	uint64_t start_ns, last_ns; /* on the run's clock; last_ns: last event, or when it was opened if it runs */
	uint64_t start_unix_ns;     /* 0 unknown */
	enum process_end end;
	int32_t  exit_status;       /* when known */
	uint8_t  has_status;        /* end == PROCESS_EXIT, with a status */
	uint8_t  aborted;           /* abort() was called: ended by SIGABRT */
	uint8_t  forked;            /* began as a forked child inside its parent's dump */
	uint32_t threads;           /* that it had in all, those only seen being created included */
	uint64_t maxrss_bytes;      /* 0 unknown */
	/* its share of the memory figures */
	uint64_t alloc_calls, bytes_allocated, live_bytes, live_blocks, peak_bytes;
	uint64_t leaked_bytes, leaked_blocks;  /* at the end: what is live, without the suppressed */
	const char *exec_path;      /* of its last exec attempt, NULL: none */
	struct dump_scope *scope;   /* the first one */
	struct dump_scope *last_scope;  /* another one, if it went on in a dump of its own */
};

/* A thread. Times on the run's clock. wait_ns by wait class; I/O is WAIT_IO. */
struct thread {
	uint32_t process;           /* index */
	uint32_t tid;               /* 0: only known from its creation */
	uint32_t created_by;        /* index, or THREAD_NONE */
	uint32_t create_stack;      /* where pthread_create was called, 0 unknown */
	uint32_t start_module;      /* the function that it was created to run: index, or MODULE_NONE */
	uint64_t start_offset;      /* 0 unknown */
	char     name[64];          /* raw bytes; "" unknown */
	uint64_t start_ns, end_ns;
	uint8_t  ended;             /* THREAD_END was seen: end_ns is exact */
	uint8_t  has_cpu;           /* its CPU clock was read: see cpu.h */
	uint64_t cpu_ns;            /* at least; system calls included */
	uint64_t running_ns, runnable_ns;  /* between waits and other calls, at least: on a CPU, or ready for one */
	uint64_t unknown_ns;        /* the one or the other */
	uint64_t wait_ns[WAIT_CLASS_COUNT], wait_calls[WAIT_CLASS_COUNT];
	uint64_t waited_ns;         /* of all classes */
	uint64_t stdio_ns;          /* inside calls of stdio: libc's own reads and writes are not seen, so this may be I/O */
	uint64_t alloc_calls, alloc_bytes, function_calls, events;
};

struct processes {
	VEC(struct process) v;      /* [0] is the root: the earliest without a parent in the run */
};
struct threads {
	VEC(struct thread) v;       /* in no order: sort by process and start_ns to show them */
};

const char *process_end_name(enum process_end);

#endif
