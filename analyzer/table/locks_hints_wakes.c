/* Hints on conditions and barriers. */
#include "table/locks_hints.h"

#include "util/fmt.h"

enum {
	SEEN_LEAST = 100,           /* of a habit */
	MOSTLY_PERCENT = 50,
	IN_VAIN_PERCENT = 25,
	POLLED_LEAST = 10,
	UNEVEN_PERCENT = 20,        /* of the waits: the rest is the wake-up */
	UNEVEN_NS = 20000,          /* more than it takes to wake a thread */
	ONE_LAST_PERCENT = 60,
	LOST_LEAST = 10000,         /* it costs no more than a call, unless somebody missed it */
};

static uint64_t signalled(const struct lock *l)
{
	return l->cond->signals + l->cond->broadcasts;
}

bool lock_hint_signal_under_lock(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct lock_cond *c = l->cond;

	if (!c || c->under_mutex < SEEN_LEAST || c->woken < SEEN_LEAST || view_percent(c->under_mutex, signalled(l)) < MOSTLY_PERCENT)
		return false;
	*h = (struct lock_hint){ .count = c->under_mutex, .of = signalled(l), .wait_ns = lock_times_quantile(&c->latency, .5) };
	h->text = view_text(in, "%s of %s signals by who held %s, which the woken thread needs (it is back after %s usually): unlock first",
	                    fmt_count(h->count).s, fmt_count(h->of).s, c->mutex != LOCK_NONE ? naming_lock(in->naming, c->mutex) : "the mutex",
	                    fmt_duration(h->wait_ns).s);
	return true;
}

bool lock_hint_woken_in_vain(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct lock_cond *c = l->cond;

	if (!c || c->rewaits < SEEN_LEAST || view_percent(c->rewaits, c->woken + c->spurious) < IN_VAIN_PERCENT)
		return false;
	*h = (struct lock_hint){ .count = c->rewaits, .of = c->woken + c->spurious };
	h->text = view_text(in, "%s of %s woken threads wait again at once: %s", fmt_count(h->count).s, fmt_count(h->of).s,
	                    c->broadcast_woken * 2 > c->woken ? "signal one instead of broadcasting to all" : "signal when there is something to do");
	return true;
}

bool lock_hint_broadcast_to_one(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct lock_cond *c = l->cond;

	if (!c || c->unsure || c->broadcast_one < SEEN_LEAST || view_percent(c->broadcast_one, c->broadcasts) < 100 - IN_VAIN_PERCENT)
		return false;
	*h = (struct lock_hint){ .count = c->broadcast_one, .of = c->broadcasts };
	h->text = view_text(in, "%s of %s broadcasts were for one waiter: a signal would do", fmt_count(h->count).s, fmt_count(h->of).s);
	return true;
}

bool lock_hint_lost_signals(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct lock_cond *c = l->cond;

	if (!c || c->unsure || c->lost < (c->timeouts ? SEEN_LEAST : LOST_LEAST) || view_percent(c->lost, signalled(l)) < MOSTLY_PERCENT)
		return false;
	*h = (struct lock_hint){ .count = c->lost, .of = signalled(l) };
	h->text = view_text(in, "%s of %s signals when nobody waited", fmt_count(h->count).s, fmt_count(h->of).s);
	return true;
}

bool lock_hint_polled(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct lock_cond *c = l->cond;

	if (!c || c->timeouts < POLLED_LEAST || view_percent(c->timeouts, l->all.contended) < MOSTLY_PERCENT)
		return false;
	*h = (struct lock_hint){ .count = c->timeouts, .of = l->all.contended, .wait_ns = lock_times_quantile(&l->all.waits, .5) };
	h->text = view_text(in, "%s of %s waits time out, after %s usually: it is polled, not signalled", fmt_count(h->count).s, fmt_count(h->of).s,
	                    fmt_duration(h->wait_ns).s);
	return true;
}

bool lock_hint_uneven_arrival(const struct view_input *in, const struct lock *l, struct lock_hint *h)
{
	const struct lock_barrier *b = l->barrier;
	const struct lock_user *last = NULL;

	if (!b || b->rounds < 2 || !lock_waits_matter(in, l) || b->spread_ns / b->rounds < UNEVEN_NS
	    || view_percent(b->spread_ns, l->all.wait_ns) < UNEVEN_PERCENT)
		return false;
	for (uint32_t i = l->first_user; i < in->model->locks.users.n; i = in->model->locks.users.v[i].next)
		if (!last || in->model->locks.users.v[i].last_arrivals > last->last_arrivals)
			last = &in->model->locks.users.v[i];
	*h = (struct lock_hint){ .count = last ? last->last_arrivals : 0, .of = b->rounds, .wait_ns = l->all.wait_ns };
	h->text = view_text(in, "%s from the first to the last to come, on average of %s", fmt_duration(locks_mean(b->spread_ns, b->rounds)).s,
	                    view_count(in, b->rounds, "round"));
	if (last && view_percent(last->last_arrivals, b->rounds) >= ONE_LAST_PERCENT)
		h->text = view_text(in, "%s; thread %u is last in %s: give it less to do", h->text, in->model->threads.v.v[last->thread].tid,
		                    fmt_count(last->last_arrivals).s);
	return true;
}
