/*
 * tracks.h - what exports of slices share: a first reading, which tells when things were and how much memory was live, and the
 * shortest slice that still fits into a size limit.
 */
#ifndef HP_EXPORT_TRACKS_H
#define HP_EXPORT_TRACKS_H

#include "export/export.h"
#include "export/slices.h"

/* Live bytes of a process at the end of an interval; ns 0: nothing changed in it. */
struct track_point { uint64_t ns, bytes; };

struct tracks {
	const struct view_input *first;   /* the first reading, run */
	uint64_t clear_ns;                /* what was before was cleared by the program */
	unsigned points;                  /* intervals; live: processes x points */
	uint64_t width_ns;
	VEC(struct track_point) live;
	uint64_t has_functions;           /* how many function events there are */
	struct model_watch watch;
};

/* 0, or -1. points: about how many intervals the time is cut into for `live`. */
int  tracks_read(struct tracks *, struct export *, unsigned points);
void tracks_free(struct tracks *);

/* A reading to stream from. NULL: could not be opened. */
const struct view_input *tracks_open(const struct tracks *, struct export *, struct slices_window *);

/*
 * How short slices may be if each of them takes `each` bytes and they may take `bytes` in all: e->min_ns or more.
 */
uint64_t tracks_shortest(const struct tracks *, struct export *, uint64_t each, uint64_t bytes);

/* A slice's name: good until the naming goes. */
const char *slice_name(const struct view_input *, const struct slice *);

#endif
