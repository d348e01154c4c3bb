/* same.c - see same.h. */
#include "same.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "files.h"

static size_t entries(const char *dir)
{
	size_t n = 0;
	free(list_files(dir, "", &n));
	return n;
}

struct run *run_same(struct run_how how, const char *const *argv)
{
	struct run *plain = run(how, argv);
	how.preload = true;
	struct run *r = run(how, argv);
	cr_expect(r->status == plain->status && r->signal == plain->signal, "%s %s: status %d, signal %d; without hp %d, %d",
	          argv[0], argv[1] ? argv[1] : "", r->status, r->signal, plain->status, plain->signal);
	cr_expect_str_eq(r->out, plain->out, "%s prints other things: %s\n---- without hp: %s", argv[0], r->out, plain->out);
	cr_expect_str_eq(r->err, plain->err, "%s says other things: %s\n---- without hp: %s", argv[0], r->err, plain->err);
	cr_expect_eq(entries(r->work), entries(plain->work), "%s leaves other files", argv[0]);
	cr_expect_geq(r->dump_count, 1, "%s was not recorded", argv[0]);
	run_free(plain);
	return r;
}

void expect_same(struct run_how how, const char *const *argv)
{
	run_free(run_same(how, argv));
}
