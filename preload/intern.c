/*
 * intern.c - the node table: sets of four entries, one cache line each, in up to four tables of growing size.
 *
 * A key has one set in each table, and in the last one some more. It is put into the first free entry on the way from
 * the first table to the last; as entries never leave, every thread finds it there or competes for the same entry, and
 * no node is ever in twice.
 */
#include "intern.h"
#include "sys.h"
#include "thread.h"
#include "unwind/cpu.h"
#include "unwind/pair.h"
#include <sys/mman.h>

HP_HIDDEN void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags);
extern HP_HIDDEN uint8_t hp_sandboxed;

enum { WAYS = 4, TABLES = 4, FIRST_SETS = 2048, FURTHER_SETS = 64, SHIFT_MAX = 5, FAILED = 4095 };
/* key; parent << 32 | id */
typedef uint64_t entry[2];
typedef entry set[WAYS];

/* In one mapping, wiped in a forked child. */
struct live {
	_Alignas(64) uint32_t last_id;
	struct hp_pair_set memo[1 << HP_MEMO_BITS];
	set first[FIRST_SETS] __attribute__((aligned(64)));
};
static struct live *live;
struct hp_pair_set *hp_memo;

static const uint32_t sets[TABLES] = { FIRST_SETS, 16384, 131072, 786432 };
/* Where each table is; the low bits say how often its size was halved to get it at all, FAILED: not at all. */
static uintptr_t tables[TABLES];

uint64_t hp_terms[HP_TERMS];

uint32_t hp_intern_era;
static uintptr_t gone_lo, gone_hi;
/* Above a key's pc and flags; 13 bits. 0: not in such code; OLD: of an era that nobody looks for any more. */
enum { ERA_SHIFT = 51, ERA_OLD = 0x1fff };

static void *map(size_t bytes)
{
	void *p = hp_sys_anonymous(bytes, 1);
	if (!p)
		p = hp_sys_anonymous(bytes, 0);  /* an old kernel: hp_intern_forked clears it */
	if (p)
		hp_sys3(SYS_madvise, p, bytes, MADV_NOHUGEPAGE);  /* touched at random, a huge page would be resident for a few */
	return p;
}

/* Maps a table on its first use, smaller where there is no room. Two threads may; one keeps its own. */
static HP_SLOW uintptr_t open_table(unsigned k)
{
	uintptr_t none = 0, mapped = FAILED;
	size_t bytes = sets[k] * sizeof(set);
	if (HP_RELAXED(&hp_sandboxed))
		return FAILED;
	for (unsigned shift = 0; shift < SHIFT_MAX && mapped == FAILED; shift++) {
		void *p = map(bytes >> shift);
		mapped = p ? (uintptr_t)p | shift : (uintptr_t)FAILED;
	}
	if (__atomic_compare_exchange_n(&tables[k], &none, mapped, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return mapped;
	if (mapped != FAILED)
		hp_sys2(SYS_munmap, mapped & ~(uintptr_t)FAILED, bytes >> (mapped & FAILED));
	return none;
}

void hp_intern_init(void)
{
	uint64_t seed = 0x243f6a8885a308d3ull;
	for (unsigned i = 0; i < HP_TERMS; i++) {
		seed = hp_mix(seed ^ seed >> 29) + 0x452821e638d01377ull;
		hp_terms[i] = (seed ^ seed >> 32) | 1;
	}
	live = map(sizeof *live);
	if (!live)
		return;
	tables[0] = (uintptr_t)live->first;
	hp_memo = live->memo;
	open_table(1);
}

void hp_intern_forked(void)
{
	if (!live || !live->last_id)
		return;  /* wiped */
	hp_sys3(SYS_madvise, live, sizeof *live, MADV_DONTNEED);
	for (unsigned k = 1; k < TABLES; k++)
		if (tables[k] && tables[k] != FAILED)
			hp_sys3(SYS_madvise, tables[k] & ~(uintptr_t)FAILED, sets[k] * sizeof(set) >> (tables[k] & FAILED), MADV_DONTNEED);
}

void hp_intern_moved(struct hp_thread *t)
{
	uint32_t left = live ? HP_RELAXED(&live->last_id) : 0;
	for (unsigned k = 0; k < TABLES && tables[k] && tables[k] != FAILED; k++) {
		const entry *e = (const entry *)(k ? tables[k] & ~(uintptr_t)FAILED : tables[k]);
		uint32_t count = WAYS * (sets[k] >> (k ? tables[k] & FAILED : 0));
		for (uint32_t i = 0; i < count && left; i++) {
			uint64_t key = e[i][0];
			if (!key)
				continue;
			hp_meta_node(t, (uint32_t)e[i][1], (uint32_t)(e[i][1] >> 32), (uintptr_t)(key & 0xffffffffffffull), (unsigned)(key >> 48 & 7));
			left--;
		}
	}
}

/* Set `further` after the one for a hash, NULL: there is no such table. */
static set *find_set(unsigned k, uint32_t hash, uint32_t further)
{
	uintptr_t table = HP_LOAD(&tables[k]);
	if (HP_UNLIKELY(!table))
		table = open_table(k);
	if (HP_UNLIKELY(table == FAILED))
		return NULL;
	uint32_t count = sets[k] >> (k ? table & FAILED : 0), i = (uint32_t)((uint64_t)hash * count >> 32) + further;
	return (set *)(k ? table & ~(uintptr_t)FAILED : table) + (i < count ? i : i - count);
}

/* The id in this entry if it is that node, putting the node in if the entry is free. 0: another node's. */
static uint32_t try_entry(struct hp_thread *t, entry *e, uint32_t parent, uint64_t key, uint32_t *made)
{
	uint64_t found = HP_LOAD(&(*e)[0]);
	if (!found) {
		if (!*made) {
			*made = __atomic_add_fetch(&live->last_id, 1, __ATOMIC_RELAXED);
			hp_meta_node(t, *made, parent, (uintptr_t)(key & 0xffffffffffffull), (unsigned)(key >> 48 & 7));
		}
		if (hp_install_pair(*e, key, (uint64_t)parent << 32 | *made)) {
			if (HP_UNLIKELY(!HP_RELAXED(&t->live)))
				HP_STORE(&(*e)[0], (uint64_t)ERA_OLD << ERA_SHIFT);  /* a child's table, its parent's id: see hp_node */
			return *made;
		}
		found = HP_LOAD(&(*e)[0]);
	}
	return found == key && (*e)[1] >> 32 == parent ? (uint32_t)(*e)[1] : 0;
}

static uint32_t try_set(struct hp_thread *t, set *s, uint32_t parent, uint64_t key, uint32_t *made)
{
	uint32_t id = 0;
	for (unsigned i = 0; i < WAYS && !id; i++)
		id = try_entry(t, &(*s)[i], parent, key, made);
	return id;
}

static uint64_t era_field(uint32_t era) { return (uint64_t)(1 + era % (ERA_OLD - 1)) << ERA_SHIFT; }

/* Eras begin anew: what has one is not to be found again. */
static HP_SLOW void forget_eras(void)
{
	for (unsigned k = 0; k < TABLES && tables[k] && tables[k] != FAILED; k++) {
		entry *e = (entry *)(k ? tables[k] & ~(uintptr_t)FAILED : tables[k]);
		uint32_t count = WAYS * (sets[k] >> (k ? tables[k] & FAILED : 0));
		for (uint32_t i = 0; i < count; i++)
			if (HP_RELAXED(&e[i][0]) >> ERA_SHIFT)
				__atomic_fetch_or(&e[i][0], (uint64_t)ERA_OLD << ERA_SHIFT, __ATOMIC_RELAXED);
	}
}

void hp_intern_gone(uintptr_t lo, uintptr_t hi)
{
	if (!gone_hi || lo < gone_lo)
		HP_STORE(&gone_lo, lo);
	if (hi > gone_hi)
		HP_STORE(&gone_hi, hi);
	if (era_field(__atomic_add_fetch(&hp_intern_era, 1, __ATOMIC_ACQ_REL)) == era_field(0) && live)
		forget_eras();
}

/* Bits that make a frame in code that came after other code another one. */
static uint64_t era_of(uint64_t key)
{
	uintptr_t pc = key & 0xffffffffffff;
	return pc - gone_lo <= gone_hi - gone_lo ? era_field(HP_RELAXED(&hp_intern_era)) : 0;  /* a return may be to the end */
}

uint32_t hp_node(struct hp_thread *t, uint32_t parent, uint64_t key)
{
	if (HP_UNLIKELY(HP_RELAXED(&hp_intern_era)))
		key |= era_of(key);
	uint32_t hash = (uint32_t)(hp_fold(key ^ 0x13198a2e03707344ull, parent + 0xa4093822299f31d1ull) >> 32);
	uint32_t id = 0, made = 0;
	unsigned k = 0;
	if (HP_UNLIKELY(!live || !HP_RELAXED(&t->live)))
		return 0;
	for (set *s; k < TABLES && !id && (s = find_set(k, hash, 0)); k++)
		id = try_set(t, s, parent, key, &made);
	for (uint32_t further = 1; !id && further < FURTHER_SETS; further++)
		id = try_set(t, find_set(k - 1, hash, further), parent, key, &made);
	return id;
}

/* Looked at afterwards: a child finds the table wiped, so what it has put there is what to take out again. */
void hp_memo_keep(const struct hp_thread *t, uint64_t sum, uint32_t id)
{
	if (!hp_memo)
		return;
	struct hp_pair_set *s = &hp_memo[sum >> (64 - HP_MEMO_BITS)];
	hp_pair_keep(s, sum, id);
	HP_BARRIER();
	if (HP_UNLIKELY(!HP_RELAXED(&t->live)))
		*s = (struct hp_pair_set){ 0 };
}
