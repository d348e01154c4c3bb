/*
 * accesses.c - what code compiled with -fsanitize=thread calls for each access of memory, in place of ThreadSanitizer's
 * library (the names and signatures are those of compiler-rt's tsan_interface.h and tsan_interface_atomic.h). A plain
 * access is made by the code itself when we return; an atomic one is made here.
 */
#include "schedule.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

__extension__ typedef unsigned __int128 word128;
typedef uint8_t word8;
typedef uint16_t word16;
typedef uint32_t word32;
typedef uint64_t word64;

void __tsan_init(void) {}
void __tsan_func_entry(void *pc) {}
void __tsan_func_exit(void) {}

#define PLAIN(bytes) \
	void __tsan_read##bytes(void *at) { schedule_point(); } \
	void __tsan_unaligned_read##bytes(void *at) { schedule_point(); } \
	void __tsan_write##bytes(void *at) { schedule_point(); schedule_store(at, bytes, 0); } \
	void __tsan_unaligned_write##bytes(void *at) { schedule_point(); schedule_store(at, bytes, 0); }
PLAIN(1) PLAIN(2) PLAIN(4) PLAIN(8) PLAIN(16)

void __tsan_read_range(void *at, size_t bytes) { schedule_point(); }
void __tsan_write_range(void *at, size_t bytes) { schedule_point(); }  /* seen at once */

static int releases(int order)
{
	return order >= __ATOMIC_RELEASE;
}

static void swap_point(void *at, size_t bytes, int order)
{
	schedule_point();
	schedule_swap(at, bytes, releases(order));
}

#define FETCH(bits, name, op) \
	word##bits __tsan_atomic##bits##_fetch_##name(volatile word##bits *at, word##bits v, int order) \
	{ \
		swap_point((void *)at, sizeof v, order); \
		word##bits was = *at; \
		if (schedule_fault_now() == SCHEDULE_SPLIT_ADD) \
			schedule_point(); \
		*at = was op v; \
		return was; \
	}

#define ATOMIC(bits) \
	word##bits __tsan_atomic##bits##_load(const volatile word##bits *at, int order) \
	{ \
		schedule_point(); \
		return *at; \
	} \
	void __tsan_atomic##bits##_store(volatile word##bits *at, word##bits v, int order) \
	{ \
		schedule_point(); \
		schedule_store((void *)at, sizeof v, releases(order)); \
		if (sizeof v == 16 && schedule_fault_now() == SCHEDULE_SPLIT_PAIR) { \
			((volatile word64 *)at)[1] = (word64)(v >> (sizeof v * 4)); \
			schedule_point(); \
			((volatile word64 *)at)[0] = (word64)v; \
			return; \
		} \
		*at = v; \
	} \
	word##bits __tsan_atomic##bits##_exchange(volatile word##bits *at, word##bits v, int order) \
	{ \
		swap_point((void *)at, sizeof v, order); \
		word##bits was = *at; \
		if (schedule_fault_now() == SCHEDULE_SPLIT_SWAP) \
			schedule_point(); \
		*at = v; \
		return was; \
	} \
	int __tsan_atomic##bits##_compare_exchange_strong(volatile word##bits *at, word##bits *expected, word##bits v, int order, int fail) \
	{ \
		swap_point((void *)at, sizeof v, order); \
		word##bits was = *at; \
		if (schedule_fault_now() == SCHEDULE_SPLIT_SWAP) \
			schedule_point(); \
		if (was == *expected) { \
			*at = v; \
			return 1; \
		} \
		*expected = was; \
		return 0; \
	} \
	FETCH(bits, add, +) FETCH(bits, or, |)

ATOMIC(8) ATOMIC(16) ATOMIC(32) ATOMIC(64) ATOMIC(128)
