/* Section M of docs/pitfalls.md: architectures and libcs. */
#include <criterion/criterion.h>
#include <string.h>

#include "expect.h"
#include "json.h"
#include "same.h"

/* A shell in a directory of its own, with $HP, $A and the directory of the targets' sources. */
static struct run *shell(const char *text)
{
	return run((struct run_how){.seconds = 30, .env = ENV(format("HP=%s", built("libhp.so")), format("A=%s", analyzer()))}, ARGV("sh", "-c", text));
}

static const char musl_program[] =
	"#include <pthread.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
	"static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;\nstatic pthread_cond_t c = PTHREAD_COND_INITIALIZER;\nstatic int n;\n"
	"static void *work(void *u) { for (int i = 0; i < 500; i++) { void *volatile p = malloc(100 + i); free(realloc((void *)p, 3000));\n"
	"	pthread_mutex_lock(&m); n++; pthread_cond_signal(&c); pthread_mutex_unlock(&m); } return u; }\n"
	"int main(void) { pthread_t t[3]; int status; FILE *f = tmpfile(); for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, work, 0);\n"
	"	pthread_mutex_lock(&m); while (n < 100) pthread_cond_wait(&c, &m); pthread_mutex_unlock(&m);\n"
	"	for (int i = 0; i < 3; i++) pthread_join(t[i], 0);\n"
	"	fprintf(f, \"%d\\n\", n); rewind(f); char line[9]; printf(\"read %s\", fgets(line, 9, f)); fflush(stdout);\n"
	"	if (!fork()) { puts(\"child\"); exit(3); } wait(&status); printf(\"%d\\n\", WEXITSTATUS(status)); fflush(stdout);\n"
	"	printf(\"%d\\n\", WEXITSTATUS(system(\"exit 5\"))); return 4; }\n";

Test(pitfalls_m, m6_a_program_linked_with_musl_runs_as_ever)
{
	if (!have_program("musl-gcc"))
		cr_skip_test("musl-gcc is not installed");
	char *make = format("cat >a.c <<'X'\n%sX\nmusl-gcc -o a a.c -pthread && ./a; echo $?; LD_PRELOAD=$HP HP_OUT=%%e.hpd ./a; echo $?; ls *.hpd; "
	                    "$A record -- ./a >/dev/null", musl_program);
	struct run *r = shell(make);
	const char *once = "read 1500\nchild\n3\n5\n4\n";
	cr_expect_str_eq(r->out, format("%s%ssh.hpd\n", once, once), "%s%s", r->out, r->err);
	cr_expect(strstr(r->err, "linked with musl") != NULL, "%s", r->err);
	run_free(r);
}

/* The reader is told of addresses as they are. */
Test(pitfalls_m, m3_addresses_with_a_tag)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("tagged_malloc")}, ARGV(target("tagged")));
	cr_assert_eq(r->status, 0, "signal %d", r->signal);
	expect(run_tally(r, "tags"), ==, 90);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "tagged"), ==, 100);
	expect(json_sum(j, "memory.sites", "leaked_blocks", "tagged"), ==, run_tally(r, "leaked"));
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
}
