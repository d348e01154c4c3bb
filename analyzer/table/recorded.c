#include "table/recorded.h"

#include <fnmatch.h>
#include <stddef.h>

#include "dump/ops.h"

/* The first glob that matches counts. */
static const struct { const char *key; uint32_t kinds; } figures[] = {
	{ "memory.mapped*", HP_VM }, { "memory.rss*", 0 }, { "memory.*", HP_MEMORY }, { "*.alloc_*", HP_MEMORY },
	{ "processes.*bytes*", HP_MEMORY }, { "process.alloc_*", HP_MEMORY }, { "process.bytes_allocated", HP_MEMORY },
	{ "process.peak_bytes", HP_MEMORY }, { "process.leaked_bytes", HP_MEMORY },
	{ "locks*", HP_LOCK },
	{ "waits.io*", HP_IO }, { "waits.join*", HP_THREAD }, { "waits.lock*", HP_LOCK }, { "waits.cond*", HP_LOCK }, { "waits.sem*", HP_LOCK },
	{ "waits.barrier*", HP_LOCK }, { "waits.*", HP_WAIT },
	{ "io*stdio_*", HP_STDIO }, { "io*", HP_IO },
	{ "functions.*lock_wait_ns", HP_LOCK }, { "functions.*cond_wait_ns", HP_LOCK }, { "functions.*io_ns", HP_IO }, { "functions.*sleep_ns", HP_WAIT },
	{ "spans*", HP_SPAN },
	{ "threads.*io_wait_ns", HP_IO }, { "threads.*stdio_ns", HP_STDIO }, { "threads.*join_wait_ns", HP_THREAD }, { "threads.*lock_wait_ns", HP_LOCK },
	{ "threads.*cond_wait_ns", HP_LOCK }, { "threads.*sem_wait_ns", HP_LOCK }, { "threads.*barrier_wait_ns", HP_LOCK },
	{ "threads.*function_calls", HP_FUNCTION }, { "threads.*_wait_ns", HP_WAIT }, { "threads.*sleep_ns", HP_WAIT },
};

uint32_t recorded_kinds(const char *key)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (!fnmatch(figures[i].key, key, 0))
			return figures[i].kinds;
	return 0;
}

const char *recorded_kind_name(uint32_t kinds)
{
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		if (kinds & 1u << bit)
			return kind_name(bit);
	return "";
}
