/* events_private.h - filling in a struct model_event; shared by events.c and event_calls.c. */
#ifndef HP_MODEL_EVENTS_PRIVATE_H
#define HP_MODEL_EVENTS_PRIVATE_H

#include <string.h>

#include "private.h"

static inline void with_object(struct model_event *v, uint64_t object)
{
	v->object = object;
	v->has_object = 1;
}

static inline void with_size(struct model_event *v, uint64_t size)
{
	v->size = size;
	v->has_size = 1;
}

static inline void with_result(struct model_event *v, int64_t result, int error)
{
	v->result = result;
	v->error = error;
	v->has_result = 1;
}

static inline void with_start(const struct feed *f, struct model_event *v, uint64_t start_ticks)
{
	v->start_ns = start_ticks ? clock_ns(f->clock, start_ticks) : v->ns;
	if (v->start_ns > v->ns)
		v->start_ns = v->ns;
	v->duration_ns = v->ns - v->start_ns;
}

static inline void with_text(struct model_event *v, const struct dump_record *r, uint32_t fixed_words, uint32_t claimed)
{
	v->text = dump_payload(r, fixed_words, claimed, &v->text_bytes);
	v->text_bytes = (uint32_t)strnlen(v->text, v->text_bytes);
}

void show_lock(struct feed *, struct model_event *);
void show_io(struct feed *, struct model_event *);
void show_wait(struct feed *, struct model_event *);
void show_sync(struct feed *, struct model_event *);
void show_abandoned(struct feed *, struct model_event *);

#endif
