/*
 * metrics.h - the figures that call paths have in exports: the words of --metric. Those of function calls are by path of
 * calls and exist where the program was built with -finstrument-functions; the others are by call stack.
 */
#ifndef HP_EXPORT_METRICS_H
#define HP_EXPORT_METRICS_H

#include "model/model.h"
#include "table/table.h"

/* X(NAME, "name", UNIT_*, MODEL_* parts, "what it is") */
#define EXPORT_METRICS(X) \
	X(TIME,      "time_ns",         UNIT_NS,    MODEL_FUNCTIONS | MODEL_BETWEEN, \
	  "self_ns; without function events between_ns and waits") \
	X(SELF,      "self_ns",         UNIT_NS,    MODEL_FUNCTIONS, "functions' own time (function events)") \
	X(CALLS,     "calls",           UNIT_COUNT, MODEL_FUNCTIONS, "calls of functions (function events)") \
	X(BETWEEN,   "between_ns",      UNIT_NS,    MODEL_BETWEEN,   "time between events (no function events)") \
	X(ALLOC_CALLS, "alloc_calls",   UNIT_COUNT, MODEL_MEMORY,    "allocations") \
	X(ALLOC_BYTES, "alloc_bytes",   UNIT_BYTES, MODEL_MEMORY,    "bytes allocated in all") \
	X(PEAK,      "peak_bytes",      UNIT_BYTES, MODEL_MEMORY,    "bytes live at the moment of the peak") \
	X(LEAKED,    "leaked_bytes",    UNIT_BYTES, MODEL_MEMORY,    "bytes live at the end, without suppressed ones") \
	X(LIVE,      "live_bytes",      UNIT_BYTES, MODEL_MEMORY,    "bytes live at the end") \
	X(TEMPORARY, "temporary_calls", UNIT_COUNT, MODEL_MEMORY,    "allocations given up before the thread's next one") \
	X(WAIT,      "wait_ns",         UNIT_NS,    MODEL_LOCKS | MODEL_WAITS, "all waits but I/O") \
	X(LOCK_WAIT, "lock_wait_ns",    UNIT_NS,    MODEL_LOCKS | MODEL_WAITS, "waits for locks") \
	X(COND_WAIT, "cond_wait_ns",    UNIT_NS,    MODEL_WAITS, "waits for conditions") \
	X(SEM_WAIT,  "sem_wait_ns",     UNIT_NS,    MODEL_WAITS, "waits for semaphores") \
	X(BARRIER_WAIT, "barrier_wait_ns", UNIT_NS, MODEL_WAITS, "waits at barriers") \
	X(JOIN_WAIT, "join_wait_ns",    UNIT_NS,    MODEL_WAITS, "waits for threads to end") \
	X(POLL_WAIT, "poll_wait_ns",    UNIT_NS,    MODEL_WAITS, "waits in poll, select, epoll") \
	X(SLEEP,     "sleep_ns",        UNIT_NS,    MODEL_WAITS, "sleeps") \
	X(CHILD_WAIT, "child_wait_ns",  UNIT_NS,    MODEL_WAITS, "waits for child processes") \
	X(IO,        "io_ns",           UNIT_NS,    MODEL_IO | MODEL_WAITS, "time in I/O calls") \
	X(IO_BYTES,  "io_bytes",        UNIT_BYTES, MODEL_IO | MODEL_WAITS, "bytes read and written")

enum metric_id {
#define X(id, name, unit, parts, what) METRIC_##id,
	EXPORT_METRICS(X)
#undef X
	METRIC_COUNT
};
#define METRIC_BIT(id)  (1u << METRIC_##id)
#define METRICS_ALL     ((1u << METRIC_COUNT) - 1)

struct metric { const char *name; enum unit unit; unsigned parts; const char *what; };
extern const struct metric metrics[METRIC_COUNT];

/* By its name, in which - and _ are the same; METRIC_COUNT: there is none. */
unsigned metric_find(const char *name);
/* The MODEL_* parts that the metrics of a mask are read from. */
unsigned metrics_parts(uint32_t mask);
/* "bytes", "nanoseconds", "count" */
const char *metric_unit(unsigned id);

#endif
