/* The heap, against programs whose allocations are known. */
#include <criterion/criterion.h>

#include "expect.h"
#include "json.h"

/* A thread's descriptor table is allocated by pthread_create and kept for the next thread. */
#define THREAD_BLOCKS "pthread_create"

Test(heap, every_function_of_the_allocator_is_counted)
{
	struct run *r = run_recorded(ARGV(target("heap_calls"), "100"));
	json *j = report(run_dump(r));
	cr_assert_eq(run_tally(r, "as_expected"), 500);
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	expect(json_int(j, "memory.realloc_calls"), ==, run_tally(r, "reallocs"));
	expect(json_int(j, "memory.free_calls"), ==, run_tally(r, "frees"));
	expect(json_int(j, "memory.failed_calls"), ==, run_tally(r, "failed"));
	expect(json_int(j, "memory.bytes_allocated"), ==, run_tally(r, "bytes"));
	expect(json_int(j, "memory.leaked_bytes"), ==, 0);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
}

static void expect_peak(const char *how)
{
	struct run *r = run_recorded(ARGV(target("heap_peak"), how));
	json *j = report(run_dump(r));
	long long of_threads = json_sum(j, "memory.sites", "peak_bytes", THREAD_BLOCKS);
	cr_expect_eq(json_int(j, "memory.peak_bytes"), run_tally(r, "peak") + of_threads, "%s", how);
	cr_expect_eq(json_sum(j, "memory.sites", "peak_bytes", "reach"), run_tally(r, "peak"), "%s", how);
	cr_expect_eq(json_sum(j, "memory.sites", "leaked_bytes", "reach"), 0, "%s", how);
	expect(json_int(j, "memory.peak_time_ns"), <, json_int(j, "process.duration_ns"));
	if (strcmp(how, "threads")) {
		expect(of_threads, ==, 0);
		cr_expect_eq(json_int(j, "memory.peak_blocks"), 30, "%s", how);
	}
	json_free(j);
	run_free(r);
}

Test(heap, a_peak_of_malloc_is_exact)        { expect_peak("malloc"); }
Test(heap, a_peak_of_calloc_is_exact)        { expect_peak("calloc"); }
Test(heap, a_peak_through_realloc_is_exact)  { expect_peak("realloc"); }
Test(heap, a_peak_of_aligned_blocks_is_exact)
{
	expect_peak("memalign");
	expect_peak("aligned_alloc");
}
Test(heap, a_peak_across_threads_is_exact)   { expect_peak("threads"); }

Test(heap, blocks_freed_by_another_thread_end_at_zero_live_bytes)
{
	struct run *r = run_recorded(ARGV(target("heap_pingpong"), "1000000"));
	json *j = report(run_dump(r));
	long long of_threads = json_sum(j, "memory.sites", "leaked_bytes", THREAD_BLOCKS);
	expect(json_sum(j, "memory.sites", "calls", "make_block"), ==, 1000000);
	expect(json_sum(j, "memory.sites", "leaked_blocks", "make_block"), ==, 0);
	expect(json_int(j, "memory.leaked_bytes"), ==, of_threads);
	expect(json_int(j, "memory.free_calls"), >=, 1000000);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(heap, leaks_and_temporary_blocks_are_charged_to_their_places)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.leaked_bytes"), ==, run_tally(r, "leaked_bytes"));
	expect(json_int(j, "memory.leaked_blocks"), ==, run_tally(r, "leaked_blocks"));
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 7000);
	expect(json_sum(j, "memory.sites", "leaked_blocks", "load_config"), ==, 7);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "open_session"), ==, 2000);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "format_line"), ==, 0);
	expect(json_sum(j, "memory.sites", "temporary_calls", "format_line"), ==, 500);
	expect(json_int(j, "memory.temporary_calls"), ==, run_tally(r, "temporary"));
	json_free(j);
	run_free(r);
}

Test(heap, sizes_add_up_to_all_calls_and_bytes)
{
	struct run *r = run_recorded(ARGV(target("heap_calls"), "10"));
	json *j = report(run_dump(r));
	long long calls = json_sum(j, "memory.sizes", "calls", NULL), bytes = json_sum(j, "memory.sizes", "bytes", NULL);
	expect(calls, ==, json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls"));
	expect(bytes, ==, json_int(j, "memory.bytes_allocated"));
	json_free(j);
	run_free(r);
}

Test(heap, mapped_memory_has_its_peak)
{
	struct run *r = run_recorded(ARGV(target("address_space")));
	json *j = report(run_dump(r));
	long long peak = json_int(j, "memory.mapped_peak_bytes");
	cr_assert_eq(run_tally(r, "same") + run_tally(r, "sbrk"), 2);
	expect(peak, >=, run_tally(r, "peak"));
	expect(peak, <, run_tally(r, "peak") + (1 << 20));
	json_free(j);
	run_free(r);
}

Test(heap, new_and_delete_are_one_event_each)
{
	struct run *r = run_recorded(ARGV(target("cxx")));
	json *j = report(run_dump(r));
	/* 10 times 4 orders that are deleted on the way out, and one that leaks */
	expect(json_sum(j, "memory.sites", "calls", "make_one"), ==, 41);
	expect(json_sum(j, "memory.sites", "leaked_blocks", "make_one"), ==, 1);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "make_one"), ==, 100);
	json_free(j);
	run_free(r);
}

/* The stack of the blocks that `dive` allocated: how many rows of it there are, and where it ends. */
static void expect_depth(const char *depth, size_t rows, const char *outermost)
{
	const char *set = format("HP_DEPTH=%s", depth);
	struct run *r = run((struct run_how){.preload = true, .env = ENV(set)}, ARGV(target("deep"), "10000", "100"));
	json *j = report(run_dump(r)), *site = NULL;
	for (size_t i = 0; i < json_length(j, "memory.sites") && !site; i++)
		if (!strncmp(json_text(json_at(json_at(j, "memory.sites", i), "stack", 0), NULL), "dive", 4))
			site = json_at(j, "memory.sites", i);
	cr_assert(site, "no site in dive");
	expect(run_tally(r, "depth"), ==, 10000);
	expect(json_int(site, "calls"), ==, 100);
	expect(json_length(site, "stack"), ==, (long long)rows);
	const char *last = json_text(json_at(site, "stack", rows - 1), NULL);
	cr_expect(strstr(last, outermost), "the stack ends with %s", last);
	json_free(j);
	run_free(r);
}

/* 10,000 calls of dive, main and what the C library calls it from; a cut stack has a row that says so. */
Test(heap, a_stack_of_10000_frames_is_whole)   { expect_depth("16384", 10004, "_start"); }
Test(heap, a_stack_is_cut_at_HP_DEPTH_marked)  { expect_depth("128", 129, "cut"), expect_depth("1", 2, "cut"); }
