/*
 * wakes.h - who ended whose wait, as far as the order of events tells: the last release of a lock before an acquisition that
 * had to wait, the last signal, post or broadcast to what a thread waited for, the creation of a thread, the end of one that
 * was waited for. Memory: one entry for each object that was ever given up or signalled.
 */
#ifndef HP_EXPORT_WAKES_H
#define HP_EXPORT_WAKES_H

#include "model/model.h"

/* What a thread did to whatever it was, and when. */
struct waker { uint64_t ns; uint32_t thread; const char *name; };

struct wakes {
	VEC(struct waker) v;
	struct map64      by_object;
	VEC(uint8_t)      begun;   /* by thread: its first event was seen */
};

/* Takes the event in. If it is the end of a wait that another thread ended: that one, else NULL. Good until the next call. */
const struct waker *wakes_event(struct wakes *, const struct model_event *);
/* If it is its thread's first event: who created that, if it was seen. */
const struct waker *wakes_creator(struct wakes *, const struct model_event *);
void wakes_free(struct wakes *);

#endif
