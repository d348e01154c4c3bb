/* What the I/O view says of programs with known habits, and who reads what who writes. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

/* The hint of that name on a file. */
static json *hint(json *j, const char *name, const char *file)
{
	for (size_t i = 0; i < json_length(j, "io.hints"); i++) {
		json *h = json_at(j, "io.hints", i);
		if (!strcmp(json_text(h, "hint"), name) && !json_is_null(h, "path") && !strcmp(json_text(h, "path"), file))
			return h;
	}
	return NULL;
}

static void expect_hint(json *j, const char *name, const char *file, const char *function, long long count)
{
	json *h = hint(j, name, file);
	cr_assert(h, "no hint \"%s\" on %s", name, file);
	expect(json_int(h, "count"), ==, count);
	cr_expect(strstr(json_text(h, "text"), function), "\"%s\" does not name %s", json_text(h, "text"), function);
	cr_expect(json_any_contains(h, "stack", function));
}

Test(io_habits, each_is_named_with_the_function_that_has_it)
{
	struct run *r = run_recorded(ARGV(target("io_habits")));
	json *j = report(run_dump(r));
	expect_hint(j, "small writes", "io_habits.log", "put_bytes", run_tally(r, "bytes"));
	expect_hint(j, "jumps about", "io_habits.data", "jump", run_tally(r, "jumps") - 1);
	expect_hint(j, "opened again", "io_habits.data", "reopen", run_tally(r, "opens"));
	expect_hint(j, "looked up again", "io_habits.data", "look_up", run_tally(r, "lookups"));
	expect_hint(j, "looked for in vain", "no.such.file", "look_up", run_tally(r, "probes"));
	expect_hint(j, "read again", "io_habits.data", "read_all", run_tally(r, "passes"));
	expect_hint(j, "asked in vain", "pipe2", "spin", run_tally(r, "would_block"));
	cr_expect_null(hint(j, "small reads", "io_habits.data"));
	cr_expect_null(hint(j, "jumps about", "io_habits.log"));
	json_free(j);
	run_free(r);
}

Test(io_habits, the_file_says_where_it_was_read_and_what_was_synced)
{
	struct run *r = run_recorded(ARGV(target("io_habits")));
	json *j = report(run_dump(r)), *data = json_row(j, "io.files", "path", "io_habits.data"), *log = json_row(j, "io.files", "path", "io_habits.log");
	expect(json_int(data, "fsync.calls"), ==, run_tally(r, "syncs"));
	expect(json_int(j, "io.fsync.calls"), ==, run_tally(r, "syncs"));
	expect(json_int(data, "fsync.max_ns"), <=, json_int(data, "fsync.time_ns"));
	expect(json_int(data, "whole_reads"), ==, run_tally(r, "passes"));
	expect(json_int(data, "read.judged_calls"), ==, run_tally(r, "jumps") + run_tally(r, "passes") * 64);
	expect(json_int(data, "read.unaligned_calls"), ==, 0);
	expect(json_int(data, "read.page_unaligned_calls"), ==, run_tally(r, "jumps"));
	expect(json_int(data, "read.small_calls"), ==, run_tally(r, "jumps"));
	expect(json_int(data, "read.at_end_calls"), ==, run_tally(r, "passes"));
	expect(json_int(data, "write.sequential_calls"), ==, run_tally(r, "syncs") - 1);
	expect(json_length(log, "write.sizes"), ==, 1);
	expect(json_int(json_at(log, "write.sizes", 0), "calls"), ==, run_tally(r, "bytes"));
	expect(json_int(json_at(log, "write.sizes", 0), "max"), ==, 1);
	expect(json_int(log, "write.sequential_calls"), ==, run_tally(r, "bytes"));
	expect(json_int(log, "write.p50_ns"), <=, json_int(log, "write.p99_ns"));
	expect(json_int(log, "write.p99_ns"), <=, json_int(log, "write.max_ns"));
	json_free(j);
	run_free(r);
}

static json *woken_by(json *j, const char *op, const char *path, long long *timeouts)
{
	json *found = NULL;
	*timeouts = 0;
	for (size_t i = 0; i < json_length(j, "io.polls"); i++) {
		json *p = json_at(j, "io.polls", i);
		if (strcmp(json_text(p, "op"), op))
			continue;
		*timeouts += json_int(p, "timeouts");
		if (json_find(p, "woken_by", "path", path))
			found = json_find(p, "woken_by", "path", path);
	}
	cr_assert(found, "nothing of %s woke a %s", path, op);
	return found;
}

Test(io_habits, a_wait_says_what_woke_it)
{
	struct run *r = run_recorded(ARGV(target("io_wakes")));
	json *j = report(run_dump(r));
	static const struct { const char *op, *path, *tally; } waits[] = {
		{ "poll", "pipe", "polls" }, { "select", "pipe", "selects" }, { "epoll_wait", "eventfd", "epolls" },
	};
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		long long timeouts, times = run_tally(r, waits[i].tally);
		json *w = woken_by(j, waits[i].op, waits[i].path, &timeouts);
		expect(json_int(w, "times"), ==, times);
		expect(json_int(w, "time_ns"), >, times * run_tally(r, "pause_us") * 1000 / 2);
		expect(timeouts, ==, i ? 0 : run_tally(r, "timeouts"));
	}
	json *flow = json_row(j, "io.flows", "path", "pipe");
	expect(json_int(flow, "bytes"), ==, run_tally(r, "message_bytes"));
	cr_expect_str_eq(json_text(flow, "from.name"), "waker");
	cr_expect_str_eq(json_text(flow, "to.name"), "io_wakes");
	/* The first read may be over before the write is. */
	expect(json_int(json_row(j, "io.flows", "path", "eventfd"), "bytes"), >=, 8 * (run_tally(r, "epolls") - 1));
	json_free(j);
	run_free(r);
}

Test(io_habits, the_timeline_adds_up_to_the_totals)
{
	struct run *r = run_recorded(ARGV(target("io_habits")));
	json *j = report(run_dump(r));
	long long read = 0, written = 0, calls = 0, time = 0, last = -1;
	for (size_t i = 0; i < json_length(j, "io.timeline"); i++) {
		json *point = json_at(j, "io.timeline", i);
		read += json_int(point, "bytes_read"), written += json_int(point, "bytes_written"), calls += json_int(point, "calls");
		time += json_int(point, "io_ns");
		expect(json_int(point, "time_ns"), >, last);
		last = json_int(point, "time_ns");
	}
	expect(read, ==, json_int(j, "io.bytes_read"));
	expect(written, ==, json_int(j, "io.bytes_written"));
	expect(calls, ==, json_int(j, "io.calls"));
	expect(time, ==, json_int(j, "io.time_ns"));
	json_free(j);
	run_free(r);
}

/* The shell makes the pipe, forks, and each child becomes another program. */
Test(io_habits, all_of_a_pipeline_is_seen_to_go_from_program_to_program)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "--no-report", "-o", "d", "--", "sh", "-c",
	                    "head -c 1000000 /dev/zero | dd bs=4096 status=none of=out; dd bs=4096 status=none if=out | cat >/dev/null"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	struct run *told = run((struct run_how){ .cwd = r->work }, ARGV(analyzer(), "report", "--json", "d"));
	json *j = json_parse(told->out);
	long long through_pipe = 0, through_file = 0;
	for (size_t i = 0; i < json_length(j, "io.flows"); i++) {
		json *f = json_at(j, "io.flows", i);
		int is_pipe = !strcmp(json_text(f, "kind"), "pipe");
		*(is_pipe ? &through_pipe : &through_file) += json_int(f, "bytes");
		cr_expect_str_eq(json_text(f, "from.name"), is_pipe && !strcmp(json_text(f, "to.name"), "dd") ? "head" : "dd");
	}
	expect(json_length(j, "io.flows"), ==, 3);
	expect(through_pipe, ==, 2000000);
	expect(through_file, ==, 1000000);
	json_free(j);
	run_free(told);
	run_free(r);
}

/* 50,000 bytes one way and 200 back, over loopback, in one process. */
Test(io_habits, a_connection_is_told_at_both_ends)
{
	struct run *r = run_recorded(ARGV("/usr/bin/python3", "-I", "-S", "-c",
		"import socket, threading\n"
		"s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(5)\n"
		"def serve():\n"
		"    c, _ = s.accept()\n"
		"    for i in range(100):\n"
		"        n = 0\n"
		"        while n < 500: n += len(c.recv(500 - n))\n"
		"        c.sendall(b'ok')\n"
		"t = threading.Thread(target=serve); t.start()\n"
		"c = socket.create_connection(s.getsockname())\n"
		"for i in range(100):\n"
		"    c.sendall(b'x' * 500); n = 0\n"
		"    while n < 2: n += len(c.recv(2 - n))\n"
		"t.join()\n"));
	json *j = report(run_dump(r));
	json *taken = json_row(j, "io.peers", "role", "has connected"), *made = json_row(j, "io.peers", "role", "was connected to");
	cr_expect_str_eq(json_text(taken, "peer"), "127.0.0.1");
	expect(json_int(taken, "connections"), ==, 1);
	expect(json_int(taken, "bytes_read"), ==, 50000);
	expect(json_int(taken, "bytes_written"), ==, 200);
	expect(json_int(made, "bytes_written"), ==, 50000);
	expect(json_int(made, "connections"), ==, 1);
	long long there = 0, back = 0;
	for (size_t i = 0; i < json_length(j, "io.flows"); i++) {
		long long bytes = json_int(json_at(j, "io.flows", i), "bytes");
		*(bytes > 1000 ? &there : &back) += bytes;
	}
	expect(json_length(j, "io.flows"), ==, 2);
	expect(there, ==, 50000);
	expect(back, ==, 200);
	json_free(j);
	run_free(r);
}
