#include "export/wakes.h"

enum object_sort { SORT_OBJECT, SORT_THREAD_BEGINS, SORT_THREAD_ENDS };

static uint64_t key_of(uint32_t process, uint64_t object, enum object_sort sort)
{
	uint64_t key = (object * 4 + sort) * 0x9e3779b97f4a7c15u ^ ((uint64_t)process << 1 | 1) * 0xbf58476d1ce4e5b9u;

	return key == MAP64_EMPTY ? 0 : key;
}

static void note(struct wakes *w, const struct model_event *e, uint64_t object, enum object_sort sort)
{
	uint64_t key = key_of(e->process, object, sort);
	uint32_t i = map64_get(&w->by_object, key);

	if (i == MAP64_NONE) {
		i = (uint32_t)w->v.n;
		(void)vec_add(&w->v);
		map64_put(&w->by_object, key, i);
	}
	w->v.v[i] = (struct waker){ e->ns, e->thread, e->name };
}

/* The last one between the beginning of the wait and its end. */
static const struct waker *find(const struct wakes *w, const struct model_event *e, uint64_t object, enum object_sort sort)
{
	uint32_t i = map64_get(&w->by_object, key_of(e->process, object, sort));
	const struct waker *found = i == MAP64_NONE ? NULL : &w->v.v[i];

	if (!found || found->thread == e->thread || found->ns > e->ns || (sort == SORT_OBJECT && found->ns < e->start_ns))
		return NULL;
	return found;
}

static int is_release(unsigned record, unsigned sub)
{
	return record == HP_R_UNLOCK || record == HP_R_UNLOCK_WAITED || record == HP_R_SYNC
		|| (record == HP_R_LOCK_X && (sub == HP_R_UNLOCK || sub == HP_R_UNLOCK_WAITED));
}

static int is_wait(unsigned record, const struct model_event *e)
{
	return e->duration_ns && e->has_object
		&& (record == HP_R_WAIT || record == HP_R_LOCK_WAIT || record == HP_R_LOCK_WAIT_SH || record == HP_R_LOCK_X);
}

const struct waker *wakes_creator(struct wakes *w, const struct model_event *e)
{
	uint64_t pthread = e->raw->thread->pthread;

	vec_ensure(&w->begun, e->thread);
	if (w->begun.v[e->thread])
		return NULL;
	w->begun.v[e->thread] = 1;
	return pthread ? find(w, e, pthread, SORT_THREAD_BEGINS) : NULL;
}

const struct waker *wakes_event(struct wakes *w, const struct model_event *e)
{
	unsigned record = e->raw->r.kind, sub = hp_word_sub(e->raw->r.w[0]);
	uint64_t pthread = e->raw->thread->pthread;

	if (record == HP_R_THREAD_CREATE && !e->error)
		note(w, e, e->object, SORT_THREAD_BEGINS);
	else if (record == HP_R_THREAD_END && pthread)
		note(w, e, pthread, SORT_THREAD_ENDS);
	else if (is_release(record, sub) && e->has_object)
		note(w, e, e->object, SORT_OBJECT);
	else if (is_wait(record, e) && wait_class_of(sub) == WAIT_JOIN && record == HP_R_WAIT)
		return find(w, e, e->object, SORT_THREAD_ENDS);
	else if (is_wait(record, e))
		return find(w, e, e->object, SORT_OBJECT);
	return NULL;
}

void wakes_free(struct wakes *w)
{
	vec_free(&w->v);
	map64_free(&w->by_object);
	vec_free(&w->begun);
}
