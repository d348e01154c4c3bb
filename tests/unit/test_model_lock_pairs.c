/* Orders in which locks were taken, on dumps made by hand, and against a plain search of the same orders. */
#include "model_of.h"

enum { LOCKS = 6, LOCK_0 = 0x404000 };

static struct dump_writer *begin(unsigned kind)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_node(w, 1, 0, 0x401010);
	for (unsigned i = 0; i < LOCKS; i++)
		dw_lock_def(w, i, kind, LOCK_0 + i * 64, 0);
	return w;
}

static uint64_t now;
static void on(struct dump_writer *w, unsigned thread)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, now += 10000);
}

static void take(struct dump_writer *w, unsigned thread, const unsigned *locks, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		on(w, thread), dw_lock(w, HP_R_LOCK, locks[i], 0x401020 + locks[i] * 16);
	for (unsigned i = n; i-- > 0;)
		on(w, thread), dw_lock(w, HP_R_UNLOCK, locks[i], 0);
}
#define TAKE(w, thread, ...) take(w, thread, (const unsigned[]){__VA_ARGS__}, sizeof (unsigned[]){__VA_ARGS__} / sizeof(unsigned))

static const struct lock_pair *order(const struct model *m, const struct lock_inversion *v, uint32_t i)
{
	return &m->lock_pairs.v.v[m->lock_pairs.orders.v[v->first + i % v->count]];
}

Test(model_lock_pairs, an_order_has_its_sites_its_count_and_its_threads)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	TAKE(w, 1, 0, 1), TAKE(w, 2, 0, 1), TAKE(w, 2, 0, 1);
	struct model *m = model_of(w);
	cr_assert_eq(m->lock_pairs.v.n, 1);
	const struct lock_pair *p = &m->lock_pairs.v.v[0];
	cr_expect_eq(m->locks.v.v[p->first].address, LOCK_0);
	cr_expect_eq(m->locks.v.v[p->second].address, LOCK_0 + 64);
	cr_expect_eq(p->count, 3);
	cr_expect_eq(p->thread_count, 2);
	cr_expect_eq(m->stacks.nodes.v[p->holding_site].offset, 0x1020);
	cr_expect_eq(m->stacks.nodes.v[p->site].offset, 0x1030);
	cr_expect_eq(m->lock_pairs.inversions.n, 0);
	model_free(m);
}

Test(model_lock_pairs, locks_released_in_another_order_and_recursive_ones_are_held_as_long_as_they_are)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	for (unsigned i = 0; i < 2; i++)
		on(w, 1), dw_lock(w, HP_R_LOCK, 0, 0);   /* twice */
	on(w, 1), dw_lock(w, HP_R_LOCK, 1, 0);
	on(w, 1), dw_lock(w, HP_R_UNLOCK, 0, 0);   /* once */
	on(w, 1), dw_lock(w, HP_R_LOCK, 2, 0);     /* with 0 and 1 */
	on(w, 1), dw_lock(w, HP_R_UNLOCK, 0, 0);
	on(w, 1), dw_lock(w, HP_R_LOCK, 3, 0);     /* with 1 and 2 */
	struct model *m = model_of(w);
	unsigned seen = 0;
	for (size_t i = 0; i < m->lock_pairs.v.n; i++)
		seen |= 1u << ((m->locks.v.v[m->lock_pairs.v.v[i].first].address - LOCK_0) / 64 * 4 + (m->locks.v.v[m->lock_pairs.v.v[i].second].address - LOCK_0) / 64);
	cr_expect_eq(seen, 1u << 1 | 1u << 2 | 1u << 6 | 1u << 7 | 1u << 11, "%x", seen);
	model_free(m);
}

Test(model_lock_pairs, a_round_needs_as_many_threads_as_it_has_orders)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	TAKE(w, 1, 0, 1), TAKE(w, 2, 1, 2), TAKE(w, 2, 2, 0);
	struct model *m = model_of(w);
	cr_assert_eq(m->lock_pairs.inversions.n, 1);
	cr_expect_eq(m->lock_pairs.inversions.v[0].alone, 1, "two threads cannot be at three places");
	cr_expect_eq(m->lock_pairs.inversions.v[0].threads, 2);
	model_free(m);
}

Test(model_lock_pairs, a_thread_that_is_asked_about_is_told_with_those_that_it_meets)
{
	for (uint32_t tid = DW_PID; tid < DW_PID + 3; tid++) {
		struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
		TAKE(w, 1, 0, 1), TAKE(w, 2, 1, 0), TAKE(w, 3, 2, 3);
		struct model *m = model_with(w, &(struct model_options){ .tid = tid });
		cr_expect_eq(m->lock_pairs.inversions.n, tid < DW_PID + 2 ? 1 : 0);
		model_free(m);
	}
}

Test(model_lock_pairs, orders_before_and_after_the_time_that_is_asked_about_do_not_count)
{
	struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
	now = 0;
	TAKE(w, 1, 0, 1), TAKE(w, 2, 1, 0);
	dw_thread(w, 1, DW_PID), dw_at(w, 1000000), dw_alloc(w, 0x7000, 8, 0);
	struct model *m = model_with(w, &(struct model_options){ .from_ns = 45000, .to_ns = 900000 });
	cr_expect_eq(m->lock_pairs.v.n, 1);
	cr_expect_eq(m->lock_pairs.inversions.n, 0);
	model_free(m);
}

/* ---- against a plain search ---- */

struct orders { uint8_t reach[LOCKS][LOCKS]; };

static void close_over(struct orders *o)
{
	for (int k = 0; k < LOCKS; k++)
		for (int i = 0; i < LOCKS; i++)
			for (int j = 0; j < LOCKS; j++)
				o->reach[i][j] |= o->reach[i][k] & o->reach[k][j];
}

static unsigned nest_at_random(struct dump_writer *w, struct orders *o)
{
	unsigned locks[LOCKS] = { 0, 1, 2, 3, 4, 5 }, n = 2 + (unsigned)random() % 2;
	for (unsigned i = 0; i < n; i++) {
		unsigned k = i + (unsigned)random() % (LOCKS - i), swap = locks[i];
		locks[i] = locks[k], locks[k] = swap;
		for (unsigned h = 0; h < i; h++)
			o->reach[locks[h]][locks[i]] = 1;
	}
	take(w, 1 + (unsigned)random() % 3, locks, n);
	return n;
}

Test(model_lock_pairs, what_goes_round_is_found_and_closes)
{
	for (unsigned seed = 1; seed <= 150; seed++) {
		struct dump_writer *w = begin(HP_LOCK_KIND_MUTEX);
		struct orders o = { 0 };
		int round = 0;
		srandom(seed);
		for (unsigned i = 0; i < 2 + seed % 5; i++)
			nest_at_random(w, &o);
		close_over(&o);
		for (int i = 0; i < LOCKS; i++)
			round |= o.reach[i][i];
		struct model *m = model_of(w);
		cr_expect_eq(m->lock_pairs.inversions.n > 0, round, "seed %u", seed);
		for (size_t k = 0; k < m->lock_pairs.inversions.n; k++)
			for (uint32_t i = 0; i < m->lock_pairs.inversions.v[k].count; i++)
				cr_expect_eq(order(m, &m->lock_pairs.inversions.v[k], i)->second, order(m, &m->lock_pairs.inversions.v[k], i + 1)->first, "seed %u", seed);
		model_free(m);
	}
}
