/* Section B of docs/pitfalls.md: memory hooks. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"
#include "same.h"

Test(pitfalls_b, b1_blocks_that_change_hands_are_never_live_twice)
{
	struct run *r = run_recorded(ARGV(target("heap_swap"), "20000"));
	json *j = report(run_dump(r));
	expect(run_tally(r, "clashes"), ==, 0);
	expect(json_sum(j, "memory.sites", "calls", "swap_blocks"), ==, run_tally(r, "made") + run_tally(r, "resized"));
	expect(json_sum(j, "memory.sites", "leaked_blocks", "swap_blocks"), ==, run_tally(r, "live"));
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "memory.lost_frees"), ==, 0);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

/* The other half of it: the allocator hands the block on before free has returned, each time. */
Test(pitfalls_b, b1_a_block_that_has_its_next_owner_before_free_returns)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 30, .preload_after = target("one_block")}, ARGV(target("handover")));
	cr_assert_eq(r->status, 0, "signal %d", r->signal);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "get_block"), ==, run_tally(r, "owners"));
	expect(json_sum(j, "memory.sites", "leaked_blocks", "get_block"), ==, 0);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "memory.lost_frees"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_b, b2_errno_stays_as_it_is)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("errno_stays")));
	expect(run_tally(r, "changed"), ==, 0);
	expect(run_tally(r, "no_memory"), ==, 1);
	run_free(r);
	/* also while there is no room, and everything is counted instead */
	r = run((struct run_how){.preload = true, .env = ENV("HP_MAX_BYTES=256K")}, ARGV(target("errno_stays")));
	expect(run_tally(r, "changed"), ==, 0);
	run_free(r);
}

Test(pitfalls_b, b3_what_libc_calls_inside_is_not_counted_a_second_time)
{
	struct run *r = run_same((struct run_how){.env = ENV("HP_FOLLOW=none")}, ARGV(target("libc_inside")));
	json *j = report(run_dump(r));
	expect(json_int(json_row(j, "io.stdio_ops", "name", "fopen"), "calls"), ==, 1);
	expect(json_int(json_row(j, "io.stdio_ops", "name", "fread"), "calls"), ==, 10);
	for (const char *const *op = ARGV("open", "openat", "read", "close", "fork", "execve"); *op; op++)
		cr_expect(!json_find(j, "io.ops", "name", *op), "%s inside of libc is counted", *op);
	expect(json_int(json_row(j, "io.ops", "name", "write"), "calls"), ==, 11);  /* the tallies */
	expect(json_int(j, "recorder.hooks.vm.events"), ==, 0);
	expect(json_int(j, "recorder.hooks.lock.events"), ==, 41);
	json_free(j);
	run_free(r);
}

Test(pitfalls_b, b5_answers_to_unusual_arguments_are_those_of_libc)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("heap_edges")));
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.leaked_blocks"), ==, 0);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
}

/* Of libc two variables, and two functions that neither allocate nor take a lock. */
Test(pitfalls_b, b6_the_recorder_calls_nothing_that_allocates)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c", format("nm -D --undefined-only '%s' | awk '$1 == \"U\" { sub(/@.*/, \"\"); print $2 }' | sort", built("libhp.so"))));
	cr_expect_str_eq(r->out, "__errno_location\ndirfd\nstdin\nstdout\n", "%s", r->out);
	run_free(r);
}

Test(pitfalls_b, b8_loader_heap_stdio_and_fork_at_once)
{
	struct run *r = run_same((struct run_how){.seconds = 60}, ARGV(target("loader_and_fork"), target("plugin"), "100"));
	expect(run_tally(r, "children"), ==, 100);
	json *j = report(run_dump_of(r, "loader_and_fork"));
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_b, b9_threads_stopped_by_a_signal_inside_of_a_hook)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 60}, ARGV(target("stop_the_world"), "300"));
	cr_assert_eq(r->status, 0);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "main"), >=, 300 * 300);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

/* Behind us its calls of mmap are recorded while it holds its lock; in front of us we see nothing of its heap. */
Test(pitfalls_b, b11_an_allocator_that_maps_memory_under_its_lock)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 20, .preload_after = target("mapping_malloc")}, ARGV(target("heap_swap"), "2000"));
	cr_assert_eq(r->status, 0, "signal %d", r->signal);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "swap_blocks"), ==, run_tally(r, "made") + run_tally(r, "resized"));
	expect(json_int(j, "recorder.hooks.vm.events"), >, 20);
	json_free(j);
	run_free(r);
	r = run((struct run_how){.preload = true, .seconds = 20, .preload_before = target("mapping_malloc")}, ARGV(target("heap_swap"), "2000"));
	cr_assert_eq(r->status, 0, "signal %d", r->signal);
	j = report(run_dump(r));
	cr_expect(json_any_contains(j, "recorder.blind_spots", "an allocator of its own"));
	json_free(j);
	run_free(r);
}

#define GROUP "/sys/fs/cgroup/memory/hp-test-b12"

static void enter_group(void)
{
	int fd = open(GROUP "/cgroup.procs", O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(121);
	close(fd);
}

static bool make_group(const char *limit)
{
	if (mkdir(GROUP, 0700) && errno != EEXIST)
		return false;
	int fd = open(GROUP "/memory.limit_in_bytes", O_WRONLY);
	bool made = fd >= 0 && write(fd, limit, strlen(limit)) > 0;
	close(fd);
	return made;
}

/* The dump gets several times as large as the memory that the group may have. */
Test(pitfalls_b, b12_a_group_with_less_memory_than_the_dump_has_bytes)
{
	if (!make_group("16777216"))
		cr_skip_test("needs a memory control group (version 1) that can be written to");
	struct run *r = run((struct run_how){.preload = true, .in_child = enter_group}, ARGV(target("heap_pingpong"), "2000000"));
	cr_expect_eq(r->status, 0, "status %d, signal %d: %s", r->status, r->signal, r->err);
	expect(disk_bytes(run_dump(r)), >, 40 << 20);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "make_block"), ==, 2000000);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
	rmdir(GROUP);
}
