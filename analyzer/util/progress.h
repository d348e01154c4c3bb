/*
 * progress.h - a line on stderr that shows how far long work is. It appears only on a terminal and only after a second,
 * and is wiped at the end. progress_add may be called from several threads; call it for blocks of work, not for events.
 */
#ifndef HP_UTIL_PROGRESS_H
#define HP_UTIL_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

struct progress {
	const char      *what;   /* "reading hp.app.1.hpd"; escaped by the caller, must outlive the work */
	uint64_t         total, start_ns;
	_Atomic uint64_t done, next_draw_ns;
	_Atomic int      drawn;
};

void progress_begin(struct progress *, const char *what, uint64_t total);
void progress_add(struct progress *, uint64_t done);
/* Wipes the line, if there is one. */
void progress_end(struct progress *);

#endif
