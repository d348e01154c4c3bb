/*
 * model.h - everything that views and exporters may read about a run: one or several dumps.
 *
 *     struct model *m;
 *     int code = model_open(&m, paths, n, &options, &error);     scans: processes, threads, modules, stacks are known
 *     if (!code) code = model_run(m, NULL, NULL);                streams all events: the figures are known
 *     ... read m->... ; model_free(m)
 *
 * All times are ns since the start of the run (the earliest dump's), durations ns, sizes bytes. Text from the program is raw:
 * escape it. Indices of one table into another are as named; *_NONE = none. Nothing changes after model_run.
 * One model belongs to one thread.
 */
#ifndef HP_MODEL_MODEL_H
#define HP_MODEL_MODEL_H

#include "acts.h"
#include "deadlock.h"
#include "dump/merge.h"
#include "dump/ops.h"
#include "hp_filter.h"
#include "functions.h"
#include "io.h"
#include "lock_pairs.h"
#include "locks.h"
#include "memory.h"
#include "process.h"
#include "stacks.h"
#include "watch.h"
#include "work.h"

enum model_part {
	MODEL_MEMORY = 1, MODEL_FUNCTIONS = 2, MODEL_LOCKS = 4, MODEL_WAITS = 8, MODEL_IO = 16,
	MODEL_BETWEEN = 32,              /* functions.between: costs a walk up two stacks an event */
	MODEL_ALL = 63,
	MODEL_BLOCKS = 64,               /* with MODEL_MEMORY: memory.blocks and owners. Not in MODEL_ALL: what few views read */
	MODEL_PATHS = 128,               /* functions.paths: what trees are made of; not in MODEL_ALL */
	MODEL_ACTS = 256,                /* acts: waits, and who ended them; not in MODEL_ALL. Needs MODEL_LOCKS, MODEL_WAITS, MODEL_IO */
	MODEL_GRAPH = 512,               /* with MODEL_ACTS: all acts, and the works; needs MODEL_FUNCTIONS, MODEL_BETWEEN; not in MODEL_ALL */
};

enum { MODEL_SHORT_NS = 1000000 };

/*
 * A filter of function calls: what it leaves out is as if it had not been recorded. verdict: of the function at a place, as
 * hp_filter.h says; called by one thread at a time.
 */
struct model_filter {
	const char *text;
	struct hp_filter_rules rules;
	uint32_t (*verdict)(void *data, uint32_t module, uint64_t offset);
	void *data;
};

/*
 * Only what is done on call paths through some functions counts: on_path says of a stack node whether one of its own frames is one
 * of those. Asked once a node. Of function calls options.filter decides.
 */
struct model_focus {
	const char *text;               /* what they are, for people */
	int (*on_path)(void *data, uint32_t stack);
	void *data;
};

struct model_options {
	unsigned parts;                  /* MODEL_*: what is worked out; 0: all there is */
	/*
	 * to_ns 0: to the end. Before `from` state is kept (live blocks, owners), nothing counted. What is in progress at an edge
	 * counts with its time in between, and as an event if that is when it ended.
	 */
	uint64_t from_ns, to_ns;
	int      crossing;               /* model_events: also what began before `to` and ended after it */
	uint32_t tid;                    /* count this thread's events only; 0: all */
	uint64_t short_ns;               /* a block that lives no longer is short-lived; 0: MODEL_SHORT_NS */
	const struct model_watch *watch; /* model_run: NULL or who looks on; must live as long as that reads */
	const struct model_filter *filter;  /* NULL: all function calls; must live as long as events are read */
	const struct model_focus *focus;   /* NULL, or what counts; must live as long as events are read */
	int      compensate;             /* take the recorder's own cost out of function times */
	const struct calls_wanted *calls;  /* NULL, or which single calls; must live as long as the model */
	int      per_thread;             /* the call tree begins with the threads (MODULE_THREAD) */
};

/* spread_ns: how much more an event usually took when that was measured. */
struct hook_figures { uint64_t events; double ns_per_event, inside_ns, spread_ns; uint8_t has_cost; };

/* With options.compensate: what was taken out of the outermost functions' times, and how much more it may have been. */
struct compensation {
	uint64_t taken_ns, spread_ns;
	uint64_t unmeasured_events;      /* inside functions, of kinds whose cost is not known */
};

/* Contract "recorder". */
struct recorder {
	uint64_t events, bytes, records, dropped_events, torn_records, early_events;
	uint32_t stop_reason;            /* enum hp_stop; HP_STOP_NONE: it recorded to the end */
	int      stop_errno;
	uint32_t flags;                  /* HP_FLAG_* of all dumps: blind spots */
	uint64_t unwind_cut;             /* stack nodes at which frames are missing */
	uint64_t stack_nodes;
	double   overhead_ns;            /* events times cost, where the cost is known */
	struct hook_figures hooks[KIND_COUNT];
	uint64_t kinds;                  /* configured HP_HOOKS mask of all dumps */
	uint32_t kinds_off;              /* those that some dump leaves out */
	uint64_t time_regressions, unknown_ids, abandoned_calls;
	uint64_t damage;                 /* structure errors of all dumps: exit status 3 when there are any, or dropped events */
};

/* Calls of a function that were not recorded: HP_FILTER's, and those shorter than HP_MIN_NS. */
struct left_out { uint32_t module; uint64_t offset, calls, short_calls, short_ns; };

/* In all, and function by function; of those that are not told apart (there were too many) the sums only. */
struct left_outs {
	const char *filter;              /* HP_FILTER; NULL: none */
	uint64_t min_ns, calls, short_calls, short_ns;
	VEC(struct left_out) v;          /* the functions with most calls first */
};

struct model {
	struct dump **dumps;
	unsigned dump_count;
	struct model_options options;
	struct processes processes;
	struct threads threads;
	struct stacks stacks;
	struct memory memory;
	struct functions functions;
	struct locks locks;
	struct lock_pairs lock_pairs;
	struct waits waits;
	struct io io;
	struct acts acts;
	struct works *works;             /* MODEL_GRAPH; else NULL. graph.h takes its contents */
	VEC(struct pending_call) pending;
	struct deadlocks deadlocks;
	struct recorder recorder;
	struct compensation compensation;
	struct left_outs left_out;
	uint64_t duration_ns;            /* start of the run to its last event (known once it is open), or to now if it runs */
	uint64_t start_unix_ns;
	uint64_t now_ns;                 /* when it was opened, on the run's clock; 0 unless some process runs */
	uint8_t  running;                /* some process does */
	uint8_t  ran;                    /* model_run is over */
	struct model_private *private;
};

/* Whether two dumps are of one run, by what their headers say of each other: a third one may still join them. */
int model_related(const struct hp_header *, const struct hp_header *);

/* Options may be NULL. E_UNRELATED if the dumps are not of one run. On failure *m is NULL. */
int model_open(struct model **m, const char *const *paths, unsigned n, const struct model_options *, struct dump_error *);

/* Called now and then with bytes done and in all; may be NULL. */
typedef void model_progress(void *data, uint64_t done, uint64_t all);
int model_run(struct model *m, model_progress *progress, void *data);

void model_free(struct model *m);

/*
 * One event as a view shows it. What does not apply is 0; has_* tell what does.
 */
struct model_event {
	uint64_t ns;                     /* its time: a call with a duration has its end here */
	uint64_t start_ns, duration_ns;  /* duration 0 and start = ns when it has none */
	uint32_t thread, process;        /* indices */
	uint32_t stack;                  /* node */
	unsigned kind;                   /* HP_MEMORY.. bit; 0: about the recording itself */
	const char *name;                /* "malloc", "read", "pthread_mutex_lock", "enter", "exit", "thread_end", ... */
	uint64_t object;                 /* address, pthread_t, pid ...; for functions: nothing, see function */
	uint64_t size;                   /* requested bytes, or those transferred */
	int64_t  result;
	int      error;                  /* errno, 0: none */
	int32_t  fd;
	const char *text; uint32_t text_bytes;   /* path, name, mark; raw */
	struct stack_place function;     /* of function events */
	int64_t  order;                  /* of a lock's exclusive owners: which one, re-acquisitions in condition waits counted too */
	uint8_t  has_object, has_size, has_result, has_fd, has_function, has_order, counts; /* counts: is an event in the contract's sense */
	const struct dump_event *raw;
};

/*
 * All events in time order, instead of model_run (one of both, once). The callback returns 0 to go on, else the stream ends
 * and that is returned. Uses options.from_ns, to_ns, tid. Afterwards m->recorder tells of losses and damage; it counts no events.
 */
int model_events(struct model *m, int (*each)(void *data, const struct model_event *), void *data);

#endif
