/* Descriptors and files, against programs whose calls are known. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static json *op(json *j, const char *name)
{
	return json_row(j, "io.ops", "name", name);
}

Test(io, calls_bytes_and_errors_are_exact)
{
	struct run *r = run_recorded(ARGV(target("io_counts"), "data", "100"));
	json *j = report(run_dump(r));
	expect(json_int(op(j, "openat"), "calls"), ==, run_tally(r, "openat"));
	expect(json_int(op(j, "openat"), "errors"), ==, 100);
	expect(json_int(op(j, "openat"), "errno.ENOENT"), ==, 100);
	expect(json_int(op(j, "read"), "errno.EBADF"), ==, 100);
	expect(json_int(op(j, "read"), "calls"), ==, run_tally(r, "read"));
	expect(json_int(op(j, "read"), "bytes"), ==, run_tally(r, "read_bytes"));
	expect(json_int(op(j, "read"), "would_block"), ==, run_tally(r, "would_block"));
	expect(json_int(op(j, "write"), "bytes"), ==, run_tally(r, "write_bytes") + (long long)r->out_bytes);
	expect(json_int(op(j, "pwrite"), "calls"), ==, 100);
	expect(json_int(op(j, "pwrite"), "bytes"), ==, 50000);
	expect(json_int(op(j, "pread"), "bytes"), ==, 10000);
	expect(json_int(op(j, "writev"), "bytes"), ==, 7);
	expect(json_int(op(j, "readv"), "bytes"), ==, 7);
	expect(json_int(op(j, "fsync"), "calls"), ==, run_tally(r, "fsync"));
	expect(json_int(op(j, "close"), "calls"), ==, run_tally(r, "close"));
	expect(json_int(j, "io.errors"), ==, run_tally(r, "errors"));
	expect(json_int(j, "io.would_block"), ==, run_tally(r, "would_block"));
	expect(json_int(j, "io.bytes_read"), ==, run_tally(r, "read_bytes") + 10000 + 7);
	expect(json_int(j, "io.bytes_written"), ==, run_tally(r, "write_bytes") + (long long)r->out_bytes + 50000 + 7);
	json_free(j);
	run_free(r);
}

/* The row of the file whose path ends in `end`. */
static json *file(json *j, const char *end)
{
	for (size_t i = 0; i < json_length(j, "io.files"); i++) {
		json *row = json_at(j, "io.files", i);
		const char *path = json_text(row, "path");
		if (strlen(path) >= strlen(end) && !strcmp(path + strlen(path) - strlen(end), end))
			return row;
	}
	cr_assert(false, "no file %s in the report", end);
	return NULL;
}

Test(io, a_file_is_one_row_with_what_was_done_to_it)
{
	struct run *r = run_recorded(ARGV(target("io_counts"), "data", "100"));
	json *j = report(run_dump(r)), *data = file(j, "data");
	cr_expect_str_eq(json_text(data, "kind"), "file");
	expect(json_int(data, "opens"), ==, 100);
	expect(json_int(data, "reads"), ==, 300);
	expect(json_int(data, "writes"), ==, 200);
	expect(json_int(data, "bytes_read"), ==, 81000);
	expect(json_int(data, "bytes_written"), ==, 150000);
	json_free(j);
	run_free(r);
}

static void expect_bytes(json *j, const char *name, const char *kind, long long read, long long written)
{
	json *row = file(j, name);
	cr_expect_str_eq(json_text(row, "kind"), kind, "%s is a %s", name, json_text(row, "kind"));
	cr_expect_eq(json_int(row, "bytes_read"), read, "%s: %lld bytes read", name, json_int(row, "bytes_read"));
	cr_expect_eq(json_int(row, "bytes_written"), written, "%s: %lld bytes written", name, json_int(row, "bytes_written"));
}

static long long bytes_of_kind(json *j, const char *kind, const char *key)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(j, "io.files"); i++)
		if (!strcmp(json_text(json_at(j, "io.files", i), "kind"), kind))
			sum += json_int(json_at(j, "io.files", i), key);
	return sum;
}

Test(io, relative_paths_follow_the_program_from_directory_to_directory)
{
	struct run *r = run_recorded(ARGV(target("moves_about")));
	json *j = report(run_dump(r));
	expect_bytes(j, "top", "file", 0, 1 + 5 + 6);
	expect_bytes(j, "sub/file", "file", 0, 2 + 4 + 8);
	expect_bytes(j, "sub/deep/inner", "file", 0, 3);
	expect_bytes(j, "/tmp/hp-moves-about", "file", 0, 7);
	expect(json_int(json_row(j, "io.ops", "name", "chdir"), "errors"), ==, 1);
	json_free(j);
	run_free(r);
}

Test(io, programs_of_one_run_that_start_in_different_directories_have_different_files)
{
	const char *commands = format("mkdir a b; cd a; %s; cd ../b; %s", target("moves_about"), target("moves_about"));
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "-o", "dumps", "--", "sh", "-c", commands));
	cr_assert_eq(r->status, 0, "%s", r->err);
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", format("%s/dumps", r->work)));
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	for (const char *const *directory = ARGV("a", "b"); *directory; directory++) {
		expect_bytes(j, format("%s/top", *directory), "file", 0, 1 + 5 + 6);
		expect_bytes(j, format("%s/sub/deep/inner", *directory), "file", 0, 3);
	}
	expect_bytes(j, "/tmp/hp-moves-about", "file", 0, 2 * 7);
	json_free(j);
	run_free(told);
	run_free(r);
}

Test(io, what_is_behind_a_descriptor_is_known)
{
	struct run *r = run_recorded(ARGV(target("fd_kinds")));
	json *j = report(run_dump(r));
	/* through openat, dup, fcntl and dup2 */
	expect_bytes(j, "sub/inner.txt", "file", 0, 10 + 3 + 2 + 1);
	expect(bytes_of_kind(j, "pipe", "bytes_written"), ==, 8);
	expect(bytes_of_kind(j, "pipe", "bytes_read"), ==, 7);
	expect(bytes_of_kind(j, "eventfd", "bytes_read"), ==, 8);
	expect(bytes_of_kind(j, "socket", "bytes_read"), ==, 8 + 5);
	expect(bytes_of_kind(j, "socket", "bytes_written"), ==, 8 + 5);
	json *peer = file(j, format("127.0.0.1:%lld", run_tally(r, "port")));
	cr_expect_str_eq(json_text(peer, "kind"), "socket");
	expect(json_int(j, "waits.poll.calls"), ==, 1);
	expect(run_tally(r, "ready"), ==, 1);
	json_free(j);
	run_free(r);
}

Test(io, descriptors_open_at_the_start_have_their_names)
{
	struct run *r = run((struct run_how){.preload = true, .input = "some input"}, ARGV("dd", "bs=4", "status=none"));
	cr_assert_eq(r->status, 0);
	json *j = report(run_dump(r));
	expect_bytes(j, "/stdin", "file", 10, 0);
	expect_bytes(j, "/stdout", "file", 0, 10);
	json_free(j);
	run_free(r);
}

Test(io, stdio_and_fortified_names_are_counted_apart_from_descriptors)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("stdio_calls"), "data"));
	json *j = report(run_dump_of(r, "stdio_calls")), *data = file(j, "data");
	expect(json_int(data, "stdio_calls"), >, 100 + 1 + 1 + 50);
	expect(json_int(data, "stdio_bytes"), >=, 1000 + 7 + 10 + 50);
	/* the 255 bytes that __read_chk got through open(); what stdio itself reads is not seen */
	expect(json_int(data, "bytes_read"), ==, 255);
	expect(json_int(op(j, "read"), "calls"), ==, 1);
	expect(json_int(j, "waits.poll.calls"), ==, 1);
	json_free(j);
	run_free(r);
}

Test(io, closing_every_descriptor_does_not_end_the_recording)
{
	struct run *r = run_recorded(ARGV(target("close_all")));
	json *j = report(run_dump(r));
	expect(run_tally(r, "first_free"), ==, 3);
	expect(json_int(j, "memory.alloc_calls"), ==, 20000);
	expect_bytes(j, "close_all.data", "file", 0, 200000);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}
