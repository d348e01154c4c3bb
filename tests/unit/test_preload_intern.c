/* parts: preload/intern.c preload/sys.c */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "intern.h"
#include "thread.h"
#include "unwind/pair.h"

enum { NODES_MAX = 1 << 22 };
struct node { uint64_t pc; uint32_t parent, flags, seen; };
static struct node *nodes;
static uint32_t emitted;
uint8_t hp_sandboxed;
static struct hp_thread me = { .live = 1 };

void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags);
void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags)
{
	nodes[id].pc = pc;
	nodes[id].parent = parent;
	nodes[id].flags = flags;
	__atomic_store_n(&nodes[id].seen, 1, __ATOMIC_RELEASE);
	__atomic_add_fetch(&emitted, 1, __ATOMIC_RELAXED);
}

static void start(void)
{
	nodes = calloc(NODES_MAX, sizeof *nodes);
	hp_intern_init();
}

static uint32_t node(uint32_t parent, uintptr_t pc) { return hp_node(&me, parent, hp_frame_key(pc, 0)); }

Test(intern, counts_ids_from_one)
{
	start();
	cr_assert_eq(node(0, 0x1000), 1);
	cr_assert_eq(node(1, 0x1000), 2);
	cr_assert_eq(node(0, 0x2000), 3);
}

Test(intern, gives_the_same_node_the_same_id)
{
	start();
	uint32_t a = node(0, 0x1000), b = node(a, 0x1000);
	cr_assert_eq(node(0, 0x1000), a);
	cr_assert_eq(node(a, 0x1000), b);
	cr_assert_eq(emitted, 2);
}

Test(intern, tells_frames_apart_by_their_flags)
{
	start();
	uint32_t a = hp_node(&me, 0, hp_frame_key(0x1000, 0)), b = hp_node(&me, 0, hp_frame_key(0x1000, HP_NODE_CUT));
	cr_assert_neq(a, b);
	cr_assert_eq(nodes[b].flags, HP_NODE_CUT);
	cr_assert_eq(nodes[b].pc, 0x1000);
}

Test(intern, gives_new_ids_to_code_that_takes_the_place_of_other_code)
{
	start();
	uint32_t outer = node(0, 0x9000), a = node(outer, 0x1100), inner = node(a, 0x9100);
	hp_intern_gone(0x1000, 0x2000);
	uint32_t b = node(outer, 0x1100), end = node(outer, 0x2000);
	cr_assert_eq(node(0, 0x9000), outer);
	cr_assert_neq(a, b);
	cr_assert_neq(node(b, 0x9100), inner);
	cr_assert_eq(nodes[b].pc, 0x1100);
	cr_assert_eq(nodes[b].flags, 0);
	cr_assert_eq(node(outer, 0x1100), b);
	hp_intern_gone(0x3000, 0x4000);
	cr_assert_neq(node(outer, 0x1100), b);
	cr_assert_neq(node(outer, 0x2000), end);
}

Test(intern, never_finds_nodes_of_code_that_is_gone_again_however_often_code_goes)
{
	start();
	uint32_t outer = node(0, 0x9000), last = 0;
	for (int i = 0; i < 20000; i++) {
		uint32_t id = node(outer, 0x1100);
		cr_assert_gt(id, last);
		cr_assert_eq(node(outer, 0x1100), id);
		last = id;
		hp_intern_gone(0x1000, 0x2000);
	}
	cr_assert_eq(node(0, 0x9000), outer);
}

Test(intern, finds_all_of_a_million_nodes_again)
{
	enum { N = 1000000 };
	uint32_t *ids = malloc(N * sizeof *ids);
	start();
	for (uint32_t i = 0; i < N; i++)
		ids[i] = node(i % 1000, 0x400000 + i * 5);
	for (uint32_t i = 0; i < N; i++)
		cr_assert(ids[i] && ids[i] == node(i % 1000, 0x400000 + i * 5));
	cr_assert_eq(emitted, N);
	free(ids);
}

Test(intern, gives_no_id_when_it_is_full_and_may_not_grow)
{
	uint32_t full = 0;
	start();
	hp_sandboxed = 1;
	for (uint32_t i = 1; i < 200000; i++)
		full += node(0, i * 16) ? 0 : 1;
	cr_assert_gt(full, 0);
	cr_assert_gt(node(0, 16), 0);
}

enum { THREADS = 4, CHAINS = 3000, CHAIN = 20 };
static uint32_t found[THREADS][CHAINS];
static pthread_barrier_t gate;

static void *intern_chains(void *arg)
{
	uint32_t *mine = arg;
	pthread_barrier_wait(&gate);
	for (uint32_t i = 0; i < CHAINS; i++) {
		uint32_t id = 0;
		for (uint32_t k = 0; k < CHAIN; k++) {
			id = node(id, 0x10000 + (i >> k) * 64);
			cr_assert(__atomic_load_n(&nodes[id].seen, __ATOMIC_ACQUIRE), "emitted before it is used");
		}
		mine[i] = id;
	}
	return NULL;
}

Test(intern, gives_racing_threads_the_same_ids)
{
	pthread_t t[THREADS];
	start();
	pthread_barrier_init(&gate, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, intern_chains, found[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	for (int i = 1; i < THREADS; i++)
		for (int k = 0; k < CHAINS; k++)
			cr_assert_eq(found[i][k], found[0][k]);
}

Test(intern, starts_again_in_a_forked_child)
{
	int status;
	start();
	for (uintptr_t pc = 1; pc < 100; pc++)
		node(0, pc);
	hp_memo_keep(&me, 12345, 7);
	pid_t child = fork();
	if (!child) {
		hp_intern_forked();
		_exit(hp_memo_find(12345) != 0 || node(0, 50) != 1 || node(1, 50) != 2);
	}
	waitpid(child, &status, 0);
	cr_assert_eq(status, 0);
	cr_assert_eq(node(0, 50), 50);
	cr_assert_eq(hp_memo_find(12345), 7);
}

Test(intern, remembers_whole_stacks_by_their_sum)
{
	start();
	cr_assert_eq(hp_memo_find(99), 0);
	hp_memo_keep(&me, 99, 5);
	cr_assert_eq(hp_memo_find(99), 5);
	cr_assert_eq(hp_memo_find(98), 0);
}

Test(intern, makes_sums_that_depend_on_the_order_of_frames)
{
	start();
	uint64_t a = hp_frame_key(0x401000, 0), b = hp_frame_key(0x402000, 0);
	cr_assert_neq(hp_frame_term(a, 0) + hp_frame_term(b, 1), hp_frame_term(b, 0) + hp_frame_term(a, 1));
	cr_assert_neq(hp_frame_term(a, 0), hp_frame_term(a, HP_TERMS));
}

/* One set that all threads write to: what is found must be what somebody wrote under that key. */
static struct hp_pair_set shared;
static void *use_pairs(void *arg)
{
	uint64_t seed = (uintptr_t)arg, value;
	pthread_barrier_wait(&gate);
	for (int i = 0; i < 2000000; i++) {
		seed = seed * 6364136223846793005ull + 1;
		uint64_t key = 1 + (seed >> 60);
		if (seed >> 40 & 1)
			hp_pair_keep(&shared, key, key * 1000 + (seed >> 50 & 7));
		else if (hp_pair_find(&shared, key, &value))
			cr_assert_eq(value / 1000, key);
	}
	return NULL;
}

Test(intern, never_finds_halves_of_two_entries)
{
	pthread_t t[THREADS];
	pthread_barrier_init(&gate, NULL, THREADS);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, use_pairs, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}
