/*
 * private.h - what the parts of the model share while events are read; of no use to others.
 *
 * Each part has  X_event(feed)  for the records of its kinds,  X_clear(model)  which zeroes its figures and keeps its state
 * (live blocks, owners), and  X_finish(model)  which works out what can only be known at the end. That is the time pass: all
 * events in the order of their times, but those of functions. What needs its own thread's events only is in thread_pass.h.
 */
#ifndef HP_MODEL_PRIVATE_H
#define HP_MODEL_PRIVATE_H

#include "cpu.h"
#include "model.h"

/* A lock that a thread holds: lock_pairs.c. where: a stack's id in the dump if `full`, else the low 32 bits of its call site. */
struct held_lock { uint32_t lock, where, depth; uint8_t shared, full; };

/* A thread, as the time pass sees it. */
struct thread_state {
	uint64_t last_alloc;             /* the block that the thread's last allocation got; 0 none */
	uint32_t last_site;              /* of the block that its last call got or gave up; UINT32_MAX: not known */
	uint64_t realloc_old, realloc_ns; /* block of the realloc in progress, and when it was got */
	uint8_t  realloc_begun, realloc_known, realloc_temporary;
	uint32_t owner_thread, owner;    /* whose block it freed last, and where memory.owners counts that; owner 0: none yet */
	uint64_t last_ns;                /* of any event but function events */
	uint64_t events;                 /* those, whether counted or not */
	struct filter_calls *filter;     /* model_events only */
	struct cpu_state cpu;
	uint8_t  in_focus;               /* its last event was: options.focus */
	uint32_t held_count, held_room;  /* locks that it holds: the first it took, then `held`; HELD_MOST at most */
	struct held_lock outermost, *held;
};

/* An event on its way through the parts, with what they all need. */
struct feed {
	struct model *m;
	const struct dump_event *e;
	struct dump_thread *dump_thread;  /* whose context the following are */
	struct thread *t;
	struct thread_state *s;           /* in the time pass */
	struct pass *pass;                /* in the thread pass, as is the next */
	struct call_state *c;
	uint32_t thread, process, scope;  /* indices; scope: number of stacks.h */
	const struct dump_clock *clock;
	int compensate;                   /* options.compensate: nearer */
	int mixed;                        /* some low 32 bits of addresses mean one function now, and another one later */
	int count;                        /* 0: keep state up to date, but count nothing */
	int time;                         /* count what of its time lies where times are counted; also after the end of that */
};

/* A dump's COST records, by kind; in 1/1024 ns an event. known: kinds that were measured. */
struct kind_costs { uint64_t event[KIND_COUNT], inside[KIND_COUNT], spread[KIND_COUNT]; uint32_t known; };

/* thread: which it made, THREAD_NONE: not known yet; act: of acts.h */
struct create { uint32_t process, creator, stack, thread, act; uint64_t pthread, ns; struct stack_place start; };

struct process_state {
	uint32_t exec_thread;      /* of the last exec attempt, THREAD_NONE: none */
	uint64_t exec_events;      /* the thread's count of events then */
	uint8_t  begun, ended;
	uint8_t  locks_off;        /* at some time locks were not recorded */
	char exec_path[512];
	struct map64 by_pthread;   /* pthread_t -> the thread that has it, or had it last */
};

struct model_private {
	VEC(struct thread_state *) states;      /* by thread */
	VEC(struct create) creates;
	uint64_t from_ns, to_ns;                /* times are counted in between */
	struct thread_pass *thread_pass;        /* NULL: there is nothing for it to do */
	uint64_t record_counts[256];            /* counted events by record kind */
	uint64_t op_counts[OPS_COUNT];          /* of the kinds that carry an operation */
	VEC(struct process_state) process_states;
	struct map64 lock_indices;              /* scope << 16 | index -> lock_numbers: model_events only, as is the next */
	VEC(int64_t) lock_numbers;              /* of the last exclusive owner */
	uint8_t *focus;                         /* by stack: options.focus says that it counts; NULL: all do */
	size_t   focus_count;
	VEC(uint8_t) focus_sites;               /* of stacks from focus_count on: call sites; focus.c */
	struct kind_costs *costs;               /* by dump, if times are compensated */
	struct arena arena;
};

/* ---- parts ---- */
void memory_begin(struct model *);       /* before the first event */
void memory_event(struct feed *);
/* Allocations and frees of near blocks, as many as come next in the feed's thread up to a time; how many. */
struct cursor;
uint64_t memory_stretch(struct feed *, struct cursor *, uint64_t limit);
void memory_ended(struct feed *);        /* the event's process has ended */
void memory_clear(struct model *);
void memory_finish(struct model *);
void memory_free(struct memory *);
void memory_forks(struct model *);       /* before the first event: who forked whom, and when at the latest */
/* The parent's own word of it: it happened within so many ticks of the event's time; 0: not known. */
void memory_forked(struct feed *, uint32_t pid, uint64_t ticks);

void vm_event(struct feed *);

void functions_finish(struct model *);
void functions_find_recursion(struct functions *);
void functions_free(struct functions *);

/*
 * options.filter (filter.c): which function events the other parts see. Only called if that is set. Each pass over a thread's
 * events has a filter_calls of its own for it, NULL at first.
 */
struct filter_calls;
int filter_enter(const struct feed *, struct filter_calls **, uint64_t address, int low);  /* 1: the call is to be seen */
int filter_exit(const struct feed *, struct filter_calls **);
uint32_t filter_cut(const struct feed *, struct filter_calls **, uint32_t count);  /* how many of the innermost calls are */
void filter_free(struct filter_calls *);

void compensate_begin(struct model *);

void between_finish(struct model *);

void locks_event(struct feed *);         /* LOCK*, UNLOCK* */
/* Uncontended acquisitions and releases, as many as come next in the feed's thread up to a time, or little later, but not after `last`. */
uint64_t locks_stretch(struct feed *, struct cursor *, uint64_t limit, uint64_t last);
void locks_wait(struct feed *, const struct hp_r_wait *, uint64_t start_ns);
void locks_sync(struct feed *);
void locks_abandoned(struct feed *, const struct hp_r_abandoned *);
void locks_clear(struct model *);
void locks_finish(struct model *);
/* The number of an acquisition whose low 8 bits are known, the nearest to the last one's. */
int64_t lock_order_number(int64_t last, unsigned low8);
void locks_free(struct locks *);

void lock_pairs_clear(struct model *);
void lock_pairs_finish(struct model *);  /* finds the inversions */
void lock_pairs_free(struct lock_pairs *);

void acts_begin(struct model *);         /* before the first event; nothing of the following is called without MODEL_ACTS */
void acts_event(struct feed *);          /* before it goes through the other parts */
void acts_sync(struct feed *);           /* SYNC, when the lock is known */
struct io_call;
/* What an I/O call is on; to be asked before what it does to descriptors is done. */
struct act_place { uint32_t file, channel; };
struct act_place acts_place(struct feed *, const struct io_call *);
void acts_io(struct feed *, const struct io_call *, struct act_place);
void acts_counted(struct feed *, int32_t fd);  /* single characters were written through stdio */
struct lock_slot;
struct lock_step;
void acts_lock_step(const struct feed *, const struct lock_slot *, const struct lock_step *);  /* before it is taken */
void acts_finish(struct model *);        /* when threads and locks are finished */
void acts_free(struct acts *);
/* The act that the event is, ACT_NONE: none. */
uint32_t acts_current(const struct model *);

void deadlocks_finish(struct model *);   /* after all others: who waited for whom at the end */
void deadlocks_free(struct deadlocks *);

void io_begin(struct model *);           /* before the first event */
void io_event(struct feed *);            /* IO, IO_X */
void io_afterwards(struct feed *);       /* the same after the time that is reported on */
void io_stdio_count(struct feed *);
void io_poll(struct feed *, const struct hp_r_wait *, uint64_t start_ns);
void io_mapped(struct feed *);           /* VM */
void io_fork(struct feed *, int32_t pid);  /* the process is about to have a child */
void io_forked(struct model *, uint32_t process, uint32_t parent);
void io_clear(struct model *);
void io_free(struct io *);

/* Time of the thread in a class of waits since `start`: totals, and the thread's. */
void waits_add(struct feed *, unsigned wait_class, uint64_t start);

/* Before a thread's first event. A forked process takes over what its parent has then. */
void thread_begins(struct feed *);
void process_event(struct feed *);       /* threads' and processes' own records */
void process_finish(struct model *);
void threads_finish(struct model *);

void recorder_finish(struct model *);
void left_out_finish(struct model *);    /* what HP_FILTER and HP_MIN_NS left out */
/* Whether the record is an event in the contract's sense; *kind is its HP_* bit, 0: it has none. */
int recorder_counts(const struct dump_event *, unsigned *kind);

/* Builds processes, threads and scopes of the run from the dumps. */
void model_assemble(struct model *);
/* Fills the feed's context for the event. */
void feed_turn(struct feed *, const struct dump_event *);
/* The event goes through all parts. */
void feed_event(struct feed *);

/* ---- helpers ---- */
/* A wait's errno; above it stands a condition wait's sequence. */
static inline int wait_errno(uint32_t w) { return (int)(hp_word_arg(w) & 0xff); }
static inline uint64_t address48(const uint32_t *w) { return (uint64_t)hp_word_arg(w[0]) << 32 | w[1]; }

/* The run's node of a stack id of the event's process. One that is not defined is damage, unless the process is at it. */
uint32_t feed_stack(struct feed *, uint32_t id);
/* Notes a reference to nothing. */
void feed_unknown(struct feed *, const char *what);

static inline uint64_t model_clip(const struct model *m, uint64_t ns)
{
	const struct model_private *p = m->private;
	return ns < p->from_ns ? p->from_ns : ns < p->to_ns ? ns : p->to_ns;
}

/* How long something took, as far as times are counted. */
static inline uint64_t model_took(const struct model *m, uint64_t from, uint64_t to)
{
	uint64_t start = model_clip(m, from), end = model_clip(m, to);
	return end > start ? end - start : 0;
}

/* Tells the watcher, if there is one, of a wait or of I/O on a stack (a run's node). */
static inline void feed_took(const struct feed *f, unsigned wait_class, uint32_t stack, uint64_t start, uint64_t bytes)
{
	const struct model_watch *w = f->m->options.watch;
	if (w && w->time && f->time && wait_class < WAIT_CLASS_COUNT)
		w->time(w->data, &(struct watched_time){ model_took(f->m, start, f->e->ns), f->count ? bytes : 0, stack, wait_class });
}

/* When a call began, never after its event's time. */
static inline uint64_t feed_start_ns(const struct feed *f, uint64_t start_ticks)
{
	uint64_t ns = start_ticks ? clock_ns(f->clock, start_ticks) : f->e->ns;
	return ns < f->e->ns ? ns : f->e->ns;
}

#endif
