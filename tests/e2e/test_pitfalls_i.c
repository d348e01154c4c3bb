/* Modules that come and go, and the loader's lock. See docs/pitfalls.md. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

/* A thread holds the loader's lock, in a callback of dl_iterate_phdr, until another one has called hooks of all kinds. */
Test(pitfalls_i, i3_no_hook_waits_for_the_loaders_lock)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 20}, ARGV(target("loader_lock")));
	expect(r->status, ==, 0);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "new_stacks"), ==, run_tally(r, "allocs"));
	json_free(j);
	run_free(r);
}

Test(pitfalls_i, i1_a_library_that_is_loaded_by_a_relative_path_has_its_names)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-ec", "cp \"$1\" ./plug.so", "sh", target("plugin")));
	struct run *host = run((struct run_how){.preload = true, .cwd = r->work}, ARGV(target("plugin_host"), "./plug.so"));
	expect(host->status, ==, 0);
	json *j = report(run_dump(host));
	json_row(j, "modules", "path", format("%s/plug.so", r->work));
	expect(json_sum(j, "memory.sites", "calls", "plugin_make"), ==, run_tally(host, "made"));
	json_free(j);
	run_free(host);
	run_free(r);
}

/* What is left of the library's file after the recording; its frames are there in any case. */
static void expect_calls_with(const char *command, const char *frame)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-ec", "cp \"$1\" ./plug.so", "sh", target("plugin")));
	char *plugin = format("%s/plug.so", r->work);
	struct run *host = run((struct run_how){.preload = true}, ARGV(target("plugin_host"), plugin));
	struct run *after = run((struct run_how){.cwd = r->work}, ARGV("sh", "-ec", command));
	expect(after->status, ==, 0);
	struct run *read = run((struct run_how){.seconds = 20}, ARGV(analyzer(), "report", "--json", run_dump(host)));
	expect(read->status, ==, 0);
	json *j = json_parse(read->out);
	expect(json_sum(j, "memory.sites", "calls", frame), ==, run_tally(host, "made"));
	json_free(j);
	run_free(read);
	run_free(after);
	run_free(host);
	run_free(r);
}

Test(pitfalls_i, i7_a_library_that_was_deleted)       { expect_calls_with("rm plug.so", "plug.so"); }
Test(pitfalls_i, i7_a_library_of_another_build)       { expect_calls_with("cp /lib/x86_64-linux-gnu/libc.so.6 plug.so || cp /lib/*/libc.so.6 plug.so", "plug.so"); }
/* The same functions at the same places, so that its names would be believed but for the build id. */
#define NEW_ID "objcopy --dump-section .note.gnu.build-id=id plug.so && printf XXXX | dd of=id bs=1 seek=20 conv=notrunc 2>/dev/null && " \
	"objcopy --update-section .note.gnu.build-id=id plug.so"
Test(pitfalls_i, i7_a_library_that_was_built_anew)    { expect_calls_with(NEW_ID, "plug.so"); }
Test(pitfalls_i, n6_a_library_that_became_a_pipe)     { expect_calls_with("rm plug.so; mkfifo plug.so", "plug.so"); }
Test(pitfalls_i, n6_a_library_that_became_a_device)   { expect_calls_with("rm plug.so; ln -s /dev/zero plug.so", "plug.so"); }
Test(pitfalls_i, n6_a_library_that_became_a_loop)     { expect_calls_with("rm plug.so; ln -s plug.so plug.so", "plug.so"); }
Test(pitfalls_i, n7_a_library_of_noise)               { expect_calls_with("head -c 100000 /dev/urandom >plug.so", "plug.so"); }
Test(pitfalls_i, n7_a_library_that_is_cut_in_the_middle) { expect_calls_with("truncate -s 4000 plug.so", "plug.so"); }

/* Each seventh byte of what is behind the ELF header is another one: whatever it then says, the report ends. */
Test(pitfalls_i, n7_a_library_whose_tables_are_damaged)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-ec", "cp \"$1\" ./plug.so", "sh", target("plugin")));
	char *plugin = format("%s/plug.so", r->work);
	struct run *host = run((struct run_how){.preload = true}, ARGV(target("plugin_host"), plugin));
	size_t n;
	char *bytes = file_text(plugin, &n);
	for (unsigned seed = 1; seed <= 8; seed++) {
		char *damaged = malloc(n);
		memcpy(damaged, bytes, n);
		srand(seed);
		for (size_t i = 64; i < n; i += 1 + (size_t)rand() % 400)
			damaged[i] = (char)rand();
		file_write(plugin, damaged, n);
		free(damaged);
		struct run *read = run((struct run_how){.seconds = 20}, ARGV(analyzer(), "report", run_dump(host)));
		cr_expect_eq(read->status, 0, "seed %u: status %d, signal %d", seed, read->status, read->signal);
		run_free(read);
	}
	run_free(host);
	run_free(r);
}

Test(pitfalls_i, i7_a_program_that_deletes_itself)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-ec", "cp \"$1\" ./leaks", "sh", target("heap_leaks")));
	char *program = format("%s/leaks", r->work);
	struct run *gone = run((struct run_how){.preload = true}, ARGV("sh", "-c", "exec 3<\"$1\"; rm \"$1\"; exec /proc/self/fd/3", "sh", program));
	expect(gone->status, ==, 0);
	cr_expect_str_eq(gone->err, "");
	cr_assert_geq(gone->dump_count, 1);
	for (size_t i = 0; i < gone->dump_count; i++)
		json_free(report(gone->dump[i]));
	run_free(gone);
	run_free(r);
}
