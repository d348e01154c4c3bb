/*
 * dump.h - an opened dump: what one pass over it found. Holds no events; those are streamed (merge.h).
 *
 * Words: a *scope* is what ids are valid in: the process that the dump was opened by, or one forked child of it that wrote
 * into the same file. A *thread* is one (scope, uid). A *segment* is a stretch of one thread's records in one chunk.
 * Memory: proportional to the file's chunks, threads and metadata.
 */
#ifndef HP_DUMP_DUMP_H
#define HP_DUMP_DUMP_H

#include "clock.h"
#include "file.h"
#include "record.h"
#include "util/arena.h"
#include "util/map64.h"
#include "util/vec.h"

struct dump;
struct dump_scope;

struct dump_segment {
	uint64_t offset;      /* of its OWNER record in the file */
	uint32_t bytes;       /* up to the end of its last record when it was found */
	uint32_t seq;
	uint64_t ticks;       /* of the OWNER record: running time starts here */
	uint8_t  functions;   /* it holds entries or exits of functions */
	uint8_t  others;      /* and other events */
};

struct dump_thread {
	struct dump_scope *scope;
	uint32_t uid, tid;
	uint32_t index;       /* in dump->threads */
	uint32_t model;       /* for the model: its own thread's index */
	uint64_t pthread;     /* of the THREAD record, as are the following; 0 when there was none */
	uint64_t start_ticks; /* THREAD record, else the first segment's */
	uint64_t stack_lo, stack_hi;
	uint32_t created_uid;
	uint8_t  described;   /* there was a THREAD record */
	char     name[17];    /* its name then; THREAD_NAME events may change it */
	VEC(struct dump_segment) segments;  /* by seq */
};

/* A node of the stack tree, as the dump has it. */
struct dump_node { uint32_t id, parent; uint64_t pc; uint32_t flags, modules; /* modules known when it was written */ };

struct dump_module {
	uint64_t base, lo, hi;         /* load bias; executable range */
	uint64_t from, to;             /* ticks of its validity; to = UINT64_MAX while loaded */
	uint64_t dev, ino;
	const char *path;              /* "" unknown; raw bytes */
	const uint8_t *build_id;
	uint32_t build_id_bytes;
};

struct dump_lock_def { uint64_t ticks, address; uint32_t index, init_stack, pid, type, kind; };
/* HP_STACK=check: ids that our unwinder and libunwind made of one stack. */
struct dump_difference { const struct dump_scope *scope; uint32_t ours, theirs; };
/* Calls that were left out, by function: HP_FILTER's, and those that were too short. fn 0: of functions that are not told apart. */
struct dump_filtered { const struct dump_scope *scope; uint64_t fn, calls, brief, brief_ticks; };
/* Sizes in KiB. maps: how many mappings it tells of, 0: none; maps_at: where they are in the file. */
struct dump_resident { uint64_t monotonic, maps_at; uint32_t rss, anonymous, file, shared, swapped, peak, pid, maps; };
struct dump_fd_def   { int32_t fd; const char *path; };

struct dump_scope {
	struct dump *dump;
	uint32_t index;                /* in dump->scopes */
	uint32_t pid, ppid;
	uint32_t parent_pid, parent_uid;  /* who forked it; 0 when not a forked child */
	uint8_t  forked;               /* lives in its parent's dump */
	uint8_t  moved;                /* and went on in a dump of its own */
	uint8_t  exited;               /* said so in an OWNER record */
	int32_t  exit_status;
	uint8_t  described;            /* there was a PROCESS record */
	uint32_t model, number;        /* for the model: its own process's index, and the scope's number in the run */
	struct hp_clocks start;        /* zero when unknown */
	const char *exe, *cwd, *host;  /* "" unknown; raw bytes */
	const char *cmdline;           /* arguments, each with its NUL */
	uint32_t cmdline_bytes, argc;
	VEC(struct dump_node) nodes;   /* in file order */
	VEC(struct dump_module) modules;
	VEC(struct dump_lock_def) lock_defs;  /* by index and time */
	VEC(struct dump_fd_def) fds;
};

/* What is wrong with a dump, by sort, and where the first of them are. */
struct dump_damage {
	uint64_t chunks;         /* chunks whose header makes no sense though they hold something */
	uint64_t records;        /* unknown fixed kinds, lengths beyond the chunk: the rest of that segment is lost */
	uint64_t ids;            /* references to nothing */
	struct dump_error first[8];
	unsigned listed;
};

struct dump {
	struct dump_file file;
	struct dump_clock clock;
	struct arena arena;              /* strings */
	VEC(struct dump_scope *) scopes; /* [0] is the process of the header */
	VEC(struct dump_thread *) threads;
	VEC(uint64_t) late;              /* offsets of HP_CHUNK_LATE chunks, in order */
	VEC(uint64_t) clears;            /* ticks at which the program, or somebody outside, had all figures cleared */
	VEC(struct hp_slot) slots;       /* in use, or with losses; as they were after the scan */
	VEC(struct hp_r_cost) costs;
	VEC(const char *) options;       /* texts of OPTION records */
	VEC(struct dump_difference) differences;
	VEC(struct dump_filtered) filtered;
	VEC(struct dump_resident) resident;
	uint32_t stamp_picoseconds;      /* HP_COST_STAMP */
	const char *filter;              /* HP_FILTER as it was in force; NULL: none */
	uint64_t min_ns;                 /* HP_MIN_NS */
	uint64_t min_ticks, max_ticks;   /* no time outside of these is believed */
	uint64_t last_ticks;             /* the last event's, over all threads */
	uint64_t cut_ticks;              /* of a running process: when it was opened; later events are not looked at */
	uint64_t functions;              /* entries and exits */
	uint64_t torn_records, records, bytes;  /* bytes: of records, and headers of chunks in use */
	uint64_t node_cuts;              /* nodes that say that the stack was cut or could not be followed */
	struct dump_damage damage;
	struct hp_header live;           /* the header as it was after the scan: counters of losses, stop reason */
	struct map64 by_uid;             /* scope << 32 | uid -> thread */
	struct map64 by_pid;             /* pid -> its latest scope */
	struct map64 by_filtered;        /* private to filtered.c */
	uint32_t model;                  /* for the model: its place among the run's dumps */
	void *block;                     /* what malloc gave */
};

/* Opens and scans. Fails only if nothing can be read at all (see file.h); damage is noted in `damage`. */
int dump_open(struct dump **, const char *path, struct dump_error *);
void dump_close(struct dump *);

/* Notes damage of sort `*counter` at a file offset; the first few are kept. */
void dump_note_damage(struct dump *, uint64_t *counter, uint64_t offset, const char *text);

/* The process that uses this pid at this point of the file, made known if it was not. forked: in its parent's dump. */
struct dump_scope *dump_scope_of(struct dump *, uint32_t pid, int forked);
/* The process, or NULL; for those who read after the scan. */
struct dump_scope *dump_scope_find(const struct dump *, uint32_t pid, int forked);
/* The thread, made known if it was not. */
struct dump_thread *dump_thread_of(struct dump *, struct dump_scope *, uint32_t uid, uint32_t tid);
/* The thread, or NULL. */
struct dump_thread *dump_thread_by_uid(const struct dump *, const struct dump_scope *, uint32_t uid);

/* Events that were lost and why is the greatest loss; 0 when nothing was. */
uint64_t dump_dropped(const struct dump *);

#endif
