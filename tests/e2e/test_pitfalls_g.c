/* I/O: descriptors that come from elsewhere, and libraries that hook the same calls. See docs/pitfalls.md. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

/* What came in a message has a number and no name; its bytes are counted all the same. */
Test(pitfalls_g, g11_a_descriptor_that_was_received_is_counted_by_its_number)
{
	struct run *r = run_recorded(ARGV(target("fd_passing")));
	expect(run_tally(r, "same"), ==, 1);
	json *j = report(run_dump(r));
	long long found = 0;
	for (size_t i = 0; i < json_length(j, "io.files"); i++) {
		json *file = json_at(j, "io.files", i);
		if (!strncmp(json_text(file, "path"), "fd:", 3))
			found += json_int(file, "bytes_written");
	}
	expect(found, ==, run_tally(r, "received"));
	json_free(j);
	run_free(r);
}

Test(pitfalls_g, g6_sendfile_is_counted_at_both_files)
{
	struct run *r = run_recorded(ARGV(target("fd_passing")));
	json *j = report(run_dump(r)), *from = NULL, *to = NULL;
	for (size_t i = 0; i < json_length(j, "io.files"); i++) {
		json *file = json_at(j, "io.files", i);
		from = strstr(json_text(file, "path"), "passed.txt") ? file : from;
		to = strstr(json_text(file, "path"), "copy.txt") ? file : to;
	}
	cr_assert(from && to);
	expect(json_int(from, "bytes_read"), ==, run_tally(r, "sent"));
	expect(json_int(to, "bytes_written"), ==, run_tally(r, "sent"));
	json_free(j);
	run_free(r);
}

/* io_uring has no functions of libc: what is done through it is not seen, and its set-up passes as it is. */
Test(pitfalls_g, g6_what_goes_past_libc_is_not_seen_and_works)
{
	const char *code = "import ctypes, os\n"
		"libc = ctypes.CDLL(None, use_errno=True)\n"
		"fd = os.open('x', os.O_RDWR | os.O_CREAT)\n"
		"print('wrote', libc.syscall(1 if os.uname().machine == 'x86_64' else 64, fd, b'12345', 5))\n"
		"print('failed', libc.syscall(425, 0, None), ctypes.get_errno() != 0)\n";
	struct run *plain = run((struct run_how){0}, ARGV("/usr/bin/python3", "-Sc", code));
	struct run *r = run_recorded(ARGV("/usr/bin/python3", "-Sc", code));
	cr_expect_str_eq(r->out, plain->out);
	json *j = report(run_dump(r));
	for (size_t i = 0; i < json_length(j, "io.files"); i++) {
		json *file = json_at(j, "io.files", i);
		const char *slash = strrchr(json_text(file, "path"), '/');
		if (slash && !strcmp(slash, "/x"))
			expect(json_int(file, "bytes_written"), ==, 0);
	}
	json_free(j);
	run_free(plain);
	run_free(r);
}

/* Two calls through public names are two events: of the program, and of the library below. */
Test(pitfalls_g, g10_a_library_below_that_calls_another_hooked_function)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("open_twice")}, ARGV(target("fd_passing")));
	expect(r->status, ==, 0);
	json *j = report(run_dump(r)), *open = json_row(j, "io.ops", "name", "open"), *openat = json_row(j, "io.ops", "name", "openat");
	expect(json_int(open, "calls"), ==, 2);
	expect(json_int(openat, "calls"), >=, 2);
	json_free(j);
	run_free(r);
}

Test(pitfalls_g, g10_fakeroot)
{
	if (!have_program("fakeroot"))
		cr_skip_test("fakeroot is not installed");
	const char *const *command = ARGV("fakeroot", "sh", "-c", "touch f; chown 12:34 f; stat -c %u:%g f; id -u");
	struct run *plain = run((struct run_how){0}, command);
	struct run *r = run((struct run_how){.preload = true}, command);
	cr_expect_str_eq(r->out, plain->out);
	cr_expect_str_eq(r->err, plain->err);
	expect(r->status, ==, plain->status);
	for (size_t i = 0; i < r->dump_count; i++)
		json_free(report(r->dump[i]));
	run_free(plain);
	run_free(r);
}
