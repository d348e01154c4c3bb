#include "calls_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { ASKED = 128 };  /* beside CALLS_*: those of the function are known */

const char *call_end_name(enum call_end end)
{
	static const char *const names[] = { "returned", "cut", "open" };
	return names[end];
}

/* ---- the first n: a heap with the last of them on top ---- */

/* Whether x comes before y in a list; of calls that are alike in it the later ones, so that it does not matter who found them. */
typedef int before(const struct single_call *x, const struct single_call *y);

static int later(const struct single_call *x, const struct single_call *y)
{
	uint64_t a = x->start_ns + x->ns, b = y->start_ns + y->ns;
	return a != b ? a > b : x->start_ns != y->start_ns ? x->start_ns > y->start_ns : x->thread > y->thread;
}

static int longer(const struct single_call *x, const struct single_call *y)
{
	return x->ns != y->ns ? x->ns > y->ns : later(x, y);
}

static void sift_down(struct single_call *v, size_t n, before *is_before)
{
	for (size_t i = 0;;) {
		size_t last = 2 * i + 1;
		if (last >= n)
			return;
		if (last + 1 < n && is_before(&v[last], &v[last + 1]))
			last++;
		if (!is_before(&v[i], &v[last]))
			return;
		struct single_call c = v[i];
		v[i] = v[last];
		v[last] = c;
		i = last;
	}
}

static void sift_up(struct single_call *v, size_t i, before *is_before)
{
	for (; i && is_before(&v[(i - 1) / 2], &v[i]); i = (i - 1) / 2) {
		struct single_call c = v[i];
		v[i] = v[(i - 1) / 2];
		v[(i - 1) / 2] = c;
	}
}

static void offer(struct single_calls *list, const struct single_call *c, size_t most, before *is_before)
{
	if (list->n < most) {
		vec_push(list, *c);
		sift_up(list->v, list->n - 1, is_before);
	} else if (most && is_before(c, &list->v[0])) {
		list->v[0] = *c;
		sift_down(list->v, list->n, is_before);
	}
}

/* ---- as calls come and go ---- */

void calls_begin(struct functions *fn, const struct calls_wanted *wanted)
{
	if (!wanted || fn->calls.private)
		return;
	fn->calls.private = xcalloc(1, sizeof *fn->calls.private);
	fn->calls.private->wanted = wanted;
}

static unsigned lists_of(struct functions *fn, uint32_t function)
{
	struct calls_private *p = fn->calls.private;
	if (!p->wanted->matches)
		return 0;
	vec_ensure(&p->lists, function);
	uint8_t *lists = &p->lists.v[function];
	if (!*lists)
		*lists = (uint8_t)(ASKED | p->wanted->matches(p->wanted->data, fn->v.v[function].module, fn->v.v[function].offset));
	return *lists;
}

void calls_entered(struct functions *fn, struct call_state *s, uint32_t node)
{
	if (fn->calls.private->wanted->wall)
		calls_open(fn->calls.private, s, fn->nodes.v[node].function);
}

/* Compensated times may come out below zero. */
static uint64_t took(const struct call_frame *c, uint64_t end)
{
	return (int64_t)(end - c->start) > 0 ? end - c->start : 0;
}

void calls_left(struct functions *fn, struct call_state *s, const struct call_frame *c, uint64_t end, enum call_end how)
{
	struct calls_private *p = fn->calls.private;
	uint32_t function = fn->nodes.v[c->node].function;
	uint64_t shift = s->cost >> 10;  /* from the compensated clock to the real one */
	if (p->wanted->wall)
		calls_close(p, s, function, c->start + shift, end + shift);
	if (p->wanted->by_node && !c->cut && how == CALL_RETURNED) {
		vec_ensure(&fn->calls.times, c->node);
		hist_add(&fn->calls.times.v[c->node], took(c, end));
	}
	unsigned lists = c->cut ? 0 : lists_of(fn, function);
	if (!(lists & (CALLS_RECENT | CALLS_LONGEST)))
		return;
	struct single_call call = { .ns = took(c, end), .node = c->node, .thread = s->thread, .end = how };
	call.start_ns = end + shift - call.ns;
	if (lists & CALLS_RECENT)
		offer(&fn->calls.recent, &call, p->wanted->most, later);
	if (lists & CALLS_LONGEST)
		offer(&fn->calls.longest, &call, p->wanted->most, longer);
}

/* ---- all of them ---- */

static void merge_list(struct single_calls *to, const struct single_calls *from, const uint32_t *nodes, size_t most, before *is_before)
{
	for (size_t i = 0; i < from->n; i++) {
		struct single_call c = from->v[i];
		c.node = nodes[c.node];
		offer(to, &c, most, is_before);
	}
}

void calls_merge(struct functions *to, const struct functions *from, const uint32_t *nodes, const uint32_t *functions)
{
	struct calls_private *p = to->calls.private, *x = from->calls.private;
	if (!p || !x)
		return;
	merge_list(&to->calls.recent, &from->calls.recent, nodes, p->wanted->most, later);
	merge_list(&to->calls.longest, &from->calls.longest, nodes, p->wanted->most, longer);
	for (size_t i = 0; i < from->calls.times.n; i++) {
		vec_ensure(&to->calls.times, nodes[i]);
		hist_merge(&to->calls.times.v[nodes[i]], &from->calls.times.v[i]);
	}
	for (uint32_t i = 0; i < x->spans.n; i++)
		calls_add_spans(p, functions[i], &x->spans.v[i]);
}

static int newest_first(const void *a, const void *b)
{
	const struct single_call *x = a, *y = b;
	return x->start_ns != y->start_ns ? (x->start_ns < y->start_ns) - (x->start_ns > y->start_ns) : later(b, a) - later(a, b);
}

static int longest_first(const void *a, const void *b)
{
	return longer(b, a) - longer(a, b);
}

void calls_finish(struct functions *fn)
{
	vec_sort(&fn->calls.recent, newest_first);
	vec_sort(&fn->calls.longest, longest_first);
	if (fn->calls.private && fn->calls.private->wanted->wall)
		calls_finish_wall(fn);
}

static void renumber_times(struct call_lists *c, const uint32_t *nodes)
{
	struct call_lists was = *c;
	memset(&c->times, 0, sizeof c->times);
	for (size_t i = 0; i < was.times.n; i++) {
		vec_ensure(&c->times, nodes[i]);
		c->times.v[nodes[i]] = was.times.v[i];
	}
	vec_free(&was.times);
}

void calls_renumber(struct functions *fn, const uint32_t *nodes)
{
	renumber_times(&fn->calls, nodes);
	for (size_t i = 0; i < fn->calls.recent.n; i++)
		fn->calls.recent.v[i].node = nodes[fn->calls.recent.v[i].node];
	for (size_t i = 0; i < fn->calls.longest.n; i++)
		fn->calls.longest.v[i].node = nodes[fn->calls.longest.v[i].node];
}

void calls_free(struct functions *fn)
{
	struct calls_private *p = fn->calls.private;
	vec_free(&fn->calls.recent);
	vec_free(&fn->calls.longest);
	for (size_t i = 0; i < fn->calls.times.n; i++)
		hist_free(&fn->calls.times.v[i]);
	vec_free(&fn->calls.times);
	if (!p)
		return;
	vec_free(&p->lists);
	calls_free_wall(p);
	free(p);
	fn->calls.private = NULL;
}
