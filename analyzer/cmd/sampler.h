/*
 * sampler.h - looks at the memory of running recorded processes now and then, from outside, and puts what it sees into their
 * dumps. Who runs one calls sampler_look whenever it is due.
 *
 * Sums cost some 30 us a process and are taken each time; where the memory is, is looked at when it has grown by a
 * twentieth, and every second, but never for more than a hundredth of the time. The times between double as the run gets
 * longer: a day makes some 6,000 samples.
 */
#ifndef HP_CMD_SAMPLER_H
#define HP_CMD_SAMPLER_H

#include <stdint.h>
#include <sys/stat.h>

#include "dump/resident.h"
#include "util/map64.h"

enum { SAMPLER_MS = 100 };

/* A process that is looked at. */
struct sampled {
	struct resident_writer to;
	struct stat dump;
	uint64_t due_ns, between_ns;    /* between: grows at the start, and with the run's length */
	uint64_t looks, halved_at;      /* when the time between doubled last */
	uint64_t full_due_ns, full_between_ns;
	uint32_t full_rss, most;        /* KiB: when its mappings were looked at last; the most seen */
	int      over;                  /* it was above the limit when it was looked at last */
};

struct sampler {
	uint64_t between_ns;            /* 0: it does nothing */
	uint64_t max_rss;               /* bytes; a process that gets above is told of on stderr. 0: none */
	const char *who;                /* that messages begin with */
	uint64_t samples;
	uint64_t scan_ns;               /* when the directory is to be looked through next */
	struct map64 known;             /* inodes of the dumps that were found in directories */
	struct { VEC_FIELDS(struct sampled) } processes;
};

/* "off", or a time between samples: ms unless it has a unit. 0, or -1. */
int sampler_parse(struct sampler *, const char *text);
/* Samples the processes whose dumps come to a directory, until `process` has ended: struct launch's attend. */
void sampler_attend(void *sampler, pid_t process, const char *directory);

/*
 * A dump; the descriptor is taken over. Looked at from now on if it is being written, by a process that can be seen from here.
 * -1: it has not begun yet, and is worth another try.
 */
int sampler_add(struct sampler *, int fd);
/* Adds the new dumps of a directory. */
void sampler_scan(struct sampler *, const char *directory);
/* Looks at all that are due; forgets those that have ended. */
void sampler_look(struct sampler *);
/* ms until something is due, at most `most`; -1 for `most`: no limit, and as the answer: nothing ever is. */
int sampler_wait(const struct sampler *, int most);
void sampler_free(struct sampler *);

#endif
